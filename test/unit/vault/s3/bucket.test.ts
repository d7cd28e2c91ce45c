// Calls about many objects or the bucket itself, and how they fail.

import { describe, expect, test } from 'vitest'
import { contentOf } from '../../../support/contents.ts'
import { failureOf, s3Stage } from '../../../support/s3-stage.ts'

describe('deleting', () => {
  test('goes in batches of a thousand, each sent again when it is refused for now', async () => {
    const { s3, vault } = await s3Stage()
    const keys = Array.from({ length: 2500 }, (_, number) => `a/${number}`)
    s3.fail({ operation: 'DeleteObjects', times: 2, with: { status: 503, code: 'SlowDown' } })

    const refused = await vault.delete(keys)

    expect(refused).toEqual([])
    expect(s3.count('DeleteObjects')).toBe(5)
  })

  test('tells which objects the server keeps, and deletes the others', async () => {
    const { s3, vault } = await s3Stage()
    for (const key of ['a', 'b', 'c & d']) await vault.put(key, contentOf(key), 'absent')
    s3.locked = /b$|c & d$/

    const refused = await vault.delete(['a', 'b', 'c & d', 'e'])

    expect(refused).toEqual([
      { key: 'b', reason: expect.stringContaining('object lock') },
      { key: 'c & d', reason: expect.stringContaining('s3:DeleteObject') },
    ])
    expect([...(s3.buckets.get('vault')?.objects.keys() ?? [])]).toEqual(['repo/b', 'repo/c & d'])
  })

  test('that is forbidden altogether is an error', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ operation: 'DeleteObjects', with: { status: 403, code: 'AccessDenied' } })

    const error = await failureOf(vault.delete(['a']))

    expect(error).toMatchObject({ code: 'vault-denied', hint: expect.stringContaining('s3:DeleteObject') })
  })
})

describe('listing', () => {
  test('a page that fails is asked for again, and no object is told twice', async () => {
    const { s3, vault } = await s3Stage()
    await vault.put('a', contentOf('1'), 'absent')
    await vault.put('b', contentOf('2'), 'absent')
    s3.fail({ operation: 'ListObjectsV2', times: 1, with: { status: 500 } })
    s3.fail({ operation: 'ListObjectsV2', times: 1, with: { resetResponseAfter: 100 } })

    const keys = []
    for await (const { key } of vault.list('')) keys.push(key)

    expect(keys).toEqual(['a', 'b'])
    expect(s3.count('ListObjectsV2')).toBe(3)
  })

  test('that is forbidden says what permission it takes', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ operation: 'ListObjectsV2', with: { status: 403, code: 'AccessDenied' } })

    const error = await failureOf(vault.listDirectories(''))

    expect(error).toMatchObject({
      code: 'vault-denied',
      message: 'cannot list objects in the vault s3://vault/repo',
      hint: expect.stringMatching(/s3:ListBucket$/),
    })
  })

  test('of another vault in the same bucket shows nothing', async () => {
    const { s3, vault } = await s3Stage()
    s3.buckets.get('vault')?.store('repository/a', Buffer.from('x'), {}, new Date())

    expect(await vault.listDirectories('')).toEqual([])
    expect(await vault.head('a')).toBeUndefined()
  })
})

describe('facilities', () => {
  test('are what the bucket is set up for', async () => {
    const { s3, vault } = await s3Stage()
    const before = await vault.facilities()
    s3.versioning = true
    s3.objectLock = { mode: 'COMPLIANCE', days: 30 }

    const after = await vault.facilities()

    expect(before).toEqual({ versioning: false })
    expect(after).toEqual({ versioning: true, objectLock: { mode: 'COMPLIANCE', days: 30 } })
  })

  test.for([
    [403, 'AccessDenied'],
    [501, 'NotImplemented'],
    [405, 'MethodNotAllowed'],
  ] as const)('that are answered by %i %s are not there', async ([status, code]) => {
    const { s3, vault } = await s3Stage()
    s3.fail({ with: { status, code } })

    expect(await vault.facilities()).toEqual({ versioning: false })
  })

  test('are not guessed where the bucket or the credentials are wrong', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ times: 1, with: { status: 404, code: 'NoSuchBucket' } })
    s3.fail({ times: 1, with: { status: 403, code: 'SignatureDoesNotMatch' } })

    expect(await failureOf(vault.facilities())).toMatchObject({ code: 'vault-missing' })
    expect(await failureOf(vault.facilities())).toMatchObject({ code: 'vault-denied' })
  })
})

test('a server without uploads in parts has none that are unfinished', async () => {
  const { s3, vault } = await s3Stage()
  s3.fail({ operation: 'ListMultipartUploads', with: { status: 501, code: 'NotImplemented' } })

  expect(await vault.sweepUnfinished('', new Date())).toBe(0)
})
