// Finding programs on this machine, as a shell would.

import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { statIfAny } from './files.ts'

export interface Program {
  readonly path: string
  /** When the file behind the path last changed. */
  readonly mtimeMs: number
}

/** What systems search when there is no PATH, as in some service managers. */
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin'

/**
 * The program of that name on `env.PATH`, or at that path; undefined where there is nothing this user may execute.
 * Empty parts of PATH, which mean the current directory, are skipped.
 */
export async function findProgram(
  nameOrPath: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Program | undefined> {
  const candidates = nameOrPath.includes('/')
    ? [resolve(nameOrPath)]
    : (env['PATH'] || USUAL_PATH)
        .split(delimiter)
        .filter((directory) => directory !== '')
        .map((directory) => join(directory, nameOrPath))
  for (const path of candidates) {
    const program = await executableAt(path)
    if (program) return program
  }
  return undefined
}

async function executableAt(path: string): Promise<Program | undefined> {
  try {
    const facts = await statIfAny(path)
    if (!facts?.isFile()) return undefined
    await access(path, constants.X_OK)
    return { path, mtimeMs: facts.mtimeMs }
  } catch {
    // A directory on the PATH that may not be searched, or a file that may not be executed: a shell goes on as well.
    return undefined
  }
}
