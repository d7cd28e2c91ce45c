// Deleting in batches.

import { createHash } from 'node:crypto'
import { DeleteObjectsCommand } from '@aws-sdk/client-s3'
import type { S3Connection } from './connection.ts'

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
    const answer = await connection.send('DeleteObjects', undefined, signal, (client, options) =>
      client.send(
        withContentMd5(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } })),
        options,
      ),
    )
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

/** This call must carry a digest; every server knows this one, and only AWS surely the SDK's own choice (CRC32). */
function withContentMd5(command: DeleteObjectsCommand): DeleteObjectsCommand {
  command.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { headers: Record<string, string>; body: string | Uint8Array }
      for (const name of Object.keys(request.headers)) {
        if (/^x-amz-(sdk-)?checksum-/i.test(name)) delete request.headers[name]
      }
      request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64')
      return await next(args)
    },
    // Low: after the SDK's own.
    { step: 'build', priority: 'low', name: 'contentMd5' },
  )
  return command
}
