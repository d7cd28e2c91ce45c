import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import {
  parsePositive,
  parseQuota,
  parseShare,
  parseSize,
  parseSpan,
  parseWait,
} from '../../../src/model/quantities.ts'

const HOUR = 3_600_000

describe('spans of time', () => {
  test.each([
    ['45', 45_000],
    ['45s', 45_000],
    ['10min', 600_000],
    ['26h', 26 * HOUR],
    ['26H', 26 * HOUR],
    ['7d', 168 * HOUR],
    ['4w', 672 * HOUR],
    ['1y', 8760 * HOUR],
    [' 0 ', 0],
  ])('%j is %d ms', (text, spanMs) => {
    expect(parseSpan(text)).toBe(spanMs)
  })

  test.each([
    '',
    'h',
    '-1h',
    '1.5h',
    '1 h',
    '1hour',
    '1h30min',
    '10M',
    '101y',
    '999999999999y',
    'toString',
    '1__proto__',
  ])('%j is refused', (text) => {
    expect(() => parseSpan(text)).toThrow(AppError)
  })

  test('m is refused, as it means minutes to one and months to another', () => {
    expect(() => parseSpan('10m')).toThrow(expect.objectContaining({ hint: expect.stringContaining('10min') }))
  })
})

describe('waits', () => {
  test.each([
    ['10m', 600_000],
    ['10min', 600_000],
    ['90', 90_000],
    ['2h', 2 * HOUR],
  ])('%j is %d ms', (text, waitMs) => {
    expect(parseWait(text)).toBe(waitMs)
  })

  test.each(['m', '1.5m', '10mm', '-1m'])('%j is refused', (text) => {
    expect(() => parseWait(text)).toThrow(AppError)
  })
})

describe('sizes', () => {
  test.each([
    ['0', 0],
    ['813', 813],
    ['813B', 813],
    ['500M', 500e6],
    ['500 mb', 500e6],
    ['1.5T', 1.5e12],
    ['1.001K', 1001],
    ['20G', 20e9],
    ['1P', 1e15],
  ])('%j is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  test.each(['', 'M', '-1M', '1e9', '1,5G', '1.G', '10GiB', '10E', '99999P', 'Infinity', '0x10'])(
    '%j is refused',
    (text) => {
      expect(() => parseSize(text)).toThrow(AppError)
    },
  )

  test('whole numbers of any unit are exact', () => {
    const units = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 }
    fc.assert(
      fc.property(fc.nat({ max: 9000 }), fc.constantFrom('K', 'M', 'G', 'T'), (n, unit) => {
        expect(parseSize(`${n}${unit}`)).toBe(n * units[unit])
      }),
    )
  })
})

describe('quotas', () => {
  test.each([
    ['0', 0],
    ['10M', 10e6],
    ['100G', 100e9],
  ])('%j is %d bytes', (text, bytes) => {
    expect(parseQuota(text)).toBe(bytes)
  })

  test.each(['1', '9M', '9999999', '-1'])('%j is refused', (text) => {
    expect(() => parseQuota(text)).toThrow(AppError)
  })
})

describe('shares', () => {
  test.each([
    ['50%', 0.5],
    [' 1 % ', 0.01],
    ['100%', 1],
    ['none', 0],
  ])('%s is %d', (written, share) => {
    expect(parseShare(written)).toBe(share)
  })

  test.each(['0%', '101%', '50', '0.5', '-1%', '1.5%', 'half', ''])('%j is none', (written) => {
    expect(() => parseShare(written)).toThrow(AppError)
  })
})

describe('numbers of something', () => {
  test('are whole, from 1 on', () => {
    expect(parsePositive(1)).toBe(1)
    for (const value of [0, -1, 1.5, Number.NaN]) expect(() => parsePositive(value)).toThrow(AppError)
  })
})
