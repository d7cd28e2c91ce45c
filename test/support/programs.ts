// Programs that stand where Borg is expected: shell scripts that are not Borg, or that do something before it.

import { chmod, writeFile } from 'node:fs/promises'
import { testBorg } from './borg-binary.ts'

/** An executable shell script. Returns its path. */
export async function shellScript(path: string, body: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${body}\n`)
  await chmod(path, 0o755)
  return path
}

/** Borg behind some lines of shell; `"$1"` is the subcommand. */
export async function borgBehind(path: string, lines: string): Promise<string> {
  return await shellScript(path, `${lines}\nexec '${testBorg}' "$@"`)
}

/**
 * Borg as a user to whom permissions apply: root keeps its place, but not its right to read everything. For other
 * users Borg as it is.
 */
export async function borgWithoutPrivileges(path: string): Promise<string> {
  if (process.geteuid?.() !== 0) return testBorg
  const drop = 'setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -all'
  return await shellScript(path, `exec ${drop} '${testBorg}' "$@"`)
}
