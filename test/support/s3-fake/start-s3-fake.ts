// An S3 server in this process, over real HTTP on loopback, that does wrong what it is told to: path style, in memory,
// no signatures. `await using s3 = await startS3Fake()`, then `s3.fail({ operation: 'PutObject', times: 2, with: … })`.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { FakeBucket } from './bucket.ts'
import * as bucketCalls from './bucket-calls.ts'
import { type FaultRule, FaultRules, type S3Fault } from './faults.ts'
import * as objectCalls from './object-calls.ts'
import { errorReply, type FakeReply } from './reply.ts'
import { addressOf, type CallAddress, type FakeRequest, metadataOf, refusalOf } from './request.ts'
import * as retentionCalls from './retention-calls.ts'
import { listVersions } from './version-calls.ts'

/** Of what a broken connection took or gave. */
class Broken extends Error {}

export class S3Fake implements AsyncDisposable {
  readonly accessKeyId = 'AKIAFAKEFAKEFAKEFAKE'
  readonly secretAccessKey = 'fake+secret/fake+secret/fake+secret/fake'
  readonly region = 'us-east-1'
  /** Exists from the start. */
  readonly bucket = 'vault'
  readonly buckets = new Map<string, FakeBucket>([['vault', new FakeBucket()]])
  /** Requests by call, in the order they came. */
  readonly requests: { readonly operation: CallAddress['operation']; readonly key: string }[] = []
  /** How far its clock is ahead of the machine's. */
  clockSkewMs = 0
  versioning = false
  objectLock: { readonly mode: string; readonly days: number } | undefined
  /** Keys that it refuses to delete. */
  locked: RegExp | undefined
  readonly #rules = new FaultRules()
  readonly #server = createServer()

  fail(rule: FaultRule): void {
    this.#rules.add(rule)
  }

  heal(): void {
    this.#rules.clear()
  }

