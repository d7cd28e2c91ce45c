// Storing a large object in parts, through everything that can happen on the way (fault matrix F2, F11 to F13, F16).

import { describe, expect, test } from 'vitest'
import type { Content } from '../../../../src/vault/vault.ts'
import { contentOf, digestOf, generatedContent } from '../../../support/contents.ts'
import { failureOf, type S3Stage, SMALL_PARTS, s3Stage } from '../../../support/s3-stage.ts'

const PARTS = 4
const BYTES = (PARTS - 1) * SMALL_PARTS.partBytes + 123_456

/** What every test ends with: the object is whole, and nothing unfinished is left. */
async function expectStored({ s3, vault }: S3Stage, key: string, content: Content): Promise<void> {
  const object = await vault.get(key)
  if (object === undefined || object === 'unchanged') throw new Error(`nothing is stored as ${key}`)
  expect(await digestOf(object.body)).toEqual({ size: content.size, sha256: content.sha256 })
  expect(object.facts.sha256).toBe(content.sha256)
  expect(s3.buckets.get('vault')?.uploads.size).toBe(0)
}

/** A key that names its content, as those of all large objects do. */
function keyOf({ sha256 }: Content): string {
  return `objects/${sha256.slice(0, 2)}/${sha256}`
}

test('a large object goes up in parts, each once, and every byte is reported', async () => {
  const stage = await s3Stage()
  const content = await generatedContent(BYTES)
  let reported = 0

  const put = await stage.vault.put('a', content, 'absent', { onBytes: (bytes) => (reported += bytes) })

  expect(put).toEqual({ stored: true, etag: expect.stringMatching(/^[0-9a-f]{32}-4$/) })
  expect(stage.s3.count('UploadPart')).toBe(PARTS)
  expect(reported).toBe(BYTES)
  await expectStored(stage, 'a', content)
})

describe('a part', () => {
  test.for([
    ['is refused for now', { status: 503, code: 'SlowDown' }],
    ['loses its connection', { resetRequestAfter: 1_000_000 }],
    ['loses its answer', { loseResponse: true }],
  ] as const)('that %s is sent again, alone', async ([, fault]) => {
    const stage = await s3Stage()
    const content = await generatedContent(BYTES)
    let reported = 0
    stage.s3.fail({ operation: 'UploadPart', after: 1, times: 2, with: fault })

    const put = await stage.vault.put('a', content, 'absent', { onBytes: (bytes) => (reported += bytes) })

    expect(put.stored).toBe(true)
    expect(stage.s3.count('UploadPart')).toBe(PARTS + 2)
    expect(reported).toBe(BYTES)
    await expectStored(stage, 'a', content)
  })

  test('that cannot be sent ends the upload, and what was sent stays for the next try', async () => {
    const stage = await s3Stage({ limits: { partsAtOnce: 1 } })
    const content = await generatedContent(BYTES)
    const key = keyOf(content)
    stage.s3.fail({ operation: 'UploadPart', after: 2, with: { status: 403, code: 'AccessDenied' } })
    const error = await failureOf(stage.vault.put(key, content, 'absent'))
    stage.s3.heal()
    const sentBefore = stage.s3.count('UploadPart')

    const put = await stage.vault.put(key, content, 'absent')

    expect(error).toMatchObject({ code: 'vault-denied', message: expect.stringContaining(key) })
    expect(put.stored).toBe(true)
    expect(stage.s3.count('UploadPart') - sentBefore).toBe(PARTS - 2)
    expect(stage.s3.count('CreateMultipartUpload')).toBe(1)
    await expectStored(stage, key, content)
  })

  test('that was stored damaged is not kept by the next try', async () => {
    const stage = await s3Stage({ limits: { partsAtOnce: 1 } })
    const content = await generatedContent(BYTES)
    const key = keyOf(content)
    stage.s3.fail({ operation: 'UploadPart', times: 1, with: { storeDamaged: true } })
    stage.s3.fail({ operation: 'UploadPart', after: 1, with: { status: 403, code: 'AccessDenied' } })
    await failureOf(stage.vault.put(key, content, 'absent'))
    stage.s3.heal()
    const sentBefore = stage.s3.count('UploadPart')

    await stage.vault.put(key, content, 'absent')

    expect(stage.s3.count('UploadPart') - sentBefore).toBe(PARTS - 1)
    await expectStored(stage, key, content)
  })
})

