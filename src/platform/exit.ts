// The end of the process.

import type { Writable } from 'node:stream'

/** What a shell shows for a program that SIGPIPE ended. */
const EXIT_CLOSED_PIPE = 141

/** `borgboi backup contents | head`: whoever has seen enough ends us quietly, and with us the Borg that feeds us. */
export function stopAtClosedPipes(process: NodeJS.Process): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT_CLOSED_PIPE)
      throw error
    })
  }
}

/**
 * Exits when everything written so far has left the process. Leaving by itself, Node first tidies up a heap that nobody
 * needs any more: a fifth of the run of a short command.
 */
export async function exitWith(process: NodeJS.Process, exitCode: number): Promise<never> {
  await Promise.all([written(process.stdout), written(process.stderr)])
  process.exit(exitCode)
}

async function written(stream: Writable): Promise<void> {
  await new Promise<void>((resolve) => stream.write('', () => resolve()))
}
