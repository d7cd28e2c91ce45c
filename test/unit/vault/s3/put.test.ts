// Storing an object while the server or the network misbehaves (fault matrix F11 to F13, F17, F18, F30).

import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { contentOf, generatedContent, textOf } from '../../../support/contents.ts'
import { failureOf, s3Stage } from '../../../support/s3-stage.ts'

const STREAMED_BYTES = 3_000_000

describe('answers that pass', () => {
  test.for([
    [408, 'RequestTimeout'],
    [409, 'ConditionalRequestConflict'],
    [400, 'RequestTimeout'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [502, 'BadGateway'],
    [503, 'SlowDown'],
    [503, 'ServiceUnavailable'],
    [504, 'GatewayTimeout'],
  ] as const)('%i %s is waited out', async ([status, code]) => {
    const { s3, vault, waits } = await s3Stage()
    s3.fail({ operation: 'PutObject', times: 3, with: { status, code } })

    const put = await vault.put('a', contentOf('hello'), 'absent')

    expect(put.stored).toBe(true)
    expect(s3.count('PutObject')).toBe(4)
    expect(waits).toHaveLength(3)
    expect(await textOf(await vault.get('a'))).toBe('hello')
  })

  test('a server that asks to be spared is left alone for longer each time', async () => {
    const { s3, vault, waits } = await s3Stage()
    s3.fail({ operation: 'PutObject', times: 6, with: { status: 503, code: 'SlowDown' } })

    await vault.put('a', contentOf('hello'), 'absent')

    expect(waits.every((ms, index) => ms >= 500 * 2 ** index || ms >= 10_000)).toBe(true)
    expect(Math.max(...waits)).toBeLessThanOrEqual(20_000)
  })

  test('after eight tries the vault counts as unreachable, and nothing is stored', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({
      operation: 'PutObject',
      with: { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
    })

    const error = await failureOf(vault.put('a', contentOf('hello'), 'absent'))

    expect(error).toMatchObject({
      code: 'vault-unreachable',
      message: 'cannot store a in the vault s3://vault/repo',
      reason: expect.stringContaining('Please reduce your request rate. (SlowDown)'),
      hint: expect.stringMatching(/run the same command again/),
    })
    expect(s3.count('PutObject')).toBe(8)
    expect(s3.buckets.get('vault')?.objects.size).toBe(0)
  })

  test('no try is begun when the time for an object is used up', async () => {
    const { s3, vault, waits } = await s3Stage({ limits: { attempts: 1000, budgetMs: 60_000 } })
    s3.fail({ operation: 'PutObject', with: { status: 500 } })

    const error = await failureOf(vault.put('a', contentOf('hello'), 'absent'))

    expect(error).toMatchObject({ code: 'vault-unreachable' })
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(60_000)
  })
})

describe('answers that stay', () => {
  test.for([
    [403, 'AccessDenied', 'vault-denied'],
    [404, 'NoSuchBucket', 'vault-missing'],
    [400, 'InvalidRequest', 'vault-failed'],
    [501, 'NotImplemented', 'vault-failed'],
    [507, 'InsufficientStorage', 'vault-full'],
    [403, 'QuotaExceeded', 'vault-full'],
  ] as const)('%i %s is told at once as %s', async ([status, code, told]) => {
    const { s3, vault } = await s3Stage()
    s3.fail({ operation: 'PutObject', with: { status, code } })

    const error = await failureOf(vault.put('a', contentOf('hello'), 'absent'))

    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: told, message: expect.stringContaining('cannot store a') })
    expect(s3.count('PutObject')).toBe(1)
  })

  test('credentials that expire on the way stop everything, and what was stored stays', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ operation: 'PutObject', after: 2, with: { status: 400, code: 'ExpiredToken' } })

    await vault.put('1', contentOf('one'), 'absent')
    await vault.put('2', contentOf('two'), 'absent')
    const error = await failureOf(vault.put('3', contentOf('three'), 'absent'))
    s3.heal()

    expect(error).toMatchObject({ code: 'vault-denied', reason: expect.stringContaining('have expired') })
    expect(s3.count('PutObject')).toBe(3)
    expect(await vault.put('2', contentOf('two'), 'absent')).toEqual({ stored: false })
    expect((await vault.put('3', contentOf('three'), 'absent')).stored).toBe(true)
  })

  test('a server that refuses conditions says so', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({
      operation: 'PutObject',
      with: { status: 501, code: 'NotImplemented', message: 'If-None-Match is not implemented' },
    })

    const error = await failureOf(vault.put('a', contentOf('hello'), 'absent'))

    expect(error).toMatchObject({ code: 'vault-failed', reason: expect.stringContaining('If-None-Match') })
  })

  test('a server that ignores conditions is believed: to find out is the business of the probe', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ operation: 'PutObject', with: { ignoreConditions: true } })

    await vault.put('a', contentOf('first'), 'absent')
    const again = await vault.put('a', contentOf('second'), 'absent')

    expect(again.stored).toBe(true)
    expect(await textOf(await vault.get('a'))).toBe('second')
  })
})

