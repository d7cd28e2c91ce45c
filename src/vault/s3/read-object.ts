// Reading one object: its facts, and its content as a stream that survives a connection that breaks or falls silent.

import type { GetOptions, ObjectFacts, StoredObject } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import { factsFrom } from './facts.ts'
import { S3Failure } from './failure.ts'
import type { Answer } from './wire.ts'

export interface ReadOptions extends GetOptions {
  /** This version of the object, instead of the newest. */
  readonly versionId?: string | undefined
}

/** @throws S3Failure, AppError */
export async function headObject(
  connection: S3Connection,
  key: string,
  signal: AbortSignal,
  versionId?: string,
): Promise<ObjectFacts | undefined> {
  try {
    const wanted = { key: connection.location.prefix + key, query: queryFor(versionId), headers: {} }
    return factsFrom(key, await connection.request({ operation: 'HeadObject', ...wanted }, signal))
  } catch (error) {
    if (!(error instanceof S3Failure) || error.status !== 404) throw error
    // This answer has no body: only another call tells a missing object from a missing bucket.
    const found = connection.bucketSeen ? undefined : await getObject(connection, key, { versionId }, signal)
    if (found === undefined || found === 'unchanged') return undefined
    for await (const _ of found.body) break
    return found.facts
  }
}

/** @throws S3Failure, AppError; so does the body */
export async function getObject(
  connection: S3Connection,
  key: string,
  options: ReadOptions,
  signal: AbortSignal,
): Promise<StoredObject | 'unchanged' | undefined> {
  const { range, unlessEtag, versionId, onBytes } = options
  if (range !== undefined && range.end <= range.start) return await nothingOf(connection, key, signal, versionId)
  try {
    const answer = await ask(connection, key, versionId, signal, {
      ...(range === undefined ? {} : rangeHeader(range.start, range.end)),
      ...(unlessEtag === undefined ? {} : { 'if-none-match': `"${unlessEtag}"` }),
    })
    const facts = factsFrom(key, answer)
    const [start, end] = [range?.start ?? 0, Math.min(range?.end ?? facts.size, facts.size)]
    return { facts, body: readBody(connection, answer, { facts, versionId, start, end, signal, onBytes }) }
  } catch (error) {
    if (!(error instanceof S3Failure)) throw error
    if (error.status === 304) return 'unchanged'
    if (error.status === 416) return await nothingOf(connection, key, signal, versionId)
    if (error.code !== 'NoSuchKey' && error.code !== 'NoSuchVersion') throw error
    connection.bucketSeen = true
    return undefined
  }
}

/** A range with nothing in it, which HTTP cannot ask for. */
async function nothingOf(
  connection: S3Connection,
  key: string,
  signal: AbortSignal,
  versionId: string | undefined,
): Promise<StoredObject | undefined> {
  const facts = await headObject(connection, key, signal, versionId)
  return facts && { facts, body: (async function* () {})() }
}

interface Reading {
  readonly facts: ObjectFacts
  readonly versionId: string | undefined
  readonly start: number
  readonly end: number
  readonly signal: AbortSignal
  readonly onBytes: GetOptions['onBytes']
}

/** Goes on where a broken connection ended, as long as it is the same object and bytes keep coming. */
async function* readBody(connection: S3Connection, first: Answer, reading: Reading): AsyncGenerator<Uint8Array> {
  const { facts, versionId, start, end, signal, onBytes } = reading
  const key = connection.location.prefix + facts.key
  const attempts = connection.attempts(signal)
  let answer: Answer | undefined = first
  let position = start
  try {
    while (position < end) {
      try {
        answer ??= await ask(connection, facts.key, versionId, signal, {
          ...rangeHeader(position, end),
          'if-match': `"${facts.etag}"`,
        })
        for await (const chunk of wantedPart(answer, position, end)) {
          position += chunk.length
          attempts.progressed()
          onBytes?.(chunk.length)
          yield chunk
        }
        if (position < end) throw new S3Failure('GetObject', key, { code: 'CutShort' })
      } catch (error) {
        answer?.body.destroy()
        answer = undefined
        const failure = connection.toFailure(error, 'GetObject', key, signal)
        if (failure.status === 412) throw new S3Failure('GetObject', key, { code: 'Replaced' })
        await connection.again(attempts, failure, signal)
      }
    }
  } finally {
    answer?.body.destroy()
  }
}

/** What an answer holds from `position` up to `end`; a server that knows no ranges sends all of it. */
async function* wantedPart(answer: Answer, position: number, end: number): AsyncGenerator<Uint8Array> {
  let at = Number(/^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1] ?? 0)
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    const wanted = chunk.subarray(Math.max(0, position - at), Math.max(0, end - at))
    at += chunk.length
    if (wanted.length > 0) yield wanted
    if (at >= end) return
  }
}

async function ask(
  connection: S3Connection,
  key: string,
  versionId: string | undefined,
  signal: AbortSignal,
  headers: Record<string, string>,
): Promise<Answer> {
  const wanted = { key: connection.location.prefix + key, query: queryFor(versionId), headers }
  return await connection.request({ operation: 'GetObject', ...wanted }, signal)
}

function queryFor(versionId: string | undefined): Record<string, string> {
  return versionId === undefined ? {} : { versionId }
}

function rangeHeader(start: number, end: number): Record<string, string> {
  return { range: `bytes=${start}-${end - 1}` }
}
