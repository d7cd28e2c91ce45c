// One exchange over HTTP about one object: signed by the SDK's signer, sent by Node's own client. The SDK's client would
// cost four times the CPU for each small object, and hides the connection that a stalled transfer must be cut from.

import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { destroyOn } from './abort.ts'
import { unquoted } from './etag.ts'
import { factsOfAnswer, S3Failure } from './failure.ts'
import type { S3Limits } from './limits.ts'
import type { Target } from './target.ts'

export interface ObjectRequest {
  readonly operation: 'GetObject' | 'HeadObject' | 'PutObject' | 'UploadPart'
  /** In the bucket. */
  readonly key: string
  readonly query?: Record<string, string>
  readonly headers: Record<string, string>
  readonly body?: RequestBody
}

export interface RequestBody {
  readonly size: number
  /** Hex. It is signed, so the server that checks signatures checks the body by it. */
  readonly sha256: string
  /** Called once for every exchange. */
  read(): AsyncIterable<Uint8Array>
  readonly onBytes: (bytes: number) => void
}

export interface Answer {
  readonly headers: IncomingHttpHeaders
  /** Without quotes. */
  readonly etag: string
  readonly body: IncomingMessage
}

const METHODS = { GetObject: 'GET', HeadObject: 'HEAD', PutObject: 'PUT', UploadPart: 'PUT' } as const
const SHA256_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
/** A server that does not say "go on" is not waited for any longer, as HTTP has it. */
const CONTINUE_WAIT_MS = 1000
const MAX_ERROR_BYTES = 64 * 1024

/** @throws S3Failure for any answer but success, Node's error where there was none, AppError of the content itself */
export async function exchange(
  target: Target,
  request: ObjectRequest,
  limits: S3Limits,
  signal: AbortSignal,
): Promise<Answer> {
  const { operation, key, query = {}, body } = request
  const isStreamed = body !== undefined && body.size > limits.bufferedBytes
  const memory = body === undefined || isStreamed ? undefined : takeMemory(body.size)
  const bytes = body && memory && (await inMemory(body, memory, request))
  const method = METHODS[operation]
  const path = `${target.url.pathname === '/' ? '' : target.url.pathname}/${key.split('/').map(encodeSegment).join('/')}`
  const headers = await target.sign({
    method,
    path,
    query,
    headers: {
      ...request.headers,
      'x-amz-content-sha256': body?.sha256 ?? SHA256_OF_NOTHING,
      ...(body === undefined ? {} : { 'content-length': String(body.size) }),
    },
  })
  if (isStreamed) headers['expect'] = '100-continue'
  signal.throwIfAborted()

  const search = new URLSearchParams(query).toString()
  const outgoing = target.request({
    method,
    path: search === '' ? path : `${path}?${search}`,
    headers,
    timeout: limits.connectMs,
  })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).on('error', reject)
  })
  destroyOn(signal, outgoing)
  outgoing.setTimeout(limits.idleMs)
  outgoing.on('timeout', () => outgoing.destroy(new S3Failure(operation, key, { code: 'IdleTimeout' })))
  if (isStreamed) stream(body, outgoing, request).catch((error: Error) => outgoing.destroy(error))
  else outgoing.end(bytes)

  const answer = await response
  const status = answer.statusCode ?? 0
  if (status < 200 || status > 299) {
    const xml = await textOf(answer)
    // What is left of the body is not wanted: the connection is of no more use.
    if (!outgoing.writableFinished) outgoing.destroy()
    throw new S3Failure(operation, key, factsOfAnswer(status, answer.headers, xml))
  }
  const { etag } = answer.headers
  if (etag === undefined) {
    // A proxy or a portal that says yes to everything.
    outgoing.destroy()
    throw new S3Failure(operation, key, { status, code: 'NotS3' })
  }
  if (memory && bytes) {
    body?.onBytes(bytes.length)
    if (outgoing.writableFinished) spareMemory.push(memory)
  }
  if (operation !== 'GetObject') answer.resume()
  return { headers: answer.headers, etag: unquoted(etag), body: answer }
}

/** As SigV4 wants it: everything but letters, digits and `-._~`. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * Of bodies that were sent, for the next ones: held while the server is waited for, they would grow old, and the memory
 * of tens of thousands be given back only much later. There are never more than requests at once.
 */
const spareMemory: Buffer[] = []

function takeMemory(size: number): Buffer {
  const spare = spareMemory.pop()
  return spare && spare.length >= size ? spare : Buffer.allocUnsafeSlow(size)
}

/** The body, copied: whoever reads may use the memory of one part for the next. */
async function inMemory(body: RequestBody, memory: Buffer, request: ObjectRequest): Promise<Uint8Array> {
  let size = 0
  for await (const part of body.read()) {
    if (size + part.length > body.size) throw contentChanged(request)
    memory.set(part, size)
    size += part.length
  }
  if (size !== body.size) throw contentChanged(request)
  return memory.subarray(0, size)
}

/** Sends the body when the server wants it, as fast as the connection takes it. */
async function stream(body: RequestBody, outgoing: ClientRequest, request: ObjectRequest): Promise<void> {
  let isOver = false
  outgoing.once('response', () => {
    isOver = true
  })
  outgoing.flushHeaders()
  await anyOf(outgoing, ['continue', 'response', 'close'], (done) => setTimeout(done, CONTINUE_WAIT_MS).unref())
  let sent = 0
  for await (const chunk of body.read()) {
    if (isOver || outgoing.destroyed) return
    sent += chunk.length
    if (sent > body.size) break
    // Until the system has it: its memory may be used for the next.
    await anyOf(outgoing, ['response', 'close'], (done) =>
      outgoing.write(chunk, (error) => {
        isOver ||= Boolean(error)
        done()
      }),
    )
    if (isOver || outgoing.destroyed) return
    body.onBytes(chunk.length)
  }
  if (isOver || outgoing.destroyed) return
  if (sent !== body.size) throw contentChanged(request)
  outgoing.end()
}

/** Resolves with the first of these events, or when `begin` calls back. */
function anyOf(
  outgoing: ClientRequest,
  events: readonly string[],
  begin: (done: () => void) => unknown,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) outgoing.off(event, done)
      resolve()
    }
    for (const event of events) outgoing.on(event, done)
    begin(done)
  })
}

function contentChanged({ operation, key }: ObjectRequest): S3Failure {
  return new S3Failure(operation, key, { code: 'ContentChanged' })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer) {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_ERROR_BYTES) break
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(chunks).toString()
}