describe('an unfinished upload', () => {
  test('is taken up with every byte reported, also of the parts that are kept', async () => {
    const stage = await s3Stage({ limits: { partsAtOnce: 1 } })
    const content = await generatedContent(BYTES)
    const key = keyOf(content)
    const stop = new AbortController()
    const interrupted: Content = {
      ...content,
      async *read(start = 0, end = content.size) {
        if (start >= 2 * SMALL_PARTS.partBytes) stop.abort('SIGTERM')
        yield* content.read(start, end)
      },
    }
    const error = await failureOf(stage.vault.put(key, interrupted, 'absent', { signal: stop.signal }))
    let reported = 0

    await stage.vault.put(key, content, 'absent', { onBytes: (bytes) => (reported += bytes) })

    expect(error).toMatchObject({ code: 'interrupted' })
    expect(reported).toBe(BYTES)
    expect(stage.s3.count('UploadPart')).toBe(PARTS)
    await expectStored(stage, key, content)
  })

  test('under a key that does not name its content may be of another: it is left alone', async () => {
    const stage = await s3Stage()
    const content = await generatedContent(BYTES)
    stage.s3.fail({ operation: 'CompleteMultipartUpload', times: 1, with: { status: 403, code: 'AccessDenied' } })
    await failureOf(stage.vault.put('a', content, 'absent'))

    await stage.vault.put('a', await generatedContent(BYTES + 1), 'absent')

    expect(stage.s3.count('CreateMultipartUpload')).toBe(2)
    expect(await stage.vault.sweepUnfinished('', new Date('2100-01-01'))).toBe(1)
  })

  test('that may not be looked for is none', async () => {
    const stage = await s3Stage()
    const content = await generatedContent(BYTES)
    stage.s3.fail({ operation: 'ListMultipartUploads', with: { status: 403, code: 'AccessDenied' } })

    const put = await stage.vault.put(keyOf(content), content, 'absent')

    expect(put.stored).toBe(true)
  })

  test('that was swept away under our hands is begun anew', async () => {
    const stage = await s3Stage()
    const content = await generatedContent(BYTES)
    stage.s3.fail({ operation: 'UploadPart', after: 2, times: 1, with: { status: 404, code: 'NoSuchUpload' } })

    const put = await stage.vault.put('a', content, 'absent')

    expect(put.stored).toBe(true)
    expect(stage.s3.count('CreateMultipartUpload')).toBe(2)
    await stage.vault.sweepUnfinished('', new Date('2100-01-01'))
    await expectStored(stage, 'a', content)
  })
})

describe('the completing call', () => {
  test.for([
    [
      'answers 200 with an error, and has not done it',
      { errorInSuccess: { code: 'InternalError', happens: false } },
      2,
    ],
    ['answers 200 with an error, and has done it', { errorInSuccess: { code: 'InternalError', happens: true } }, 1],
    ['does it and loses its answer', { loseResponse: true }, 1],
    ['is refused for now', { status: 503, code: 'SlowDown' }, 2],
  ] as const)('that %s is judged by the object', async ([, fault, calls]) => {
    const stage = await s3Stage()
    const content = await generatedContent(BYTES)
    stage.s3.fail({ operation: 'CompleteMultipartUpload', times: 1, with: fault })

    const put = await stage.vault.put('a', content, 'absent')

    expect(put).toEqual({ stored: true, etag: expect.stringMatching(/-4$/) })
    expect(stage.s3.count('CompleteMultipartUpload')).toBe(calls)
    await expectStored(stage, 'a', content)
  })

  test('that says yes and does nothing is not believed', async () => {
    const stage = await s3Stage()
    stage.s3.fail({ operation: 'HeadObject', after: 1, with: { status: 404 } })
    stage.s3.fail({ operation: 'GetObject', with: { status: 404, code: 'NoSuchKey' } })

    const error = await failureOf(stage.vault.put('a', await generatedContent(BYTES), 'absent'))

    expect(error).toMatchObject({ code: 'vault-failed', message: expect.stringContaining('cannot store a') })
  })

  test('that finds another object there loses to it, and takes its parts away', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ operation: 'CompleteMultipartUpload', times: 1, with: { status: 412, code: 'PreconditionFailed' } })

    const put = await vault.put('a', await generatedContent(BYTES), 'absent')

    expect(put).toEqual({ stored: false })
    expect(s3.buckets.get('vault')?.uploads.size).toBe(0)
  })

  test('that meets another writer at work is sent again', async () => {
    const stage = await s3Stage()
    const content = await generatedContent(BYTES)
    const conflict = { status: 409, code: 'ConditionalRequestConflict' }
    stage.s3.fail({ operation: 'CompleteMultipartUpload', times: 1, with: conflict })

    const put = await stage.vault.put('a', content, 'absent')

    expect(put.stored).toBe(true)
    await expectStored(stage, 'a', content)
  })
})

describe('conditions', () => {
  test('no part is sent over an object that is there', async () => {
    const { s3, vault } = await s3Stage()
    const { etag = '' } = await vault.put('a', contentOf('first'), 'absent')
    const content = await generatedContent(BYTES)

    const results = [await vault.put('a', content, 'absent'), await vault.put('a', content, { etag: `${etag}0` })]

    expect(results).toEqual([{ stored: false }, { stored: false }])
    expect(s3.count('UploadPart')).toBe(0)
  })

  test('the object that is named by its etag is replaced', async () => {
    const stage = await s3Stage()
    const { etag = '' } = await stage.vault.put('a', contentOf('first'), 'absent')
    const content = await generatedContent(BYTES)

    const put = await stage.vault.put('a', content, { etag })

    expect(put.stored).toBe(true)
    await expectStored(stage, 'a', content)
  })
})

test('content that is not what was announced is never completed, and nothing of it is left', async () => {
  const { s3, vault } = await s3Stage()
  const content = await generatedContent(BYTES)
  const other: Content = { ...content, sha256: '0'.repeat(64) }

  const error = await failureOf(vault.put('a', other, 'absent'))

  expect(error).toMatchObject({ code: 'vault-failed', reason: expect.stringContaining('no longer what it was') })
  expect(s3.count('CompleteMultipartUpload')).toBe(0)
  expect(s3.buckets.get('vault')?.uploads.size).toBe(0)
})
