// A Borg for unit tests: a shell script that plays what a real one was recorded to say, or whatever a test needs.

import { readdirSync, readFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BorgClient } from '../../src/borg/client.ts'
import { openRealBorg, type RealBorgOptions } from './real-borg.ts'

/** One run of a real Borg, as scripts/record-borg-fixtures.ts keeps it. */
export interface Recorded {
  readonly args: readonly string[]
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const fixtures = join(import.meta.dirname, '../fixtures/borg')

/** Every Borg that was recorded. */
export const recordedVersions: readonly string[] = readdirSync(fixtures)

export function recordedCases(version: string): string[] {
  return readdirSync(join(fixtures, version)).map((file) => file.replace(/\.json$/, ''))
}

export function recorded(version: string, name: string): Recorded {
  return JSON.parse(readFileSync(join(fixtures, version, `${name}.json`), 'utf8')) as Recorded
}

/** A program `borg` in `directory` that answers `--version` and else runs `script`; its arguments are "$@". */
export async function scriptedBorg(directory: string, script: string, version = 'borg 1.4.0'): Promise<string> {
  const path = join(directory, 'borg')
  await writeFile(path, `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; exit 0; fi\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

/** A program that says and ends as the recorded one did, whatever it is asked. */
export async function replayedBorg(directory: string, { stdout, stderr, exitCode }: Recorded): Promise<string> {
  await writeFile(join(directory, 'stdout'), stdout)
  await writeFile(join(directory, 'stderr'), stderr)
  return await scriptedBorg(directory, `cat "${directory}/stderr" >&2; cat "${directory}/stdout"; exit ${exitCode}`)
}

/** The real client on such a program; `home` is where it keeps what it knows. */
export function openScriptedBorg(
  home: string,
  executable: string,
  options: Omit<RealBorgOptions, 'executable'> = {},
): BorgClient {
  return openRealBorg(home, { ...options, executable })
}
