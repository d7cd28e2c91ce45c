import { describe, expect, it, test } from 'vitest'
import {
  inForce,
  objectivesText,
  parseObjective,
  parseObjectivesText,
  parseOwnObjectives,
} from '../../../src/model/objectives.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NONE = { rpo: 0, verify_within: 0, drill_every: 0, min_free_space: 0 }

describe('objectives from one line', () => {
  it('have spans, sizes, none, and a choice', () => {
    const text = 'rpo=26h, verify-within: 30d,drill_every=none,offsite=required,min_free_space=20G'

    expect(parseObjectivesText(text)).toEqual({
      rpo: 26 * HOUR_MS,
      verify_within: 30 * DAY_MS,
      drill_every: 0,
      offsite: 'required',
      min_free_space: 20e9,
    })
  })

  test.each([
    ['', '"" is not objective=value'],
    ['rpo', '"rpo" is not objective=value'],
    ['rto=1h', 'there is no objective rto'],
    ['rpo=26h,rpo=1d', '"rpo" stands in it twice'],
    ['rpo=10m', 'm could be minutes or months'],
    ['offsite=maybe', 'there is no such choice'],
    ['offsite=none', 'there is no such choice'],
    ['min_free_space=much', 'it is not a number of bytes with K, M, G, T or P behind it'],
  ])('%j is refused: %s', (text, reason) => {
    expect(() => parseObjectivesText(text)).toThrow(expect.objectContaining({ code: 'value-invalid', reason }))
  })

  test.each(['rpo=26h', 'rpo=90s,verify_within=30d', 'offsite=optional,min_free_space=1500M', 'rpo=none'])(
    '%s reads the same again',
    (text) => {
      expect(objectivesText(parseObjectivesText(text))).toBe(text)
    },
  )
})

describe('objectives of a record', () => {
  it('are numbers, and a choice', () => {
    const own = { rpo: 0, offsite: 'optional' }

    expect(parseOwnObjectives(own)).toEqual(own)
  })

  test.each([{}, null, 'rpo', { rpo: -1 }, { rpo: '26h' }, { rto: 1 }, { offsite: 1 }])('%j is refused', (value) => {
    expect(() => parseOwnObjectives(value)).toThrow(expect.objectContaining({ code: 'value-invalid' }))
  })
})

it('those of a repo stand above the configured ones, one by one', () => {
  const configured = { ...NONE, rpo: 26 * HOUR_MS, drill_every: 90 * DAY_MS }

  expect(inForce(configured, { rpo: 0, offsite: 'required' })).toEqual({ ...configured, rpo: 0, offsite: 'required' })
  expect(inForce(configured, undefined)).toEqual(configured)
})

it('none is none', () => {
  expect(parseObjective('rpo', 'none')).toBe(0)
  expect(parseObjective('min_free_space', 'none')).toBe(0)
})
