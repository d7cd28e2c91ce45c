import { describe, expect, test } from 'vitest'
import { Pace } from '../../../../src/vault/s3/pace.ts'
import { contentOf } from '../../../support/contents.ts'
import { s3Stage } from '../../../support/s3-stage.ts'

const never = () => false
const always = () => true

/** Requests that end when they are told to. */
function held(pace: Pace, count: number, isSlowDown = never) {
  const ends: (() => void)[] = []
  const fails: ((error: Error) => void)[] = []
  const all = Array.from({ length: count }, () =>
    pace.run(
      () =>
        new Promise<void>((resolve, reject) => {
          ends.push(resolve)
          fails.push(reject)
        }),
      isSlowDown,
    ),
  )
  return { ends, fails, settled: Promise.allSettled(all) }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the pace of requests', () => {
  test('lets no more run than the limit, and the next as soon as one ends', async () => {
    const { ends, settled } = held(new Pace(3), 5)
    expect(ends).toHaveLength(3)

    ends[0]?.()
    await turn()

    expect(ends).toHaveLength(4)
    for (let index = 1; index < 5; index++) {
      ends[index]?.()
      await turn()
    }
    await settled
  })

  test('is halved once by refusals that were sent together', async () => {
    const pace = new Pace(16)
    const { fails, settled } = held(pace, 16, always)

    for (const fail of fails) fail(new Error('slow down'))
    await settled

    expect(pace.limit).toBe(8)
  })

  test('never stops, however often it is slowed', async () => {
    const pace = new Pace(4)

    for (let round = 0; round < 10; round++) {
      await expect(pace.run(() => Promise.reject(new Error('slow down')), always)).rejects.toThrow('slow down')
    }

    expect(pace.limit).toBe(1)
    await expect(pace.run(async () => 'answer', never)).resolves.toBe('answer')
  })

  test('comes back to what it was when all goes well', async () => {
    const pace = new Pace(4)
    await expect(pace.run(() => Promise.reject(new Error('slow down')), always)).rejects.toThrow()

    for (let answer = 0; answer < 100; answer++) await pace.run(async () => answer, never)

    expect(pace.limit).toBe(4)
  })
})

test('a burst of refusals reaches every object in the end', async () => {
  const { s3, vault } = await s3Stage()
  s3.fail({ operation: 'PutObject', times: 40, with: { status: 503, code: 'SlowDown' } })
  const keys = Array.from({ length: 64 }, (_, number) => `a/${number}`)

  const puts = await Promise.all(keys.map((key) => vault.put(key, contentOf(key), 'absent')))

  expect(puts.every(({ stored }) => stored)).toBe(true)
  expect(s3.count('PutObject')).toBe(104)
})
