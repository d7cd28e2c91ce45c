// Counts, sizes and times in words.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatBytes, formatCount, formatDuration, formatMinute, numberOf } from '../../../src/model/words.ts'

test('a time is of the minute, where the person is', () => {
  expect(formatMinute(new Date(2026, 10, 20, 2, 30, 59))).toBe('2026-11-20 02:30')
})

test.each([
  [0, '0'],
  [999, '999'],
  [20_006, '20,006'],
  [1_000_000, '1,000,000'],
])('the count %d is %s', (count, text) => {
  expect(formatCount(count)).toBe(text)
})

test('one thing is singular, none and many are plural', () => {
  expect(numberOf(1, 'file')).toBe('1 file')
  expect(numberOf(0, 'file')).toBe('0 files')
  expect(numberOf(20_006, 'entry', 'entries')).toBe('20,006 entries')
})

describe('sizes', () => {
  test.each([
    [0, '0 B'],
    [813, '813 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [9_994, '9.99 kB'],
    [9_996, '10.0 kB'],
    [14_200, '14.2 kB'],
    [99_960, '100 kB'],
    [812_000_000, '812 MB'],
    [999_499_999, '999 MB'],
    [999_500_000, '1.00 GB'],
    [1_070_000_000, '1.07 GB'],
    [Number.MAX_SAFE_INTEGER, '9.01 PB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  test('are at most three figures and a unit, off by half of the last figure at most, and never shrink as bytes grow', () => {
    const scale = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 }
    const shown = (bytes: number) => {
      const match = /^(\d{1,3}|\d{1,2}\.\d|\d\.\d{2}) (B|kB|MB|GB|TB|PB)$/.exec(formatBytes(bytes))
      expect(match, formatBytes(bytes)).not.toBeNull()
      return Number(match?.[1]) * scale[(match?.[2] ?? 'B') as keyof typeof scale]
    }
    const bytes = fc.tuple(fc.nat({ max: 9_999 }), fc.integer({ min: 0, max: 11 })).map(([n, power]) => n * 10 ** power)
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.abs(shown(a) - a)).toBeLessThanOrEqual(a * 0.00502)
        if (a <= b) expect(shown(a)).toBeLessThanOrEqual(shown(b))
      }),
    )
  })
})

describe('durations', () => {
  test.each([
    [0, '0.0 s'],
    [300, '0.3 s'],
    [1_630, '1.6 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [252_000, '4 min 12 s'],
    [3_599_400, '59 min 59 s'],
    [3_599_600, '1 h 0 min'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test('never show 60 seconds, 60 minutes or 24 hours', () => {
    fc.assert(
      fc.property(fc.nat({ max: 400_000_000 }), (ms) => {
        expect(formatDuration(ms)).toMatch(
          /^([1-5]?\d\.\d s|[1-5]?\d min [1-5]?\d s|1?\d h [1-5]?\d min|2[0-3] h [1-5]?\d min|\d+ d (1?\d|2[0-3]) h)$/,
        )
      }),
    )
  })
})
