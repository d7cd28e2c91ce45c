// Storing an object in one request. The server checks the body by its signed SHA-256: nothing is hashed here.

import type { Content, PutCondition, PutResult, TransferOptions } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import { conditionHeaders, SHA256_METADATA } from './facts.ts'
import { S3Failure } from './failure.ts'
import { headObject } from './read-object.ts'

/** @throws S3Failure, AppError */
export async function putObject(
  connection: S3Connection,
  key: string,
  content: Content,
  condition: PutCondition,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<PutResult> {
  const { isAws } = await connection.target()
  const send = (quoted: boolean) =>
    connection.request(
      {
        operation: 'PutObject',
        key: connection.location.prefix + key,
        headers: {
          ...conditionHeaders(condition, quoted),
          [`x-amz-meta-${SHA256_METADATA}`]: content.sha256,
          ...(isAws ? { 'x-amz-checksum-sha256': Buffer.from(content.sha256, 'hex').toString('base64') } : {}),
        },
        body: {
          size: content.size,
          sha256: content.sha256,
          read: () => content.read(),
          onBytes: (bytes) => options.onBytes?.(bytes),
        },
      },
      signal,
    )
  try {
    return { stored: true, etag: (await send(false)).etag }
  } catch (error) {
    if (!isUnmet(error, condition)) throw error
    if (typeof condition === 'string') return { stored: false }
  }
  // A server that compares the etag with its quotes refuses it without them: it has the object that was expected then.
  const there = await headObject(connection, key, signal)
  if (there?.etag !== condition.etag) return { stored: false }
  try {
    return { stored: true, etag: (await send(true)).etag }
  } catch (error) {
    if (!isUnmet(error, condition)) throw error
    return { stored: false }
  }
}

/** The answers to a condition that does not hold; AWS says 404 where there is nothing to match. */
export function isUnmet(error: unknown, condition: PutCondition): boolean {
  if (!(error instanceof S3Failure) || condition === 'any') return false
  return error.status === 412 || (typeof condition === 'object' && error.code === 'NoSuchKey')
}
