// The program as it is shipped: dist/bin.js, built when it is missing or older than what it is made of.

import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const project = join(import.meta.dirname, '../..')
export const BUILT_PROGRAM = join(project, 'dist/bin.js')

/** Call it in `beforeAll`. */
export function buildWhenStale(): void {
  const built = statSync(BUILT_PROGRAM, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const made = ['package.json', ...readdirSync(join(project, 'src'), { recursive: true }).map((file) => `src/${file}`)]
  if (made.every((file) => statSync(join(project, file)).mtimeMs < built)) return
  execFileSync(process.execPath, [join(project, 'scripts/build.ts'), '--quick'], { stdio: 'ignore' })
}

export interface ProgramEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a line of shell in a home of its own, where `borgboi` is the built program. `onOutput` sees what was printed so
 * far, and the process to send signals to: with `exec borgboi` that is the program itself.
 */
export function runShell(
  home: string,
  line: string,
  env: Readonly<Record<string, string>> = {},
  onOutput: (output: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<ProgramEnd> {
  const script = `borgboi() { "${process.execPath}" "${BUILT_PROGRAM}" "$@"; }\n${line}`
  const child = spawn(
    '/bin/bash',
    ['-c', script.replaceAll('exec borgboi', `exec "${process.execPath}" "${BUILT_PROGRAM}"`)],
    {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, BORGBOI_HOME: home, LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      onOutput(output.stdout + output.stderr, (signal) => void child.kill(signal))
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, ...output }))
  })
}
