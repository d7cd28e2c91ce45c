// The fake's calls about one object.

import { type FakeBucket, type FakeObject, md5 } from './bucket.ts'
import { element, errorReply, type FakeReply, texts, xmlReply } from './reply.ts'
import type { FakeRequest } from './request.ts'

export function putObject(bucket: FakeBucket, request: FakeRequest): FakeReply {
  const unmet = unmetCondition(bucket.objects.get(request.key), request)
  if (unmet) return unmet
  const { etag } = bucket.store(request.key, request.storedBytes, request.metadata, request.now)
  return { status: 200, headers: { etag: `"${etag}"` } }
}

export function copyObject(
  bucket: FakeBucket,
  buckets: ReadonlyMap<string, FakeBucket>,
  { key, headers, metadata, now }: FakeRequest,
): FakeReply {
  const [name = '', ...source] = decodeURIComponent(String(headers['x-amz-copy-source'])).replace(/^\//, '').split('/')
  const object = buckets.get(name)?.objects.get(source.join('/'))
  if (object === undefined) return errorReply(404, 'NoSuchKey')
  const ifMatch = bare(headers['x-amz-copy-source-if-match'] as string | undefined)
  if (ifMatch !== undefined && ifMatch !== object.etag) return errorReply(412, 'PreconditionFailed')
  const { etag } = bucket.store(key, object.bytes, metadata, now)
  return xmlReply('CopyObjectResult', element('ETag', `"${etag}"`) + element('LastModified', now.toISOString()))
}

export function getObject(bucket: FakeBucket, { key, query, headers }: FakeRequest): FakeReply {
  const object = bucket.find(key, query.get('versionId'))
  if (object === undefined) return errorReply(404, 'NoSuchKey')
  const [ifMatch, ifNoneMatch] = [bare(headers['if-match']), bare(headers['if-none-match'])]
  if (ifMatch !== undefined && ifMatch !== object.etag) return errorReply(412, 'PreconditionFailed')
  if (ifNoneMatch === object.etag) return { status: 304, headers: factsOf(object) }
  const size = object.bytes.length
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
  if (from === undefined) return { status: 200, headers: factsOf(object), body: object.bytes }
  if (Number(from) >= size) return errorReply(416, 'InvalidRange')
  const end = Math.min(Number(to) + 1, size)
  return {
    status: 206,
    headers: { ...factsOf(object), 'content-range': `bytes ${from}-${end - 1}/${size}` },
    body: object.bytes.subarray(Number(from), end),
  }
}

export function headObject(bucket: FakeBucket, { key, query }: FakeRequest): FakeReply {
  const object = bucket.find(key, query.get('versionId'))
  if (object === undefined) return { status: 404 }
  return { status: 200, headers: { ...factsOf(object), 'content-length': String(object.bytes.length) } }
}

export function createMultipartUpload(bucket: FakeBucket, { key, metadata, now }: FakeRequest): FakeReply {
  const { id } = bucket.begin(key, metadata, now)
  return xmlReply('InitiateMultipartUploadResult', element('Key', key) + element('UploadId', id))
}

export function uploadPart(bucket: FakeBucket, { query, storedBytes, now }: FakeRequest): FakeReply {
  const upload = bucket.uploads.get(query.get('uploadId') ?? '')
  if (upload === undefined) return errorReply(404, 'NoSuchUpload')
  const number = Number(query.get('partNumber'))
  const part = { bytes: storedBytes, etag: md5(storedBytes), modified: now, metadata: {} }
  upload.parts.set(number, part)
  return { status: 200, headers: { etag: `"${part.etag}"` } }
}

export function completeMultipartUpload(bucket: FakeBucket, request: FakeRequest): FakeReply {
  const upload = bucket.uploads.get(request.query.get('uploadId') ?? '')
  if (upload === undefined) return errorReply(404, 'NoSuchUpload')
  const unmet = unmetCondition(bucket.objects.get(request.key), request)
  if (unmet) return unmet
  const xml = request.body.toString()
  const etags = texts(xml, 'ETag').map(bare)
  const wanted = texts(xml, 'PartNumber').map((number, index) => ({ number: Number(number), etag: etags[index] ?? '' }))
  const object = bucket.complete(upload, wanted, request.now)
  if (object === undefined) return errorReply(400, 'InvalidPart')
  return xmlReply('CompleteMultipartUploadResult', element('Key', request.key) + element('ETag', `"${object.etag}"`))
}

export function abortMultipartUpload(bucket: FakeBucket, { query }: FakeRequest): FakeReply {
  return bucket.uploads.delete(query.get('uploadId') ?? '') ? { status: 204 } : errorReply(404, 'NoSuchUpload')
}

function unmetCondition(
  object: FakeObject | undefined,
  { headers, ignoresConditions }: FakeRequest,
): FakeReply | undefined {
  if (ignoresConditions) return undefined
  if (headers['if-none-match'] === '*' && object !== undefined) return errorReply(412, 'PreconditionFailed')
  const ifMatch = bare(headers['if-match'])
  if (ifMatch === undefined) return undefined
  if (object === undefined) return errorReply(404, 'NoSuchKey')
  return ifMatch === object.etag ? undefined : errorReply(412, 'PreconditionFailed')
}

function factsOf({ etag, modified, metadata }: FakeObject): Record<string, string> {
  const named = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])
  return { etag: `"${etag}"`, 'last-modified': modified.toUTCString(), ...Object.fromEntries(named) }
}

function bare<T extends string | undefined>(etag: T): T {
  return etag?.replace(/^"(.*)"$/, '$1') as T
}
