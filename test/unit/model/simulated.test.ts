import { describe, expect, it } from 'vitest'
import { simulateRetention } from '../../../src/model/simulated.ts'

const NOW = new Date('2026-01-31T02:00:00Z')
const daysAgo = (days: number) => ({ name: `d-${days}`, at: new Date(NOW.getTime() - days * 86_400_000), held: false })

describe('simulating retention', () => {
  it('tells the prune that removes each archive', () => {
    const { present } = simulateRetention([daysAgo(0), daysAgo(1), daysAgo(2), daysAgo(3)], { last: 3 }, NOW, 1)

    expect(present.map(({ name, until }) => [name, until?.toISOString().slice(0, 10)])).toEqual([
      ['d-3', '2026-01-31'],
      ['d-2', '2026-02-01'],
      ['d-1', '2026-02-02'],
      ['d-0', '2026-02-03'],
    ])
  })

  it('counts what is there at the end of each month, also where a month has no such day', () => {
    const { counts } = simulateRetention([daysAgo(0)], { daily: 7, monthly: -1 }, NOW, 2)

    expect(counts.map(({ at, archives }) => [at.toISOString().slice(0, 10), archives])).toEqual([
      ['2026-01-31', 1],
      ['2026-02-28', 8],
      ['2026-03-31', 9],
    ])
  })

  it('keeps to the end what an unlimited rule keeps', () => {
    expect(simulateRetention([daysAgo(400)], { yearly: -1 }, NOW, 12).present).toEqual([daysAgo(400)])
  })

  it('keeps what is held, which the policy does not count', () => {
    const held = { ...daysAgo(40), held: true }
    const { present, counts } = simulateRetention([held, daysAgo(0)], { last: 1 }, NOW, 1)

    expect(present).toMatchObject([
      { name: 'd-40', held: true },
      { name: 'd-0', until: expect.any(Date) },
    ])
    expect(present[0]).not.toHaveProperty('until')
    expect(counts.map(({ archives }) => archives)).toEqual([2, 2])
  })

  it('says what there will be where there is no archive yet', () => {
    const { present, counts } = simulateRetention([], { daily: 5 }, NOW, 1)

    expect(present).toEqual([])
    expect(counts.map(({ archives }) => archives)).toEqual([0, 5])
  })
})
