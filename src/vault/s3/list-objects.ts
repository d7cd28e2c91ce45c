// Listing: objects in the order of their keys, and what looks like directories.

import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import type { ObjectFacts } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import { unquoted } from './etag.ts'
import { S3Failure } from './failure.ts'

/** Keys are of the vault. @throws S3Failure, AppError */
export async function* listObjects(
  connection: S3Connection,
  prefix: string,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ObjectFacts> {
  const root = connection.location.prefix
  const startAfter = after === undefined ? {} : { StartAfter: root + after }
  for await (const page of pages(connection, { Prefix: root + prefix, ...startAfter }, signal)) {
    for (const { Key, Size, ETag, LastModified, StorageClass } of page.Contents ?? []) {
      if (Key === undefined) continue
      yield {
        key: plain(page, Key).slice(root.length),
        size: Size ?? 0,
        etag: unquoted(ETag ?? ''),
        lastModified: LastModified ?? new Date(0),
        ...(StorageClass === undefined ? {} : { storageClass: StorageClass }),
      }
    }
  }
}

/** @throws S3Failure, AppError */
export async function listDirectories(
  connection: S3Connection,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const whole = connection.location.prefix + prefix
  const names: string[] = []
  for await (const page of pages(connection, { Prefix: whole, Delimiter: '/' }, signal)) {
    names.push(...directoriesOf(page, whole))
  }
  return names
}

async function* pages(
  connection: S3Connection,
  query: { Prefix: string; StartAfter?: string; Delimiter?: string },
  signal: AbortSignal,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  let token: string | undefined
  do {
    // Encoded, because XML cannot hold every character that a key can.
    const input = {
      ...query,
      Bucket: connection.location.bucket,
      EncodingType: 'url',
      ContinuationToken: token,
    } as const
    const page = await connection.send('ListObjectsV2', undefined, signal, (client, options) =>
      client.send(new ListObjectsV2Command(input), options),
    )
    // A page of a proxy or a portal would pass for an empty bucket.
    if (page.Name === undefined) throw new S3Failure('ListObjectsV2', undefined, { code: 'NotS3' })
    connection.bucketSeen = true
    yield page
    token = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (token !== undefined)
}

interface DirectoriesPage {
  readonly EncodingType?: string | undefined
  readonly CommonPrefixes?: readonly { readonly Prefix?: string | undefined }[] | undefined
}

/** The names of what looks like directories on a page, below a prefix of the bucket. */
export function directoriesOf(page: DirectoriesPage, prefix: string): string[] {
  return (page.CommonPrefixes ?? []).flatMap(({ Prefix }) =>
    Prefix === undefined ? [] : [plain(page, Prefix).slice(prefix.length, -1)],
  )
}

/** Where the page is encoded. A blank is `+` with some servers, `%20` with others; a plus is `%2B` with all. */
export function plain({ EncodingType }: { readonly EncodingType?: string | undefined }, key: string): string {
  return EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key
}
