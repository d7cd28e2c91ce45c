// A terminal to write on: what was written, and what a person would see of it after the cursor's moves.

import { Writable } from 'node:stream'

export class Terminal extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns: number

  constructor({ isTTY = true, columns = 80 }: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
    super()
    this.isTTY = isTTY
    this.columns = columns
  }

  /** The lines on the screen: moving up and erasing to the end are all that is understood of escape sequences. */
  screen(): string[] {
    const lines: string[] = []
    for (const part of this.text.split(/(?=\x1b\[\d+A\x1b\[0J)/)) {
      const up = /^\x1b\[(\d+)A\x1b\[0J/.exec(part)
      if (up) lines.splice(lines.length - Number(up[1]))
      lines.push(
        ...part
          .slice(up?.[0].length ?? 0)
          .split('\n')
          .slice(0, -1),
      )
    }
    return lines
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