  count(operation: CallAddress['operation']): number {
    return this.requests.filter((request) => request.operation === operation).length
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async start(): Promise<this> {
    const answer = (incoming: IncomingMessage, response: ServerResponse) => {
      this.#answer(incoming, response).catch((error: unknown) => {
        response.destroy()
        if (!(error instanceof Broken) && !incoming.destroyed) throw error
      })
    }
    this.#server.on('request', answer)
    this.#server.on('checkContinue', answer)
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = addressOf(incoming)
    this.requests.push({ operation: address.operation, key: address.key })
    const fault = this.#rules.for(address.operation, address.key) ?? {}
    if (fault.status !== undefined) {
      const error = errorReply(fault.status, fault.code ?? `Http${fault.status}`, fault.message)
      const reply = fault.page === undefined ? error : { status: fault.status, body: Buffer.from(fault.page) }
      return await this.#send(response, incoming, { ...reply, headers: { ...fault.headers } }, {})
    }
    if (fault.stall) return
    if (fault.delayMs !== undefined) await delay(fault.delayMs)
    if (incoming.headers.expect !== undefined) response.writeContinue()
    const body = await bodyOf(incoming, fault.resetRequestAfter)
    const reply = this.#perform(address, incoming, body, fault)
    if (fault.loseResponse) throw new Broken()
    await this.#send(response, incoming, reply, fault)
  }

  #perform(address: CallAddress, { headers }: IncomingMessage, body: Buffer, fault: S3Fault): FakeReply {
    const now = new Date(Date.now() + this.clockSkewMs)
    const refusal = refusalOf(address.operation, headers, body, now)
    if (refusal) return refusal
    const inSuccess = fault.errorInSuccess && { ...errorReply(500, fault.errorInSuccess.code), status: 200 }
    if (inSuccess && !fault.errorInSuccess?.happens) return inSuccess
    const reply = this.#call(address, {
      ...address,
      headers: fault.ignoreRange ? { ...headers, range: undefined } : headers,
      metadata: metadataOf(headers),
      body,
      storedBytes: fault.storeDamaged ? flipped(body, 0) : body,
      ignoresConditions: fault.ignoreConditions === true,
      now,
    })
    return inSuccess ?? reply
  }

  #call({ operation, bucket: name }: CallAddress, request: FakeRequest): FakeReply {
    if (operation === 'CreateBucket') {
      this.buckets.set(name, new FakeBucket())
      return { status: 200 }
    }
    const bucket = this.buckets.get(name)
    if (bucket === undefined) return operation === 'HeadObject' ? { status: 404 } : errorReply(404, 'NoSuchBucket')
    switch (operation) {
      case 'PutObject':
        return objectCalls.putObject(bucket, request)
      case 'CopyObject':
        return objectCalls.copyObject(bucket, this.buckets, request)
      case 'GetObject':
        return objectCalls.getObject(bucket, request)
      case 'HeadObject':
        return objectCalls.headObject(bucket, request)
      case 'CreateMultipartUpload':
        return objectCalls.createMultipartUpload(bucket, request)
      case 'UploadPart':
        return objectCalls.uploadPart(bucket, request)
      case 'CompleteMultipartUpload':
        return objectCalls.completeMultipartUpload(bucket, request)
      case 'AbortMultipartUpload':
        return objectCalls.abortMultipartUpload(bucket, request)
      case 'ListObjectsV2':
        return bucketCalls.listObjects(bucket, request)
      case 'ListObjectVersions':
        return listVersions(bucket, request)
      case 'DeleteObjects':
        return bucketCalls.deleteObjects(bucket, request, this.locked)
      case 'ListMultipartUploads':
        return bucketCalls.listMultipartUploads(bucket, request)
      case 'ListParts':
        return bucketCalls.listParts(bucket, request)
      case 'GetBucketVersioning':
        return bucketCalls.versioningOf(this.versioning)
      case 'GetObjectRetention':
        return retentionCalls.getRetention(bucket, request)
      case 'PutObjectRetention':
        return retentionCalls.putRetention(bucket, request)
      case 'GetObjectLockConfiguration':
        return bucketCalls.objectLockOf(this.objectLock)
      case 'Unknown':
        return errorReply(501, 'NotImplemented')
    }
  }

  async #send(response: ServerResponse, incoming: IncomingMessage, reply: FakeReply, fault: S3Fault): Promise<void> {
    const whole = reply.body ?? Buffer.alloc(0)
    const body = fault.flipByte !== undefined ? flipped(whole, fault.flipByte) : whole
    // A refused body is not read: the connection is of no use afterwards.
    if (!incoming.complete) response.setHeader('connection', 'close')
    response.writeHead(reply.status, {
      date: new Date(Date.now() + this.clockSkewMs).toUTCString(),
      ...(incoming.method === 'HEAD' || reply.status === 304 ? {} : { 'content-length': body.length }),
      ...reply.headers,
    })
    if (fault.resetResponseAfter !== undefined) {
      await written(response, body.subarray(0, fault.resetResponseAfter))
      throw new Broken()
    }
    if (fault.stallResponseAfter !== undefined)
      return await written(response, body.subarray(0, fault.stallResponseAfter))
    if (fault.pieces !== undefined) {
      for (let at = 0; at < body.length; at += fault.pieces.bytes) {
        await written(response, body.subarray(at, at + fault.pieces.bytes))
        await delay(fault.pieces.everyMs)
      }
      response.end()
      return
    }
    response.end(incoming.method === 'HEAD' ? undefined : body)
  }
}

export async function startS3Fake(): Promise<S3Fake> {
  return await new S3Fake().start()
}

async function bodyOf(incoming: IncomingMessage, resetAfter: number | undefined): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    chunks.push(chunk)
    size += chunk.length
    if (resetAfter !== undefined && size >= resetAfter) throw new Broken()
  }
  return Buffer.concat(chunks)
}

async function written(response: ServerResponse, bytes: Buffer): Promise<void> {
  response.flushHeaders()
  if (bytes.length > 0) await new Promise((resolve) => response.write(bytes, resolve))
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
