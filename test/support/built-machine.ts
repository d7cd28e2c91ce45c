// Machines that have nothing but a home, the program as it is shipped and the Borg under test.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { testBorg } from './borg-binary.ts'
import { type ProgramEnd, runShell } from './built-program.ts'
import { keyFile } from './passphrases.ts'

/** What every repository of these machines is encrypted with; no output may have it. */
const SENTINEL = 'SeNt1neL-pa55phrase'

export interface BuiltMachine {
  readonly home: string
  /** A line of shell in its home, where `borgboi` is the built program. */
  run(line: string, env?: Readonly<Record<string, string>>): Promise<ProgramEnd>
  /** As `run`, for what has to end well. */
  do(line: string): Promise<ProgramEnd>
  /** The JSON document that a command prints. */
  ask(line: string): Promise<Record<string, unknown>>
}

/** `env`: of every command on it. */
export async function builtMachine(home: string, env: Readonly<Record<string, string>> = {}): Promise<BuiltMachine> {
  await mkdir(home, { recursive: true })
  await keyFile(join(home, 'kit.txt'), `${SENTINEL}\n`)
  const base = {
    BORG_BASE_DIR: home,
    BORGBOI_BORG__EXECUTABLE_PATH: testBorg,
    BORGBOI_BORG__ADDITIONAL_FREE_SPACE: '0',
    ...env,
  }
  const run = async (line: string, more: Readonly<Record<string, string>> = {}) => {
    const end = await runShell(home, line, { ...base, ...more })
    expect(end.stdout + end.stderr).not.toContain(SENTINEL)
    return end
  }
  const succeed = async (line: string) => {
    const end = await run(line)
    expect(end, `${line}\n${end.stdout}${end.stderr}`).toMatchObject({ exitCode: 0 })
    return end
  }
  return { home, run, do: succeed, ask: async (line) => JSON.parse((await succeed(`${line} --json`)).stdout) }
}

/** The steps of a run, as JSON lines have them. */
export function stepsOf({ stdout }: ProgramEnd) {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line)).find((line) => line.message_type === 'summary')?.steps
}

export async function archivesOf(machine: BuiltMachine, name = 'docs'): Promise<string[]> {
  const { archives } = await machine.ask(`borgboi backup list -n ${name}`)
  return (archives as { name: string }[]).map((archive) => archive.name)
}
