// How text looks on this stream: colours only on a terminal that wants them, symbols only where they can be shown.

import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold'

export interface Style {
  /** A terminal that lines can be redrawn on. */
  readonly live: boolean
  readonly columns: number
  readonly symbols: {
    readonly ok: string
    readonly warnings: string
    readonly failed: string
    readonly skipped: string
  }
  paint(colour: Colour, text: string): string
}

const SYMBOLS = { ok: '✓', warnings: '!', failed: '✗', skipped: '·' }
const PLAIN_SYMBOLS = { ok: 'ok  ', warnings: 'warn', failed: 'FAIL', skipped: 'skip' }
const COLUMNS_ELSEWHERE = 100

export function chooseStyle(env: Readonly<Record<string, string | undefined>>, stream: Writable): Style {
  const terminal = stream as Writable & { isTTY?: boolean; columns?: number }
  const live = terminal.isTTY === true && env['TERM'] !== 'dumb'
  const colours = live && !env['NO_COLOR']
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return {
    live,
    columns: terminal.columns ?? COLUMNS_ELSEWHERE,
    symbols: /utf-?8/i.test(locale) ? SYMBOLS : PLAIN_SYMBOLS,
    paint: (colour, text) => (colours ? styleText(colour, text, { validateStream: false }) : text),
  }
}
