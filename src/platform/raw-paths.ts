// Paths as bytes: names on disk need not be UTF-8, and Node's strings would lose the ones that are not.

import { opendir, readdir } from 'node:fs/promises'

export function joinRaw(directory: Buffer, name: Buffer | string): Buffer {
  return Buffer.concat([directory, SLASH, typeof name === 'string' ? Buffer.from(name) : name])
}

const SLASH = Buffer.from('/')

/** The entries of a directory one by one, in constant memory. The directory must not change meanwhile. */
export async function* entriesOf(
  directory: Buffer,
): AsyncGenerator<{ readonly path: Buffer; readonly isDirectory: boolean }> {
  for await (const entry of await opendir(directory, { encoding: 'buffer' as BufferEncoding })) {
    // Node's types know names as strings only.
    yield { path: joinRaw(directory, entry.name as unknown as Buffer), isDirectory: entry.isDirectory() }
  }
}

/**
 * All names of a directory that will change while it is walked. They are read as Latin-1, a byte a character, which
 * takes a fraction of the memory of as many Buffers.
 */
export async function namesOf(directory: Buffer): Promise<readonly string[]> {
  return await readdir(directory, { encoding: 'latin1' })
}

/** The path of one of `namesOf`. */
export function joinName(directory: Buffer, name: string): Buffer {
  return joinRaw(directory, Buffer.from(name, 'latin1'))
}
