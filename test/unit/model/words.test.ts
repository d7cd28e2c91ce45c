// Counts in words.

import { expect, test } from 'vitest'
import { formatCount, numberOf } from '../../../src/model/words.ts'

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
