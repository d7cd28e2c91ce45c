// Storing a large object in parts. What a killed upload left is taken up again: parts that hold what is here now are kept.
// Nothing is an object until the last call, whose answer is not believed: the object is looked at afterwards.

import { createHash } from 'node:crypto'
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import pLimit from 'p-limit'
import type { Content, ObjectFacts, PutCondition, PutResult, TransferOptions } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import { SHA256_METADATA } from './facts.ts'
import { S3Failure } from './failure.ts'
import { partBytesFor } from './limits.ts'
import { isUnmet } from './put-object.ts'
import { headObject } from './read-object.ts'
import { abortUpload, findUnfinished, listParts, type StoredPart } from './unfinished.ts'
import { digestPart, type SentPart, sendPart } from './upload-part.ts'

export interface PartsJob {
  readonly connection: S3Connection
  /** In the vault. */
  readonly key: string
  readonly content: Content
  readonly condition: PutCondition
  readonly options: TransferOptions
  readonly signal: AbortSignal
}

/** Somebody may sweep an upload away while it is under way; then it begins anew, this many times. */
const BEGINNINGS = 3

/** @throws S3Failure, AppError; what was sent stays for the next try */
export async function putInParts(job: PartsJob): Promise<PutResult> {
  // Parts are sent before the server looks at the condition, and not every server does.
  if (job.condition !== 'any') {
    const there = await headObject(job.connection, job.key, job.signal)
    if (job.condition === 'absent' ? there : there?.etag !== job.condition.etag) return { stored: false }
  }
  for (let beginning = 1; ; beginning++) {
    try {
      return await uploadOnce(job)
    } catch (error) {
      const isGone = error instanceof S3Failure && (error.code === 'NoSuchUpload' || error.status === 409)
      if (!isGone || beginning === BEGINNINGS) throw error
    }
  }
}

async function uploadOnce(job: PartsJob): Promise<PutResult> {
  const { connection, content, signal } = job
  const key = connection.location.prefix + job.key
  // What an upload says of the whole was said when it began: only a key that names its content tells that it is the same.
  const known = key.includes(content.sha256) ? await findUnfinished(connection, key, signal) : undefined
  const stored = known === undefined ? new Map<number, StoredPart>() : await listParts(connection, key, known, signal)
  const uploadId = known ?? (await begin(job, key))
  try {
    const parts = await sendParts(job, key, uploadId, stored)
    return await complete(job, key, uploadId, parts)
  } catch (error) {
    const isChanged = error instanceof S3Failure && error.code === 'ContentChanged'
    if (!isChanged && !isUnmet(error, job.condition)) throw error
    await abortUpload(connection, key, uploadId, signal)
    if (isChanged) throw error
    return { stored: false }
  }
}

async function begin({ connection, content, signal }: PartsJob, key: string): Promise<string> {
  const { isAws } = await connection.target()
  const { UploadId } = await connection.send('CreateMultipartUpload', key, signal, (client, options) =>
    client.send(
      new CreateMultipartUploadCommand({
        Bucket: connection.location.bucket,
        Key: key,
        Metadata: { [SHA256_METADATA]: content.sha256 },
        ...(isAws ? { ChecksumAlgorithm: 'SHA256' as const } : {}),
      }),
      options,
    ),
  )
  if (UploadId === undefined) throw new S3Failure('CreateMultipartUpload', key, { code: 'NotS3' })
  return UploadId
}

/**
 * All parts, in order; the first failure ends the others. They are hashed one after the other, because the server proves
 * the parts only: that they make up the announced whole is proved here.
 */
async function sendParts(
  { connection, content, options, signal }: PartsJob,
  key: string,
  uploadId: string,
  stored: ReadonlyMap<number, StoredPart>,
): Promise<SentPart[]> {
  const partBytes = partBytesFor(content.size, connection.limits.partBytes)
  const atOnce = pLimit(connection.limits.partsAtOnce)
  const ended = new AbortController()
  const either = AbortSignal.any([signal, ended.signal])
  const whole = createHash('sha256')
  let hashed: Promise<unknown> = Promise.resolve()
  const sending = Array.from({ length: Math.ceil(content.size / partBytes) }, (_, index) =>
    atOnce(async () => {
      const [start, end] = [index * partBytes, Math.min((index + 1) * partBytes, content.size)]
      const part = { number: index + 1, start, end, stored: stored.get(index + 1) }
      const digests = hashed.then(() => digestPart(content, part, whole, either))
      hashed = digests
      return await sendPart({ connection, key, uploadId, content, options, signal: either }, part, await digests)
    }),
  )
  try {
    const parts = await Promise.all(sending)
    if (whole.digest('hex') !== content.sha256) throw new S3Failure('UploadPart', key, { code: 'ContentChanged' })
    return parts
  } catch (error) {
    ended.abort(error)
    await Promise.allSettled(sending)
    throw connection.toFailure(error, 'UploadPart', key, signal)
  }
}

/**
 * Some servers answer 200 with an error in it, or their answer is lost: the object itself says whether it is complete.
 */
async function complete(
  { connection, key: vaultKey, content, condition, signal }: PartsJob,
  key: string,
  uploadId: string,
  parts: readonly SentPart[],
): Promise<PutResult> {
  const isComplete = (facts: ObjectFacts | undefined) =>
    facts !== undefined && facts.size === content.size && (facts.sha256 ?? content.sha256) === content.sha256
  const attempts = connection.attempts(signal)
  for (;;) {
    let failure: S3Failure
    try {
      await completeOnce(connection, key, uploadId, parts, condition, signal)
      failure = new S3Failure('CompleteMultipartUpload', key, { code: 'Incomplete' })
    } catch (error) {
      failure = connection.toFailure(error, 'CompleteMultipartUpload', key, signal)
      if (isUnmet(failure, condition)) throw failure
    }
    const facts = await headObject(connection, vaultKey, signal)
    if (facts !== undefined && isComplete(facts)) return { stored: true, etag: facts.etag }
    await connection.again(attempts, failure, signal)
  }
}

async function completeOnce(
  connection: S3Connection,
  key: string,
  uploadId: string,
  parts: readonly SentPart[],
  condition: PutCondition,
  signal: AbortSignal,
): Promise<void> {
  const input = {
    Bucket: connection.location.bucket,
    Key: key,
    UploadId: uploadId,
    MultipartUpload: { Parts: [...parts] },
    ...(condition === 'absent' ? { IfNoneMatch: '*' } : {}),
    ...(typeof condition === 'object' ? { IfMatch: condition.etag } : {}),
  }
  await connection.sendOnce('CompleteMultipartUpload', key, signal, (client, options) =>
    client.send(new CompleteMultipartUploadCommand(input), options),
  )
}
