// Reading an object while the server or the network misbehaves (fault matrix F14, F15, F17).

import { describe, expect, test } from 'vitest'
import type { Vault } from '../../../../src/vault/vault.ts'
import { contentOf, digestOf, generatedContent, textOf } from '../../../support/contents.ts'
import { failureOf, s3Stage } from '../../../support/s3-stage.ts'

const BYTES = 3_000_000

/** Reads all of it; every byte is counted as it is reported. */
async function read(vault: Vault, key: string, range?: { start: number; end: number }) {
  let reported = 0
  const object = await vault.get(key, { onBytes: (bytes) => (reported += bytes), ...(range ? { range } : {}) })
  if (object === undefined || object === 'unchanged') throw new Error(`nothing to read: ${object}`)
  return { ...(await digestOf(object.body)), reported }
}

describe('a body whose connection breaks', () => {
  test('is read on from the byte where it ended, each time', async () => {
    const { s3, vault } = await s3Stage()
    const content = await generatedContent(BYTES)
    await vault.put('a', content, 'absent')
    s3.fail({ operation: 'GetObject', times: 5, with: { resetResponseAfter: 400_000 } })

    const got = await read(vault, 'a')

    expect(got).toEqual({ size: BYTES, sha256: content.sha256, reported: BYTES })
    expect(s3.count('GetObject')).toBe(6)
  })

  test('is read on within the range that was asked for', async () => {
    const { s3, vault } = await s3Stage()
    const content = await generatedContent(BYTES)
    await vault.put('a', content, 'absent')
    s3.fail({ operation: 'GetObject', times: 2, with: { resetResponseAfter: 100_000 } })

    const got = await read(vault, 'a', { start: 1_000_001, end: 1_900_000 })

    expect(got).toMatchObject(await digestOf(content.read(1_000_001, 1_900_000)))
  })

  test('is read on from a server that knows no ranges', async () => {
    const { s3, vault } = await s3Stage()
    const content = await generatedContent(BYTES)
    await vault.put('a', content, 'absent')
    s3.fail({ operation: 'GetObject', times: 1, with: { resetResponseAfter: 1_500_000 } })
    s3.fail({ operation: 'GetObject', with: { ignoreRange: true } })

    const whole = await read(vault, 'a')
    const part = await read(vault, 'a', { start: 10, end: 2_000_000 })

    expect(whole).toMatchObject({ size: BYTES, sha256: content.sha256 })
    expect(part).toMatchObject(await digestOf(content.read(10, 2_000_000)))
  })

  test('is given up after eight breaks without a byte between them', async () => {
    const { s3, vault } = await s3Stage()
    await vault.put('a', await generatedContent(BYTES), 'absent')
    s3.fail({ operation: 'GetObject', with: { resetResponseAfter: 0 } })

    const error = await failureOf(read(vault, 'a'))

    expect(error).toMatchObject({ code: 'vault-unreachable', message: 'cannot read a in the vault s3://vault/repo' })
    expect(s3.count('GetObject')).toBe(8)
  })

  test('is not read on from an object that replaced it', async () => {
    const { s3, vault } = await s3Stage()
    await vault.put('a', await generatedContent(BYTES), 'absent')
    s3.fail({ operation: 'GetObject', times: 1, with: { resetResponseAfter: 400_000 } })

    const object = await vault.get('a')
    await vault.put('a', contentOf('another'.repeat(1_000_000)), 'any')
    const error = await failureOf(textOf(object))

    expect(error).toMatchObject({ code: 'vault-failed', reason: 'it was replaced while it was being read' })
  })

  test('is not read on when the credentials have expired meanwhile', async () => {
    const { s3, vault } = await s3Stage()
    await vault.put('a', await generatedContent(BYTES), 'absent')
    s3.fail({ operation: 'GetObject', times: 1, with: { resetResponseAfter: 400_000 } })
    s3.fail({ operation: 'GetObject', with: { status: 400, code: 'ExpiredToken' } })

    const error = await failureOf(read(vault, 'a'))

    expect(error).toMatchObject({ code: 'vault-denied', reason: expect.stringContaining('have expired') })
    expect(s3.count('GetObject')).toBe(2)
  })
})

describe('a body that comes slowly', () => {
  test('is taken over another connection once it has fallen silent', async () => {
    const { s3, vault } = await s3Stage({ limits: { idleMs: 500 } })
    const content = await generatedContent(BYTES)
    await vault.put('a', content, 'absent')
    s3.fail({ operation: 'GetObject', times: 2, with: { stallResponseAfter: 700_000 } })

    const got = await read(vault, 'a')

    expect(got).toMatchObject({ size: BYTES, sha256: content.sha256 })
    expect(s3.count('GetObject')).toBe(3)
  })

  test('is waited for while bytes come', async () => {
    const { s3, vault } = await s3Stage({ limits: { idleMs: 1000 } })
    await vault.put('a', contentOf('x'.repeat(5)), 'absent')
    s3.fail({ operation: 'GetObject', with: { pieces: { bytes: 1, everyMs: 400 } } })

    const got = await read(vault, 'a')

    expect(got.size).toBe(5)
    expect(s3.count('GetObject')).toBe(1)
  })
})

test('flipped bytes are handed over as they are: whoever knows the digest finds them', async () => {
  const { s3, vault } = await s3Stage()
  const content = await generatedContent(BYTES)
  await vault.put('a', content, 'absent')
  s3.fail({ operation: 'GetObject', times: 1, with: { flipByte: 1234 } })

  const [first, second] = [await read(vault, 'a'), await read(vault, 'a')]

  expect(first).toMatchObject({ size: BYTES })
  expect(first.sha256).not.toBe(content.sha256)
  expect(second.sha256).toBe(content.sha256)
})

describe('what is missing', () => {
  test('an object is told from a bucket, also by a call whose answer has no body', async () => {
    const { vault } = await s3Stage()
    const elsewhere = await s3Stage({ settings: { url: 's3://nowhere/repo' } })

    expect(await vault.head('a')).toBeUndefined()
    expect(await vault.get('a')).toBeUndefined()
    const { head, get, listDirectories } = elsewhere.vault
    for (const call of [() => head('a'), () => get('a'), () => listDirectories('')]) {
      expect(await failureOf(call())).toMatchObject({
        code: 'vault-missing',
        reason: expect.stringContaining('there is no bucket nowhere'),
      })
    }
  })

  test('a page that is not of S3 does not pass for a missing object', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ with: { status: 404, page: '<html><title>Not Found</title></html>' } })

    const errors = [await failureOf(vault.get('a')), await failureOf(vault.head('a'))]

    expect(errors).toMatchObject([
      { code: 'vault-failed', reason: expect.stringContaining('not one of S3') },
      { code: 'vault-failed', reason: expect.stringContaining('not one of S3') },
    ])
  })

  test('a key that may not be seen is told as forbidden, with what would be needed to see it', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ with: { status: 403, code: 'AccessDenied' } })

    const error = await failureOf(vault.get('a'))

    expect(error).toMatchObject({ code: 'vault-denied', hint: expect.stringContaining('s3:ListBucket') })
  })
})

test('a range with nothing in it gives nothing, with the facts of all', async () => {
  const { vault } = await s3Stage()
  await vault.put('a', contentOf('0123456789'), 'absent')

  for (const range of [
    { start: 3, end: 3 },
    { start: 10, end: 20 },
  ]) {
    const object = await vault.get('a', { range })

    expect(object).toMatchObject({ facts: { size: 10 } })
    expect(await textOf(object)).toBe('')
  }
  expect(await vault.get('b', { range: { start: 3, end: 3 } })).toBeUndefined()
})