describe('connections', () => {
  test.for([1000, STREAMED_BYTES])(
    'one that breaks while %i bytes are sent is followed by another, with all of them',
    async (size) => {
      const { s3, vault } = await s3Stage()
      const content = await generatedContent(size)
      let reported = 0
      s3.fail({ operation: 'PutObject', times: 2, with: { resetRequestAfter: size / 2 } })

      const put = await vault.put('a', content, 'absent', { onBytes: (bytes) => (reported += bytes) })

      expect(put.stored).toBe(true)
      expect(s3.count('PutObject')).toBe(3)
      expect(reported).toBe(size)
      expect(await vault.head('a')).toMatchObject({ size, sha256: content.sha256 })
    },
  )

  test.for([1000, STREAMED_BYTES])('one that falls silent with %i bytes is given up for another', async (size) => {
    const { s3, vault } = await s3Stage({ limits: { idleMs: 1000 } })
    s3.fail({ operation: 'PutObject', times: 1, with: { stall: true } })

    const put = await vault.put('a', await generatedContent(size), 'absent')

    expect(put.stored).toBe(true)
    expect(s3.count('PutObject')).toBe(2)
  })

  test('a server that is silent each time is unreachable', async () => {
    const { s3, vault } = await s3Stage({ limits: { idleMs: 100, attempts: 3 } })
    s3.fail({ with: { stall: true } })

    const errors = await Promise.all([
      failureOf(vault.put('a', contentOf('hello'), 'absent')),
      failureOf(vault.head('a')),
      failureOf(vault.listDirectories('')),
    ])

    for (const error of errors) {
      expect(error).toMatchObject({ code: 'vault-unreachable', reason: expect.stringContaining('carried nothing') })
    }
  })

  test('a slow sender is not taken for a silent one', async () => {
    const { s3, vault } = await s3Stage({ limits: { idleMs: 1000 } })
    const content = await generatedContent(STREAMED_BYTES)
    const slow = {
      ...content,
      async *read(start?: number, end?: number) {
        for await (const chunk of content.read(start, end)) {
          await new Promise((resolve) => setTimeout(resolve, 500))
          yield chunk
        }
      },
    }

    await vault.put('a', slow, 'absent')

    expect(s3.count('PutObject')).toBe(1)
  })

  test('a large body is not sent to a server that refuses it by its headers', async () => {
    const { s3, vault } = await s3Stage()
    let reported = 0
    s3.fail({ operation: 'PutObject', with: { status: 403, code: 'AccessDenied' } })

    const put = vault.put('a', await generatedContent(STREAMED_BYTES), 'absent', {
      onBytes: (bytes) => (reported += bytes),
    })

    expect(await failureOf(put)).toMatchObject({ code: 'vault-denied' })
    expect(reported).toBe(0)
  })
})

describe('answers that are lost', () => {
  test('our own first try looks like that of another: the caller reads who it was', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ operation: 'PutObject', times: 1, with: { loseResponse: true } })

    const put = await vault.put('a', contentOf('mine'), 'absent')

    expect(put).toEqual({ stored: false })
    expect(await textOf(await vault.get('a'))).toBe('mine')
  })

  test('so it does with compare-and-swap', async () => {
    const { s3, vault } = await s3Stage()
    const { etag = '' } = await vault.put('a', contentOf('first'), 'absent')
    s3.fail({ operation: 'PutObject', times: 1, with: { loseResponse: true } })

    const put = await vault.put('a', contentOf('mine'), { etag })

    expect(put).toEqual({ stored: false })
    expect(await textOf(await vault.get('a'))).toBe('mine')
  })

  test('without a condition it is stored again', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ operation: 'PutObject', times: 1, with: { loseResponse: true } })

    const put = await vault.put('a', contentOf('mine'), 'any')

    expect(put.stored).toBe(true)
  })
})

test('an etag that the server compares with its quotes is sent with them', async () => {
  const { s3, vault } = await s3Stage()
  const { etag = '' } = await vault.put('a', contentOf('first'), 'absent')
  // Once, as a server would that does not know the form without.
  s3.fail({ operation: 'PutObject', times: 1, with: { status: 412, code: 'PreconditionFailed' } })

  const put = await vault.put('a', contentOf('second'), { etag })

  expect(put.stored).toBe(true)
  expect(await textOf(await vault.get('a'))).toBe('second')
})
