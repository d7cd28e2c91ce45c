// One part of a large object: hashed, because S3 signs each request by the hash of its own body, then read again and sent.
// Reading twice keeps the memory flat; the second time the bytes come from the page cache.

import { createHash, type Hash } from 'node:crypto'
import type { Content, TransferOptions } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import type { StoredPart } from './unfinished.ts'

/** What the completing call says of a part. */
export interface SentPart {
  readonly PartNumber: number
  readonly ETag: string
  readonly ChecksumSHA256?: string
}

export interface PartUpload {
  readonly connection: S3Connection
  /** In the bucket. */
  readonly key: string
  readonly uploadId: string
  readonly content: Content
  readonly options: TransferOptions
  readonly signal: AbortSignal
}

export interface PartRange {
  readonly number: number
  readonly start: number
  readonly end: number
  /** What an earlier, unfinished try has stored under this number. */
  readonly stored: StoredPart | undefined
}

export interface PartDigests {
  readonly sha256: Buffer
  /** Hex; only where there is something to compare it with. */
  readonly md5: string | undefined
}

/** Hashes a part, by itself and as the next of the whole. @throws the error of the content, or the signal's reason */
export async function digestPart(
  content: Content,
  part: PartRange,
  whole: Hash,
  signal: AbortSignal,
): Promise<PartDigests> {
  signal.throwIfAborted()
  const sha256 = createHash('sha256')
  const md5 = part.stored?.size === part.end - part.start ? createHash('md5') : undefined
  for await (const chunk of content.read(part.start, part.end)) {
    signal.throwIfAborted()
    sha256.update(chunk)
    whole.update(chunk)
    md5?.update(chunk)
  }
  return { sha256: sha256.digest(), md5: md5?.digest('hex') }
}

/** Sends a part, or keeps the stored one where its etag is the MD5 of these bytes. @throws S3Failure, AppError */
export async function sendPart(upload: PartUpload, part: PartRange, digests: PartDigests): Promise<SentPart> {
  const { connection, key, uploadId, content, options, signal } = upload
  const size = part.end - part.start
  const { isAws } = await connection.target()
  const base64 = digests.sha256.toString('base64')
  const checksum = isAws ? { ChecksumSHA256: base64 } : {}
  if (digests.md5 !== undefined && part.stored?.etag === digests.md5) {
    options.onBytes?.(size)
    return { PartNumber: part.number, ETag: digests.md5, ...checksum }
  }
  const { etag } = await connection.request(
    {
      operation: 'UploadPart',
      key,
      query: { partNumber: String(part.number), uploadId },
      headers: isAws ? { 'x-amz-checksum-sha256': base64 } : {},
      body: {
        size,
        sha256: digests.sha256.toString('hex'),
        read: () => content.read(part.start, part.end),
        onBytes: (bytes) => options.onBytes?.(bytes),
      },
    },
    signal,
  )
  return { PartNumber: part.number, ETag: etag, ...checksum }
}
