// Deleting in batches.

import { DeleteObjectsCommand } from '@aws-sdk/client-s3'
import type { S3Connection } from './connection.ts'
import { CONTENT_MD5, withContentMd5 } from './content-md5.ts'

/** S3's own limit. */
const MAX_KEYS = 1000

export interface RefusedDelete {
  readonly key: string
  readonly reason: string
}

/** Resolves to what was refused. @throws S3Failure, AppError */
export async function deleteObjects(
  connection: S3Connection,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly RefusedDelete[]> {
  const { bucket, prefix } = connection.location
  const refused: RefusedDelete[] = []
  for (let from = 0; from < keys.length; from += MAX_KEYS) {
    const objects = keys.slice(from, from + MAX_KEYS).map((key) => ({ Key: prefix + key }))
    const answer = await connection.send('DeleteObjects', undefined, signal, (client, options) => {
      const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } })
      command.middlewareStack.add((next) => (args) => next(withContentMd5(args)), CONTENT_MD5)
      return client.send(command, options)
    })
    for (const { Key, Code, Message } of answer.Errors ?? []) {
      if (Key === undefined || Code === 'NoSuchKey') continue
      refused.push({ key: Key.slice(prefix.length), reason: reasonOf(Code, Message) })
    }
  }
  return refused
}

function reasonOf(code: string | undefined, message: string | undefined): string {
  const said = [code, message].filter((text) => text !== undefined && text !== '').join(': ') || 'no reason given'
  if (code !== 'AccessDenied') return said
  return `${said}; an object lock keeps it, or the policy does not allow s3:DeleteObject`
}
