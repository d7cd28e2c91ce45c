// Small programs of the system, run for what they print.

import { runProgram } from './process.ts'

export interface ProgramOutput {
  /** Undefined where there is no such program, or it was killed. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

export interface OutputOptions {
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** Never rejects for how the program ends, or when it cannot be started. */
export async function outputOf(file: string, args: readonly string[], options: OutputOptions): Promise<ProgramOutput> {
  const errors: string[] = []
  const running = await runProgram(file, args, { ...options, onStderrLine: (line) => void errors.push(line) })
  const lines: string[] = []
  for await (const line of running.stdout) lines.push(line)
  const { exitCode, timedOut } = await running.end
  return { exitCode, stdout: lines.join('\n'), stderr: errors.join('\n'), timedOut }
}
