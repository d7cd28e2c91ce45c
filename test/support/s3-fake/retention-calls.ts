// Calls of the S3 fake about how long objects are locked.

import type { FakeBucket } from './bucket.ts'
import { element, errorReply, type FakeReply, texts, xmlReply } from './reply.ts'
import type { FakeRequest } from './request.ts'

export function getRetention(bucket: FakeBucket, { key }: FakeRequest): FakeReply {
  if (!bucket.objects.has(key)) return errorReply(404, 'NoSuchKey')
  const lock = bucket.locks.get(key)
  if (lock === undefined) return errorReply(404, 'NoSuchObjectLockConfiguration')
  return xmlReply('Retention', element('Mode', lock.mode) + element('RetainUntilDate', lock.until.toISOString()))
}

/** An earlier end is refused, as by servers whose caller may not bypass governance. */
export function putRetention(bucket: FakeBucket, { key, body }: FakeRequest): FakeReply {
  if (!bucket.objects.has(key)) return errorReply(404, 'NoSuchKey')
  const xml = body.toString()
  const [mode = ''] = texts(xml, 'Mode')
  const until = new Date(texts(xml, 'RetainUntilDate')[0] ?? '')
  const before = bucket.locks.get(key)
  if (before !== undefined && until < before.until) return errorReply(403, 'AccessDenied')
  bucket.locks.set(key, { mode, until })
  return { status: 200 }
}
