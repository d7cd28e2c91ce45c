// Paths as bytes: names on disk need not be UTF-8, and Node's strings would lose the ones that are not.

import { isUtf8 } from 'node:buffer'
import { opendir } from 'node:fs/promises'

export function joinRaw(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, SLASH, name])
}

export function dirnameRaw(path: Buffer): Buffer {
  return path.subarray(0, path.lastIndexOf(SLASH))
}

export function basenameRaw(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(SLASH) + 1)
}

const SLASH = Buffer.from('/')

/** The entries of a directory one by one, in constant memory. The directory must not change meanwhile. */
export async function* entriesOf(
  directory: Buffer,
): AsyncGenerator<{ readonly name: Buffer; readonly isDirectory: boolean }> {
  for await (const entry of await opendir(directory, { encoding: 'buffer' as BufferEncoding })) {
    // Node's types know names as strings only.
    yield { name: entry.name as unknown as Buffer, isDirectory: entry.isDirectory() }
  }
}

/**
 * The paths of all entries of a directory that changes while it is walked: listed to the end first, since some file
 * systems skip entries when others are moved away. The names wait as plain bytes: a million take some 30 MB.
 */
export async function* pathsOf(directory: Buffer): AsyncGenerator<Buffer> {
  const blocks: Buffer[] = []
  let names: Buffer[] = []
  for await (const { name } of entriesOf(directory)) {
    names.push(name, NUL)
    if (names.length < NAMES_PER_BLOCK * 2) continue
    blocks.push(Buffer.concat(names))
    names = []
  }
  blocks.push(Buffer.concat(names))
  for (const block of blocks) {
    for (let start = 0; start < block.length; ) {
      const end = block.indexOf(0, start)
      yield joinRaw(directory, block.subarray(start, end))
      start = end + 1
    }
  }
}

const NUL = Buffer.from([0])
const NAMES_PER_BLOCK = 1000

/** Text that `toBytes` makes the same bytes of: what is not UTF-8 becomes lone surrogates, U+DC80 to U+DCFF. */
export function toText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString()
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    text += length === 0 ? String.fromCharCode(LOST + (bytes[at] ?? 0)) : bytes.toString('utf8', at, at + length)
    at += Math.max(1, length)
  }
  return text
}

export function toBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text)
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.codePointAt(0) ?? 0
      return code > LOST && code <= LOST + 0xff ? Buffer.from([code - LOST]) : Buffer.from(character)
    }),
  )
}

const LOST = 0xdc00

/** How many bytes the character at `at` has; 0 where there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  return [1, 2, 3, 4].find((length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) ?? 0
}
