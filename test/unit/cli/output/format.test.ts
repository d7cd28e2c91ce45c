import fc from 'fast-check'
import stringWidth from 'fast-string-width'
import { describe, expect, test } from 'vitest'
import { formatRate, formatWhen, sanitizeForTerminal, shortenMiddle } from '../../../../src/cli/output/format.ts'

test('rates are sizes a second', () => {
  expect(formatRate(210_000_000)).toBe('210 MB/s')
})

describe('times', () => {
  const now = new Date(2026, 10, 20, 12, 0)
  test.each([
    [new Date(2026, 10, 20, 2, 30), 'today 02:30'],
    [new Date(2026, 10, 20, 0, 0), 'today 00:00'],
    [new Date(2026, 10, 19, 23, 59), 'yesterday 23:59'],
    [new Date(2026, 10, 16, 2, 30), '4 days ago'],
    [new Date(2026, 10, 7, 2, 30), '13 days ago'],
    [new Date(2026, 10, 6, 2, 30), '6 November 2026'],
    [new Date(2026, 2, 3, 2, 30), '3 March 2026'],
    [new Date(2026, 10, 21, 2, 30), '21 November 2026'],
  ])('%s is said as %s', (date, text) => {
    expect(formatWhen(date, now)).toBe(text)
  })

  test('days are counted by the calendar, also when one of them has 23 or 25 hours', () => {
    for (let day = 0; day < 400; day++) {
      const [noon, before] = [new Date(2026, 0, 1 + day, 12), new Date(2026, 0, day, 23)]
      expect(formatWhen(before, noon)).toBe('yesterday 23:00')
    }
  })
})

describe('shortening in the middle', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }).map(sanitizeForTerminal),
    fc.string({
      unit: fc.constantFrom('a', '/', '日', 'é', 'e\u0301', '☺\ufe0f', '1\ufe0f\u20e3', '👩‍👩‍👧', '🇩🇪', '🇩', '\u200d'),
      maxLength: 60,
    }),
  )

  test('never gives more than the width, keeps what fits, and only takes away from the middle', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 50 }), (long, width) => {
        const short = shortenMiddle(long, width)
        expect(stringWidth(short)).toBeLessThanOrEqual(width)
        if (stringWidth(long) <= width) expect(short).toBe(long)
        else if (width > 0) {
          const [head = '', tail = ''] = [
            short.slice(0, short.lastIndexOf('…')),
            short.slice(short.lastIndexOf('…') + 1),
          ]
          expect(long.startsWith(head)).toBe(true)
          expect(long.endsWith(tail)).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['/home/me/Pictures/2026/raw/IMG_0412.CR3', 20, '/home/me/…G_0412.CR3'],
    ['日本語日本語', 6, '日…語'],
    ['abc', 3, 'abc'],
    ['abcd', 1, '…'],
    ['abcd', 0, ''],
  ])('%j in %d columns is %j', (long, width, short) => {
    expect(shortenMiddle(long, width)).toBe(short)
  })
})

describe('text for a terminal', () => {
  test.each([
    ['plain text, 日本 é 🙂', 'plain text, 日本 é 🙂'],
    ['\x1b[31mred', '\\x1b[31mred'],
    ['a\nb\r\tc\0', 'a\\x0ab\\x0d\\x09c\\x00'],
    ['\x7f\x9b0m', '\\x7f\\x9b0m'],
    ['exe\u202egpj', 'exe\\u202egpj'],
    ['\u061c\u200f', '\\u061c\\u200f'],
  ])('%j is shown as %s', (text, shown) => {
    expect(sanitizeForTerminal(text)).toBe(shown)
  })

  test('has no control character left, and other text is untouched', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = sanitizeForTerminal(text)
        expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
        if (!/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(text)) expect(shown).toBe(text)
      }),
    )
  })
})
