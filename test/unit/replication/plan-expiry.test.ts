import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRetention } from '../../../src/model/retention.ts'
import { type ExpiryCandidate, planExpiry } from '../../../src/replication/plan-expiry.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const HOUR_MS = 3_600_000

const chains = fc
  .array(
    fc.record({
      ageHours: fc.integer({ min: 0, max: 20_000 }),
      suspicious: fc.boolean(),
      verified: fc.constantFrom(undefined, 0 as const, 1 as const, 3 as const, 4 as const),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((states) =>
    states
      .toSorted((a, b) => b.ageHours - a.ageHours)
      .map(({ ageHours, ...rest }, place): ExpiryCandidate => {
        return { seq: place + 1, at: new Date(NOW.getTime() - ageHours * HOUR_MS), ...rest }
      }),
  )
const policies = fc
  .record({ last: fc.integer({ min: 1, max: 5 }), daily: fc.nat(5), monthly: fc.nat(3) }, { requiredKeys: ['last'] })
  .map(parseRetention)

describe('what expires', () => {
  test('is never the head, a suspicious generation, one of the two newest or of the two newest verified', () => {
    fc.assert(
      fc.property(chains, policies, (chain, policy) => {
        const { expire, keep } = planExpiry(chain, policy, NOW)

        const newest = chain.toReversed()
        const verified = newest.filter((state) => (state.verified ?? 0) >= 1)
        const needed = [...newest.slice(0, 2), ...verified.slice(0, 2), ...chain.filter(({ suspicious }) => suspicious)]
        for (const { seq } of needed) expect(expire).not.toContain(seq)
        expect([...expire, ...keep].toSorted((a, b) => a - b)).toEqual(chain.map(({ seq }) => seq))
      }),
    )
  })

  test('is nothing while the newest generation is suspicious', () => {
    fc.assert(
      fc.property(chains, policies, (chain, policy) => {
        const doubtful = chain.map((state, place) => ({ ...state, suspicious: place === chain.length - 1 }))

        const { expire, held } = planExpiry(doubtful, policy, NOW)

        expect(expire).toEqual([])
        expect(held).toContain('looks like a loss')
      }),
    )
  })

  test('is nothing that keep_within covers, however many generations somebody pushed meanwhile', () => {
    const good = { seq: 1, at: new Date(NOW.getTime() - 20 * 24 * HOUR_MS), suspicious: false, verified: undefined }
    const flood = Array.from({ length: 500 }, (_, place): ExpiryCandidate => {
      return { seq: place + 2, at: new Date(NOW.getTime() - place * 1000), suspicious: false, verified: undefined }
    })

    const { keep } = planExpiry([good, ...flood], parseRetention({ within: '30d', last: 1 }), NOW)

    expect(keep).toContain(1)
  })
})
