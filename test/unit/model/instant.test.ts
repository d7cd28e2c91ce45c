import { expect, test } from 'vitest'
import { parseInstant } from '../../../src/model/instant.ts'

test.each([
  ['2026-11-20T02:30:04Z', '2026-11-20T02:30:04Z'],
  ['2026-11-20T02:30:04.5+01:00', '2026-11-20T01:30:04.500Z'],
  ['2026-11-20T02:30', '2026-11-20T02:30:00'],
  ['2026-11-20 02:30:04', '2026-11-20T02:30:04'],
])('%s is that time, in local time where it names no zone', (text, time) => {
  expect(parseInstant(text)).toEqual(new Date(time))
})

test('a day stands for its end, in local time', () => {
  expect(parseInstant('2026-11-20')).toEqual(new Date(2026, 10, 20, 23, 59, 59, 999))
})

test.each(['', 'yesterday', '2026', '2026-13-01', '2026-11-20T25:00Z', '20.11.2026', '1763605804'])(
  '%j is refused',
  (text) => {
    expect(() => parseInstant(text)).toThrow('is not usable')
  },
)
