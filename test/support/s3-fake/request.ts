// A request as the S3 fake understands it: which call it is, and what it says.

import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { S3Operation } from '../../../src/vault/s3/failure.ts'
import { md5 } from './bucket.ts'
import { errorReply, type FakeReply } from './reply.ts'

export interface FakeRequest {
  readonly bucket: string
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly metadata: Record<string, string>
  readonly body: Buffer
  /** What is stored of the body. */
  readonly storedBytes: Buffer
  readonly ignoresConditions: boolean
  /** By the fake's clock. */
  readonly now: Date
}

export interface CallAddress {
  readonly operation: S3Operation | 'CreateBucket' | 'Unknown'
  readonly bucket: string
  readonly key: string
  readonly query: URLSearchParams
}

export function addressOf({ method, url = '', headers }: IncomingMessage): CallAddress {
  const { pathname, searchParams: query } = new URL(url, 'http://s3')
  const [, bucket = '', ...rest] = pathname.split('/').map(decodeURIComponent)
  const key = rest.join('/')
  const isCopy = headers['x-amz-copy-source'] !== undefined
  return { operation: isCopy ? 'CopyObject' : operationOf(method ?? '', key, query), bucket, key, query }
}

function operationOf(method: string, key: string, query: URLSearchParams): CallAddress['operation'] {
  const call = `${method} ${key === '' ? 'bucket' : 'key'}`
  const known: readonly (readonly [string, string | undefined, CallAddress['operation']])[] = [
    ['GET bucket', 'versioning', 'GetBucketVersioning'],
    ['GET bucket', 'object-lock', 'GetObjectLockConfiguration'],
    ['GET bucket', 'uploads', 'ListMultipartUploads'],
    ['GET bucket', 'list-type', 'ListObjectsV2'],
    ['GET bucket', 'versions', 'ListObjectVersions'],
    ['POST bucket', 'delete', 'DeleteObjects'],
    ['PUT bucket', undefined, 'CreateBucket'],
    ['GET key', 'retention', 'GetObjectRetention'],
    ['PUT key', 'retention', 'PutObjectRetention'],
    ['GET key', 'uploadId', 'ListParts'],
    ['PUT key', 'uploadId', 'UploadPart'],
    ['POST key', 'uploads', 'CreateMultipartUpload'],
    ['POST key', 'uploadId', 'CompleteMultipartUpload'],
    ['DELETE key', 'uploadId', 'AbortMultipartUpload'],
    ['PUT key', undefined, 'PutObject'],
    ['GET key', undefined, 'GetObject'],
    ['HEAD key', undefined, 'HeadObject'],
  ]
  return known.find(([name, flag]) => name === call && (flag === undefined || query.has(flag)))?.[2] ?? 'Unknown'
}

export function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const named = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'))
  return Object.fromEntries(named.map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]))
}

const MAX_SKEW_MS = 15 * 60_000

/** What a real server would refuse about any request; signatures are not checked. */
export function refusalOf(
  operation: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
  now: Date,
): FakeReply | undefined {
  if (headers.authorization === undefined) return errorReply(403, 'AccessDenied', 'the request is not signed')
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(String(headers['x-amz-date'])) ?? []
  const signedAt = Date.parse(
    `${date?.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time?.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`,
  )
  if (!(Math.abs(signedAt - now.getTime()) <= MAX_SKEW_MS)) return errorReply(403, 'RequestTimeTooSkewed')
  if (headers['transfer-encoding'] !== undefined) return errorReply(411, 'MissingContentLength')
  const digest = headers['x-amz-content-sha256']
  if (digest !== createHash('sha256').update(body).digest('hex')) return errorReply(400, 'XAmzContentSHA256Mismatch')
  const contentMd5 = headers['content-md5']
  if (contentMd5 !== undefined && Buffer.from(String(contentMd5), 'base64').toString('hex') !== md5(body)) {
    return errorReply(400, 'BadDigest')
  }
  if ((operation === 'DeleteObjects' || operation === 'PutObjectRetention') && contentMd5 === undefined)
    return errorReply(400, 'InvalidRequest', 'no Content-MD5')
  return undefined
}
