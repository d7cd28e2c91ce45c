// Raising Borg's counter: above everything known, never wrapping.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { raise } from '../../../src/replication/counter.ts'

const MARGIN = 1n << 40n
const hex = (counter: bigint) => counter.toString(16).padStart(16, '0')

describe('a raised counter', () => {
  test('is 2^40 above the highest one, whatever the order', () => {
    const counters = fc.array(fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }), { minLength: 1 })
    fc.assert(
      fc.property(counters, (known) => {
        const highest = known.reduce((a, b) => (a > b ? a : b))

        expect(raise([undefined, ...known.map(hex)])).toBe(hex(highest + MARGIN))
      }),
    )
  })

  test('does not exist where no counter does', () => {
    expect(raise([undefined, undefined])).toBeUndefined()
  })

  test('never starts again from zero', () => {
    expect(raise([hex((1n << 64n) - MARGIN - 1n)])).toBe('ffffffffffffffff')
    expect(() => raise([hex((1n << 64n) - MARGIN)])).toThrow('cannot raise the counter')
  })
})
