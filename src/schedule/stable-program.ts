// What a scheduler starts for years: paths that stay the same when Node or borgboi are upgraded, as far as there are any.

import { basename, dirname } from 'node:path'
import { AppError } from '../errors.ts'
import { realPathOf } from '../platform/files.ts'
import { findProgram } from '../platform/programs.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface RunningProgram {
  /** The Node that runs this process, without links. */
  readonly interpreter: string
  /** What it was started with, as it was called. */
  readonly script: string
}

const NAMES = ['borgboi', 'bb']
/** Directories that shells make for a session, and the cache of npx. */
const SHORT_LIVED = /^\/(tmp|run|var\/run|private\/tmp)\/|\/fnm_multishells\/|\/_npx\//

/** Interpreter and program, absolute. @throws AppError `scheduler-missing` where this process is no borgboi */
export async function findStableProgram(running: RunningProgram, env: Environment): Promise<readonly [string, string]> {
  const real = await realPathOf(running.script)
  if (!/^bin\.[jt]s$/.test(basename(real))) {
    throw new AppError('scheduler-missing', 'cannot tell what to start', {
      reason: `${running.script} is a program of its own`,
      hint: 'install the schedule with the command: borgboi schedule install',
    })
  }
  const called = await onPath(NAMES, real, env)
  return [(await onPath(['node'], running.interpreter, env)) ?? running.interpreter, called ?? running.script]
}

/** The first of these names on the PATH that leads to `real`. */
async function onPath(names: readonly string[], real: string, env: Environment): Promise<string | undefined> {
  for (const name of names) {
    const found = await findProgram(name, env)
    if (found === undefined || SHORT_LIVED.test(found.path)) continue
    if ((await realPathOf(found.path)) === (await realPathOf(real))) return found.path
  }
  return undefined
}

/** The path that the next upgrade, or the end of the session, takes away; undefined where none is known to. */
export function findPassing(program: readonly string[]): string | undefined {
  return program.find((path) => SHORT_LIVED.test(path) || /[@/]v?\d+\.\d+\.\d+(\/|$)/.test(dirname(path)))
}
