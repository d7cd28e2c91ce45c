// Until when objects may not be deleted: what a bucket with an object lock keeps for each version, here for the newest.

import { GetObjectRetentionCommand, type ObjectLockRetentionMode, PutObjectRetentionCommand } from '@aws-sdk/client-s3'
import type { ObjectLock } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import { CONTENT_MD5, withContentMd5 } from './content-md5.ts'
import { S3Failure } from './failure.ts'

/** @throws S3Failure, AppError */
export async function readObjectLock(
  connection: S3Connection,
  key: string,
  signal: AbortSignal,
): Promise<ObjectLock | 'none' | undefined> {
  const { bucket, prefix } = connection.location
  const command = new GetObjectRetentionCommand({ Bucket: bucket, Key: prefix + key })
  try {
    const answer = await connection.send('GetObjectRetention', prefix + key, signal, (client, options) =>
      client.send(command, options),
    )
    const { Mode: mode, RetainUntilDate: until } = answer.Retention ?? {}
    return mode === undefined || until === undefined ? 'none' : { mode, until }
  } catch (error) {
    if (!(error instanceof S3Failure) || error.status !== 404 || error.code === 'NoSuchBucket') throw error
    return error.code === 'NoSuchKey' ? undefined : 'none'
  }
}

/** @throws S3Failure, AppError */
export async function extendObjectLock(
  connection: S3Connection,
  key: string,
  { mode, until }: ObjectLock,
  signal: AbortSignal,
): Promise<void> {
  const { bucket, prefix } = connection.location
  const retention = { Mode: mode as ObjectLockRetentionMode, RetainUntilDate: until }
  await connection.send('PutObjectRetention', prefix + key, signal, (client, options) => {
    const command = new PutObjectRetentionCommand({ Bucket: bucket, Key: prefix + key, Retention: retention })
    command.middlewareStack.add((next) => (args) => next(withContentMd5(args)), CONTENT_MD5)
    return client.send(command, options)
  })
}
