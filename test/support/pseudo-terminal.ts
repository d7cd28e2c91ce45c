// The built program on a terminal of its own, that of script(1): keys are typed when what they answer is on the screen.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { BUILT_PROGRAM } from './built-program.ts'

/** The one of util-linux; others take other options. */
const SCRIPT = '/usr/bin/script'
export const hasTerminal = process.platform === 'linux' && existsSync(SCRIPT)

export interface TerminalEnd {
  readonly exitCode: number | null
  /** Everything that was shown, typed keys too. */
  readonly screen: string
}

/** `typing`: what to wait for, and the keys to type then, in order. */
export function runOnTerminal(
  home: string,
  args: readonly string[],
  typing: readonly (readonly [shown: string, keys: string])[],
  env: Readonly<Record<string, string>> = {},
): Promise<TerminalEnd> {
  const command = [process.execPath, BUILT_PROGRAM, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn(SCRIPT, ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      SHELL: '/bin/sh',
      HOME: home,
      BORGBOI_HOME: home,
      TERM: 'xterm',
      NO_COLOR: '1',
      LANG: 'C.UTF-8',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  const waiting = [...typing]
  let [screen, seen] = ['', 0]
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    const [next] = waiting
    const place = next === undefined ? -1 : screen.indexOf(next[0], seen)
    if (next === undefined || place < 0) return
    seen = place + next[0].length
    waiting.shift()
    child.stdin.write(next[1])
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, screen }))
  })
}
