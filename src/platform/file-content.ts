// The content of files, read in parts however large they are: to hash it, and to send it away.

import { createHash, hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Content } from '../vault/vault.ts'
import { systemCode, toFileError } from './files.ts'

const PART_BYTES = 256 * 1024
/** Up to here a file is read in one go: of many small files that takes half the time. */
const SMALL_BYTES = 1024 * 1024

export interface HashedFile {
  readonly size: number
  readonly sha256: string
  /** The first bytes, at most eight. */
  readonly start: Buffer
}

export interface HashOptions {
  readonly onBytes?: (bytes: number) => void
  /** Asked before every part of a large file; what it throws ends the reading. */
  readonly check?: () => void
}

/** Undefined where there is no file. @throws AppError `file-denied`, `file-unusable` */
export async function hashFileIfAny(path: string, options: HashOptions = {}): Promise<HashedFile | undefined> {
  try {
    return hashSmallFile(path, options) ?? (await hashLargeFile(path, options))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw toFileError(error, 'read', path)
  }
}

function hashSmallFile(path: string, { onBytes }: HashOptions): HashedFile | undefined {
  const file = openSync(path, 'r')
  try {
    if (fstatSync(file).size > SMALL_BYTES) return undefined
    // One buffer for all of them: tens of thousands of files would leave as many holes in memory.
    smallBuffer ??= Buffer.allocUnsafeSlow(SMALL_BYTES + 1)
    let size = 0
    for (let read = -1; read !== 0 && size < smallBuffer.length; size += read) {
      read = readSync(file, smallBuffer, size, smallBuffer.length - size, null)
    }
    if (size > SMALL_BYTES) return undefined
    const bytes = smallBuffer.subarray(0, size)
    onBytes?.(size)
    return { size, sha256: hash('sha256', bytes), start: Buffer.from(bytes.subarray(0, START_BYTES)) }
  } finally {
    closeSync(file)
  }
}

let smallBuffer: Buffer | undefined

const START_BYTES = 8

async function hashLargeFile(path: string, { onBytes, check }: HashOptions): Promise<HashedFile> {
  const digest = createHash('sha256')
  const buffer = Buffer.allocUnsafe(PART_BYTES)
  const file = await open(path)
  try {
    let start: Buffer | undefined
    let size = 0
    for (;;) {
      check?.()
      const { bytesRead } = await file.read(buffer, 0, PART_BYTES)
      if (bytesRead === 0) return { size, sha256: digest.digest('hex'), start: start ?? Buffer.alloc(0) }
      const part = buffer.subarray(0, bytesRead)
      start ??= Buffer.from(part.subarray(0, START_BYTES))
      digest.update(part)
      size += bytesRead
      onBytes?.(bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** What a file was found to hold, to be sent: read anew each time, which fails when the file is gone. */
export function fileContent(path: string, { size, sha256 }: Pick<HashedFile, 'size' | 'sha256'>): Content {
  return { size, sha256, read: (start = 0, end = size) => readPart(path, start, end) }
}

/** Memory for parts that nobody reads into now: of tens of thousands of files it would be given back only much later. */
const spareParts: Buffer[] = []

async function* readPart(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const length = Math.min(PART_BYTES, end - start)
  const spare = spareParts.pop()
  const buffer = spare && spare.length >= length ? spare : Buffer.allocUnsafeSlow(length)
  try {
    if (end - start <= SMALL_BYTES) yield* readSmallPart(path, start, end, buffer)
    else yield* readLargePart(path, start, end, buffer)
  } catch (error) {
    throw toFileError(error, 'read', path)
  } finally {
    spareParts.push(buffer)
  }
}

/** At once, as it was hashed: to wait for every call takes longer than the calls do. */
function* readSmallPart(path: string, start: number, end: number, buffer: Buffer): Generator<Uint8Array> {
  const file = openSync(path, 'r')
  try {
    for (let at = start; at < end; ) {
      const bytesRead = readSync(file, buffer, 0, Math.min(buffer.length, end - at), at)
      // Shorter than it was: who receives it will miss the rest.
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    closeSync(file)
  }
}

async function* readLargePart(path: string, start: number, end: number, buffer: Buffer): AsyncGenerator<Uint8Array> {
  const file = await open(path)
  try {
    for (let at = start; at < end; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    await file.close()
  }
}

/** The last bytes of a file, at most `length`; undefined where there is no file. */
export function readEndIfAny(path: string, length: number): Buffer | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      const buffer = Buffer.alloc(Math.min(length, size))
      return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, size - buffer.length))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw toFileError(error, 'read', path)
  }
}
