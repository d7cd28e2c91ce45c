// Copying within a server: from another bucket or prefix to an object of the vault.

import { CopyObjectCommand } from '@aws-sdk/client-s3'
import type { Content, ForeignObject } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import { SHA256_METADATA } from './facts.ts'
import { S3Failure } from './failure.ts'
import { parseS3Url } from './location.ts'

/** What one request copies at most. */
const MAX_BYTES = 5 * 1024 ** 3

/** False where the server refuses to, for whatever reason. @throws S3Failure, AppError */
export async function copyObject(
  connection: S3Connection,
  from: ForeignObject,
  key: string,
  { size, sha256 }: Pick<Content, 'size' | 'sha256'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (size > MAX_BYTES) return false
  const source = parseS3Url(from.vault)
  const { bucket, prefix } = connection.location
  const command = new CopyObjectCommand({
    Bucket: bucket,
    Key: prefix + key,
    CopySource: [source.bucket, ...`${source.prefix}${from.key}`.split('/')].map(encodeURIComponent).join('/'),
    CopySourceIfMatch: `"${from.etag}"`,
    // Nothing of the other object but its bytes: reading its tags would take a right of its own.
    MetadataDirective: 'REPLACE',
    TaggingDirective: 'REPLACE',
    Metadata: { [SHA256_METADATA]: sha256 },
  })
  try {
    await connection.send('CopyObject', prefix + key, signal, (client, options) => client.send(command, options))
    return true
  } catch (error) {
    if (error instanceof S3Failure && error.status !== undefined && (error.status < 500 || error.status === 501)) {
      return false
    }
    throw error
  }
}
