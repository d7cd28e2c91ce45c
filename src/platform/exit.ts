// The end of the process, and output that nobody takes.

import type { Writable } from 'node:stream'
import { EXIT } from '../errors.ts'

/** Why output of this process could not be written; its streams forget their errors. */
let lost: Error | undefined

/**
 * Output that cannot be written is no reason to give a backup up. A reader that has seen enough (`borgboi … | head`) is
 * no failure either: listings end when their stream is gone. Anything else, a full disk under a log, `exitWith` tells.
 */
export function surviveLostOutput(process: NodeJS.Process): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') lost = error
    })
  }
}

/**
 * Exits when everything written so far has left the process. Leaving by itself, Node first tidies up a heap that nobody
 * needs any more: a fifth of the run of a short command.
 */
export async function exitWith(process: NodeJS.Process, exitCode: number): Promise<never> {
  await Promise.all([written(process.stdout), written(process.stderr)])
  if (lost === undefined || exitCode !== EXIT.ok) process.exit(exitCode)
  process.stderr.write(
    `cannot write the output\n  ${lost.message}\n  the command itself is done; send its output elsewhere     [file-unusable, exit ${EXIT.failure}]\n`,
  )
  process.exit(EXIT.failure)
}

async function written(stream: Writable): Promise<void> {
  await new Promise<void>((resolve) => stream.write('', () => resolve()))
}
