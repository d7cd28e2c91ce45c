import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { parseRetention, parseRetentionText, RETENTION_COUNTS, retentionText } from '../../../src/model/retention.ts'

const amount = fc.oneof(fc.integer({ min: -1, max: 100_000 }), fc.constantFrom(0, 1, 7))
const within = fc
  .tuple(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom('H', 'd', 'w', 'm', 'y'))
  .map(([n, unit]) => `${n}${unit}`)
const rules = fc.record(
  { within, ...Object.fromEntries(RETENTION_COUNTS.map((rule) => [rule, amount])) },
  { requiredKeys: [] },
)

function parsed<V>(parse: () => V): V | undefined {
  try {
    return parse()
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect((error as AppError).code).toBe('value-invalid')
    return undefined
  }
}

describe('retention', () => {
  test('no accepted policy keeps nothing, however old the newest archive is', () => {
    fc.assert(
      fc.property(fc.oneof(rules, fc.dictionary(fc.string(), fc.anything())), (value) => {
        const policy = parsed(() => parseRetention(value))
        if (policy) expect(RETENTION_COUNTS.some((rule) => (policy[rule] ?? 0) !== 0)).toBe(true)
      }),
    )
  })

  test('the text of a policy reads back as the policy, save for rules of 0', () => {
    fc.assert(
      fc.property(rules, (value) => {
        const policy = parsed(() => parseRetention(value))
        if (!policy) return
        const meant = Object.fromEntries(Object.entries(policy).filter(([, rule]) => rule !== 0))
        expect(parseRetentionText(retentionText(policy))).toEqual(meant)
      }),
    )
  })

  test('any text is read or refused', () => {
    const pieces = fc.array(
      fc.constantFrom('daily', 'within', 'last', '=', ':', ',', '7', '-1', '7d', ' ', 'keep-', '__proto__'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((parts) => parts.join('')),
        ),
        (text) => {
          parsed(() => parseRetentionText(text))
        },
      ),
    )
  })

  test.each([
    ['daily=7,weekly=4,monthly=6', { daily: 7, weekly: 4, monthly: 6 }],
    [' keep-daily = 7 , keep_last:2', { daily: 7, last: 2 }],
    ['within=24H,hourly=5', { within: '24H', hourly: 5 }],
    ['yearly=-1', { yearly: -1 }],
    ['daily=0,last=1', { daily: 0, last: 1 }],
  ])('%j is accepted', (text, policy) => {
    expect(parseRetentionText(text)).toEqual(policy)
  })

  test.each(['within=7d', 'within=7d,daily=0', 'within=7d,last=0'])('%j keeps the newest archive beside', (text) => {
    expect(parseRetentionText(text)).toMatchObject({ within: '7d', last: 1 })
  })

  test.each([
    '',
    'daily',
    'daily=',
    'daily=0',
    'daily=0,weekly=0',
    'daily=7,daily=8',
    'daily=7,fortnightly=2',
    'daily=7,secondly=2',
    'daily=-2',
    'daily=1.5',
    'daily=1e3',
    'daily=100001',
    'daily=99999999999999999999',
    'daily=seven',
    'within=7',
    'within=0d',
    'within=-7d',
    'within=7h',
    'within=1.5d',
    'within=999999d',
    'daily=7;weekly=4',
  ])('%j is refused', (text) => {
    expect(() => parseRetentionText(text)).toThrow(AppError)
  })

  test.each([
    null,
    [],
    'daily=7',
    7,
    {},
    { daily: '7' },
    { daily: Number.NaN },
    { daily: Number.POSITIVE_INFINITY },
    { daily: null },
    { daily: 7, within: 7 },
    { daily: 7, __proto__: null, toString: 1 },
    JSON.parse('{"daily": 7, "__proto__": 1}'),
  ])('the value %j is refused', (value) => {
    expect(() => parseRetention(value)).toThrow(AppError)
  })

  test('a policy that contains itself is refused, not a crash', () => {
    const policy: Record<string, unknown> = {}
    policy['daily'] = policy

    expect(() => parseRetention(policy)).toThrow(AppError)
  })
})
