// Contents to put into vaults: from text, or generated at any size without being held; and what comes out again.

import { createHash } from 'node:crypto'
import type { Content, ObjectFacts, StoredObject } from '../../src/vault/vault.ts'

const BLOCK_BYTES = 1 << 20

export function contentOf(data: string | Uint8Array): Content {
  const bytes = Buffer.from(data)
  return {
    size: bytes.length,
    sha256: sha256Of(bytes),
    async *read(start = 0, end = bytes.length) {
      yield bytes.subarray(start, end)
    },
  }
}

/** Blocks of 1 MiB, each of which tells its place. */
export async function generatedContent(size: number): Promise<Content> {
  async function* read(start = 0, end = size): AsyncGenerator<Uint8Array> {
    for (let place = start; place < end; ) {
      const number = Math.floor(place / BLOCK_BYTES)
      const block = Buffer.alloc(BLOCK_BYTES, number % 251)
      block.writeUInt32BE(number)
      const from = place % BLOCK_BYTES
      const part = block.subarray(from, Math.min(BLOCK_BYTES, from + end - place))
      place += part.length
      yield part
    }
  }
  return { size, sha256: (await digestOf(read())).sha256, read }
}

/** What a body amounts to, read to its end and not kept. */
export async function digestOf(body: AsyncIterable<Uint8Array>): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const part of body) {
    hash.update(part)
    size += part.length
  }
  return { size, sha256: hash.digest('hex') }
}

/** The text of an object that has to be there. */
export async function textOf(object: StoredObject | 'unchanged' | undefined): Promise<string> {
  if (object === undefined || object === 'unchanged') throw new Error(`there is no object to read: ${object}`)
  const parts: Uint8Array[] = []
  for await (const part of object.body) parts.push(part)
  return Buffer.concat(parts).toString()
}

export function sha256Of(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

export async function keysOf(listing: AsyncIterable<ObjectFacts>): Promise<string[]> {
  return (await collect(listing)).map(({ key }) => key)
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
