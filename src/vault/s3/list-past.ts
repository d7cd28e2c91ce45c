// Listing what was in a bucket at a time: of every key the newest version that is not younger, unless it was deleted
// by then.

import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3'
import type { ObjectFacts } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import { unquoted } from './etag.ts'
import { S3Failure } from './failure.ts'
import { directoriesOf, plain } from './list-objects.ts'

export interface PastObject {
  readonly facts: ObjectFacts
  readonly versionId: string
}

export interface PastQuery {
  /** In the vault. */
  readonly prefix: string
  readonly asOf: Date
  /** Only keys greater than it. */
  readonly after?: string | undefined
  /** Only what has no further slash. */
  readonly flat?: boolean
}

/** In the order of keys, which are of the vault. @throws S3Failure, AppError */
export async function* listPast(
  connection: S3Connection,
  { prefix, asOf, after, flat = false }: PastQuery,
  signal: AbortSignal,
): AsyncGenerator<PastObject> {
  const root = connection.location.prefix
  const query = { Prefix: root + prefix, ...(flat ? { Delimiter: '/' } : {}), KeyMarker: after && root + after }
  // The last key of a page: the next one may go on with it.
  let unfinished: PastKey | undefined
  for await (const page of pages(connection, query, signal)) {
    const keys = new Map<string, PastKey>(unfinished && [[unfinished.key, unfinished]])
    const of = (encoded: string) => {
      const key = plain(page, encoded).slice(root.length)
      const known = keys.get(key) ?? new PastKey(key)
      keys.set(key, known)
      return known
    }
    for (const version of page.Versions ?? []) if (version.Key) of(version.Key).addVersion(version, asOf)
    for (const marker of page.DeleteMarkers ?? []) if (marker.Key) of(marker.Key).addMarker(marker, asOf)
    const sorted = [...keys.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
    unfinished = sorted.pop()
    for (const key of sorted) yield* key.there(after)
  }
  if (unfinished) yield* unfinished.there(after)
}

/** "Directories" below `prefix` in which there was anything. @throws S3Failure, AppError */
export async function listPastDirectories(
  connection: S3Connection,
  { prefix, asOf }: Pick<PastQuery, 'prefix' | 'asOf'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const whole = connection.location.prefix + prefix
  const names: string[] = []
  for await (const page of pages(connection, { Prefix: whole, Delimiter: '/' }, signal)) {
    for (const name of directoriesOf(page, whole)) {
      // It is also told for what is younger, and for what was deleted.
      const inside = listPast(connection, { prefix: `${prefix}${name}/`, asOf }, signal)
      if (!(await inside.next()).done) names.push(name)
      await inside.return(undefined)
    }
  }
  return names
}

type Version = NonNullable<ListObjectVersionsCommandOutput['Versions']>[number]
type Marker = NonNullable<ListObjectVersionsCommandOutput['DeleteMarkers']>[number]

/** The newest version and the newest deletion of a key that are not younger: the newest come first in a listing. */
class PastKey {
  readonly key: string
  #version: Version | undefined
  #marker: Marker | undefined

  constructor(key: string) {
    this.key = key
  }

  addVersion(version: Version, asOf: Date): void {
    if (timeOf(version) <= asOf) this.#version ??= version
  }

  addMarker(marker: Marker, asOf: Date): void {
    if (timeOf(marker) <= asOf) this.#marker ??= marker
  }

  /** One, or none. */
  *there(after = ''): Generator<PastObject> {
    const [version, marker] = [this.#version, this.#marker]
    if (version?.VersionId === undefined || this.key <= after) return
    const { Size = 0, ETag = '', StorageClass } = version
    const lastModified = timeOf(version)
    // AWS tells whole seconds: of two in the same one the object counts, unless the deletion is the last word.
    if (marker && (timeOf(marker) > lastModified || (timeOf(marker) >= lastModified && marker.IsLatest))) return
    const storageClass = StorageClass === undefined ? {} : { storageClass: StorageClass }
    const facts = { key: this.key, size: Size, etag: unquoted(ETag), lastModified, ...storageClass }
    yield { facts, versionId: version.VersionId }
  }
}

function timeOf({ LastModified }: Version | Marker): Date {
  return LastModified ?? new Date(0)
}

async function* pages(
  connection: S3Connection,
  query: { Prefix: string; Delimiter?: string; KeyMarker?: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<ListObjectVersionsCommandOutput> {
  let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = query
  do {
    const input = { ...query, ...markers, Bucket: connection.location.bucket, EncodingType: 'url' } as const
    const page = await connection
      .send('ListObjectVersions', undefined, signal, (client, options) =>
        client.send(new ListObjectVersionsCommand(input), options),
      )
      .catch((error: unknown) => {
        throw isUnknownCall(error) ? new S3Failure('ListObjectVersions', undefined, { code: 'NoVersions' }) : error
      })
    if (page.Name === undefined) throw new S3Failure('ListObjectVersions', undefined, { code: 'NotS3' })
    connection.bucketSeen = true
    yield page
    markers = page.IsTruncated
      ? { KeyMarker: nextKey(page), VersionIdMarker: page.NextVersionIdMarker || undefined }
      : {}
  } while (markers.KeyMarker !== undefined)
}

function isUnknownCall(error: unknown): boolean {
  return error instanceof S3Failure && (error.status === 405 || error.status === 501)
}

/** Some servers encode it like the keys, others never do: it is one of those that the page has. */
function nextKey(page: ListObjectVersionsCommandOutput): string | undefined {
  const { NextKeyMarker, Versions = [], DeleteMarkers = [], CommonPrefixes = [] } = page
  if (!NextKeyMarker) return undefined
  const told = [...Versions, ...DeleteMarkers].map(({ Key }) => Key).concat(CommonPrefixes.map(({ Prefix }) => Prefix))
  const isPlain = told.some((encoded) => encoded !== undefined && plain(page, encoded) === NextKeyMarker)
  return isPlain ? NextKeyMarker : plain(page, NextKeyMarker)
}
