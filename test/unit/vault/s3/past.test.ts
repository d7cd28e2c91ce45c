// A vault as it was: faults of the server, and which of two versions of one second counts.

import { expect, onTestFinished, test } from 'vitest'
import { openPastVault } from '../../../../src/vault/s3/past-vault.ts'
import { contentOf, digestOf, generatedContent, keysOf } from '../../../support/contents.ts'
import { s3Context, s3Settings } from '../../../support/s3-access.ts'
import type { FakeBucket } from '../../../support/s3-fake/bucket.ts'
import { failureOf, s3Stage } from '../../../support/s3-stage.ts'

const AT = new Date('2026-11-20T10:00:00.000Z')
const LATER = new Date('2100-01-01')

async function pastStage() {
  const { s3, vault } = await s3Stage()
  s3.versioning = true
  const openPast = async (asOf: Date) => {
    const past = await openPastVault(s3Settings(s3, vault.url), s3Context(s3), asOf)
    onTestFinished(() => past.close())
    return past
  }
  return { s3, vault, openPast, bucket: s3.buckets.get(s3.bucket) as FakeBucket }
}

test('an object and its deletion in the same second: the object counts, unless it stayed deleted', async () => {
  const { openPast, bucket } = await pastStage()
  for (const key of ['repo/deleted', 'repo/replaced']) {
    bucket.store(key, Buffer.from(key), {}, AT)
    bucket.remove(key, AT)
  }
  bucket.store('repo/replaced', Buffer.from('garbage'), {}, LATER)

  const past = await openPast(AT)

  expect(await keysOf(past.list(''))).toEqual(['replaced'])
})

test('a body whose connection breaks is read on in the same version, though another one is the newest', async () => {
  const { s3, vault, openPast } = await pastStage()
  const content = await generatedContent(1_000_000)
  await vault.put('a/b', content, 'absent')
  const past = await openPast(new Date())
  s3.clockSkewMs = 60_000
  await vault.put('a/b', contentOf('garbage'), 'any')
  s3.fail({ operation: 'GetObject', times: 1, with: { resetResponseAfter: 300_000 } })

  const object = await past.get('a/b')

  const body = object === undefined || object === 'unchanged' ? [] : object.body
  expect(await digestOf(body as AsyncIterable<Uint8Array>)).toEqual({ size: 1_000_000, sha256: content.sha256 })
  expect(s3.count('GetObject')).toBe(2)
})

test('a directory is listed once, however many objects of it are read at once', async () => {
  const { s3, vault, openPast } = await pastStage()
  for (const key of ['a/1', 'a/2', 'a/b/3']) await vault.put(key, contentOf(key), 'absent')
  const past = await openPast(LATER)

  const found = await Promise.all(['a/1', 'a/2', 'a/missing'].map((key) => past.head(key)))

  expect(found.map((facts) => facts?.key)).toEqual(['a/1', 'a/2', undefined])
  expect(s3.count('ListObjectVersions')).toBe(1)
  expect(s3.count('GetBucketVersioning')).toBe(1)
})

test('a version that was deleted for good is missing', async () => {
  const { s3, vault, openPast } = await pastStage()
  await vault.put('a/b', contentOf('x'), 'absent')
  const past = await openPast(LATER)
  s3.fail({ operation: 'GetObject', with: { status: 404, code: 'NoSuchVersion' } })

  expect(await past.get('a/b')).toBeUndefined()
})

test.for([
  ['a bucket without versioning', undefined],
  ['a server that knows no versions', { status: 501, code: 'NotImplemented' }],
] as const)('%s has no past, and says so', async ([_, fault]) => {
  const { s3, openPast } = await pastStage()
  s3.versioning = false
  if (fault) s3.fail({ with: fault })
  const past = await openPast(AT)

  const errors = [await failureOf(past.get('a/b')), await failureOf(past.listDirectories(''))]

  for (const error of errors) {
    expect(error).toMatchObject({
      code: 'vault-failed',
      message: 'cannot list older versions in the vault s3://vault/repo',
      reason: 'the bucket vault keeps no older versions',
    })
  }
})

test('credentials that may not see the settings of the bucket may still read its past', async () => {
  const { s3, vault, openPast } = await pastStage()
  await vault.put('a/b', contentOf('x'), 'absent')
  s3.fail({ operation: 'GetBucketVersioning', with: { status: 403, code: 'AccessDenied' } })

  const past = await openPast(LATER)

  expect(await keysOf(past.list(''))).toEqual(['a/b'])
})

test('credentials that may not list versions are told what they need', async () => {
  const { s3, openPast } = await pastStage()
  s3.fail({ operation: 'ListObjectVersions', with: { status: 403, code: 'AccessDenied' } })
  const past = await openPast(LATER)

  expect(await failureOf(past.head('a/b'))).toMatchObject({
    code: 'vault-denied',
    hint: expect.stringMatching(/s3:ListBucketVersions$/),
  })
})
