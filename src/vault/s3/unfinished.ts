// Uploads in parts that were begun and neither completed nor given up: found to be taken up again, or swept away.

import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, ListPartsCommand } from '@aws-sdk/client-s3'
import type { S3Connection } from './connection.ts'
import { unquoted } from './etag.ts'
import { S3Failure } from './failure.ts'

export interface UnfinishedUpload {
  /** In the bucket. */
  readonly key: string
  readonly uploadId: string
  readonly begun: Date
}

export interface StoredPart {
  readonly number: number
  readonly size: number
  readonly etag: string
}

/** Those whose key in the bucket starts with `prefix`. @throws S3Failure, AppError */
export async function* unfinishedUploads(
  connection: S3Connection,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<UnfinishedUpload> {
  let next: { KeyMarker: string; UploadIdMarker?: string | undefined } | undefined
  do {
    const input = { Bucket: connection.location.bucket, Prefix: prefix, ...next }
    const page = await connection.send('ListMultipartUploads', undefined, signal, (client, options) =>
      client.send(new ListMultipartUploadsCommand(input), options),
    )
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined || !Key.startsWith(prefix)) continue
      yield { key: Key, uploadId: UploadId, begun: Initiated ?? new Date(0) }
    }
    const marker = page.IsTruncated ? page.NextKeyMarker : undefined
    next = marker === undefined ? undefined : { KeyMarker: marker, UploadIdMarker: page.NextUploadIdMarker }
  } while (next !== undefined)
}

/** The newest of that key. Who may not list, or a server that cannot, has none. @throws S3Failure, AppError */
export async function findUnfinished(
  connection: S3Connection,
  key: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let newest: UnfinishedUpload | undefined
  try {
    for await (const upload of unfinishedUploads(connection, key, signal)) {
      if (upload.key === key && (newest === undefined || upload.begun >= newest.begun)) newest = upload
    }
  } catch (error) {
    if (!(error instanceof S3Failure) || (error.status !== 403 && error.status !== 501)) throw error
  }
  return newest?.uploadId
}

/** By number. @throws S3Failure, AppError */
export async function listParts(
  connection: S3Connection,
  key: string,
  uploadId: string,
  signal: AbortSignal,
): Promise<Map<number, StoredPart>> {
  const parts = new Map<number, StoredPart>()
  let marker: string | undefined
  do {
    const input = { Bucket: connection.location.bucket, Key: key, UploadId: uploadId, PartNumberMarker: marker }
    const page = await connection.send('ListParts', key, signal, (client, options) =>
      client.send(new ListPartsCommand(input), options),
    )
    for (const { PartNumber, Size, ETag } of page.Parts ?? []) {
      if (PartNumber === undefined || Size === undefined || ETag === undefined) continue
      parts.set(PartNumber, { number: PartNumber, size: Size, etag: unquoted(ETag) })
    }
    marker = page.IsTruncated ? page.NextPartNumberMarker : undefined
  } while (marker !== undefined)
  return parts
}

/** One that is gone already is fine. @throws S3Failure, AppError */
export async function abortUpload(
  connection: S3Connection,
  key: string,
  uploadId: string,
  signal: AbortSignal,
): Promise<void> {
  const input = { Bucket: connection.location.bucket, Key: key, UploadId: uploadId }
  try {
    await connection.send('AbortMultipartUpload', key, signal, (client, options) =>
      client.send(new AbortMultipartUploadCommand(input), options),
    )
  } catch (error) {
    if (!(error instanceof S3Failure) || error.code !== 'NoSuchUpload') throw error
  }
}

/** @throws S3Failure, AppError */
export async function sweepUnfinished(
  connection: S3Connection,
  prefix: string,
  before: Date,
  signal: AbortSignal,
): Promise<number> {
  let swept = 0
  try {
    for await (const { key, uploadId, begun } of unfinishedUploads(
      connection,
      connection.location.prefix + prefix,
      signal,
    )) {
      if (begun >= before) continue
      await abortUpload(connection, key, uploadId, signal)
      swept += 1
    }
  } catch (error) {
    // A server without uploads in parts has none that are unfinished.
    if (!(error instanceof S3Failure) || error.status !== 501) throw error
  }
  return swept
}
