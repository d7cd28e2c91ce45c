// A request that S3 refused or did not answer, in the one shape that retries and explanations judge by. It holds nothing
// of the request itself, so that no credential can travel with it.

import type { IncomingHttpHeaders } from 'node:http'

/** The calls of S3's API that a vault makes. */
export type S3Operation =
  | 'AbortMultipartUpload'
  | 'CompleteMultipartUpload'
  | 'CopyObject'
  | 'CreateMultipartUpload'
  | 'DeleteObjects'
  | 'GetBucketVersioning'
  | 'GetObject'
  | 'GetObjectLockConfiguration'
  | 'GetObjectRetention'
  | 'HeadObject'
  | 'ListMultipartUploads'
  | 'ListObjectsV2'
  | 'ListObjectVersions'
  | 'ListParts'
  | 'PutObject'
  | 'PutObjectRetention'
  | 'UploadPart'

export interface FailureFacts {
  /** Of the answer; undefined where there was none. */
  readonly status?: number | undefined
  /** S3's (`SlowDown`), Node's (`ECONNRESET`), or one of ours: `IdleTimeout`, `NoCredentials`… */
  readonly code: string
  /** In the server's words, one line. */
  readonly text?: string | undefined
  /** By the server's clock. */
  readonly serverTime?: Date | undefined
  /** Where the bucket is, when the server says that it is elsewhere. */
  readonly bucketRegion?: string | undefined
}

export class S3Failure extends Error {
  override name = 'S3Failure'
  readonly operation: S3Operation
  /** In the bucket; undefined where the call is about the bucket. */
  readonly key: string | undefined
  readonly status: number | undefined
  readonly code: string
  readonly text: string
  readonly serverTime: Date | undefined
  readonly bucketRegion: string | undefined

  constructor(operation: S3Operation, key: string | undefined, facts: FailureFacts) {
    super(`${operation}: ${facts.code}${facts.status === undefined ? '' : ` (${facts.status})`}`)
    this.operation = operation
    this.key = key
    this.status = facts.status
    this.code = facts.code
    this.text = (facts.text ?? '').replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT)
    this.serverTime = facts.serverTime
    this.bucketRegion = facts.bucketRegion
  }
}

const MAX_TEXT = 300

/** What an answer's headers and XML tell of a failure. Only code and message: some servers echo the signed request. */
export function factsOfAnswer(status: number, headers: IncomingHttpHeaders, xml: string): FailureFacts {
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return {
    status,
    code: element('Code') ?? (status === 404 && xml !== '' ? 'NotS3' : `Http${status}`),
    text: element('Message'),
    serverTime: dateOf(headers.date),
    bucketRegion: regionOf(headers['x-amz-bucket-region']) ?? element('Region'),
  }
}

/** What the AWS SDK threw. Its own texts about credentials may hold some, so they are left out. */
export function factsOfSdkError(error: unknown): FailureFacts {
  const { name, code, message, $metadata, $response, Region } = error as {
    name?: string
    code?: string
    message?: string
    Region?: string
    $metadata?: { httpStatusCode?: number }
    $response?: { headers?: IncomingHttpHeaders }
  }
  const headers = $response?.headers ?? {}
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return { code: /\bsso\b/i.test(message ?? '') ? 'SsoSessionEnded' : 'NoCredentials' }
  }
  if (name === 'TimeoutError') return { code: 'IdleTimeout' }
  // Thrown while the answer was read: it was not what S3 says.
  if (name === 'SyntaxError' || /XML parse error/.test(message ?? '')) return { code: 'NotS3' }
  const status = $metadata?.httpStatusCode
  return {
    status,
    code: code ?? name ?? 'Unknown',
    text: message === 'UnknownError' ? undefined : message,
    serverTime: dateOf(headers.date),
    bucketRegion: regionOf(headers['x-amz-bucket-region']) ?? Region,
  }
}

function dateOf(header: string | undefined): Date | undefined {
  const time = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(time) ? undefined : new Date(time)
}

function regionOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined
}
