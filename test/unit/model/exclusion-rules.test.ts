import { describe, expect, test } from 'vitest'
import { ExclusionRules } from '../../../src/model/exclusion-rules.ts'

const asIs = (text: string) => text
const rule = (pattern: string, line = 1) => ({ pattern, scope: 'shared' as const, line })
const rules = (...patterns: string[]) =>
  new ExclusionRules(
    patterns.map((pattern) => rule(pattern)),
    asIs,
  )

describe('rules', () => {
  test('the first that matches decides, and whole paths are looked at before all others', () => {
    const chosen = (...patterns: string[]) => rules(...patterns).decide('/home/a.tmp')?.rule.pattern

    expect(chosen('*.bak', '*.tmp', 'pp:/home')).toBe('*.tmp')
    expect(chosen('*.tmp', 'pf:/home/a.tmp')).toBe('pf:/home/a.tmp')
    expect(chosen('*.bak')).toBeUndefined()
  })

  test('all that match are told in the order in which they are asked', () => {
    const found = rules('*.tmp', 'pp:/home', '*.x', 'pf:/home/a.tmp').matching('/home/a.tmp')

    expect(found.map((match) => match.rule.pattern)).toEqual(['pf:/home/a.tmp', '*.tmp', 'pp:/home'])
  })

  test('one that only Borg can read leaves the path in doubt, unless another one matches', () => {
    expect(rules('re:a++').decide('/home/a')).toMatchObject({ certain: false, rule: { pattern: 're:a++' } })
    expect(rules('re:a++', 'pp:/home').decide('/home/a')).toMatchObject({
      certain: true,
      rule: { pattern: 'pp:/home' },
    })
    expect(rules('re:a++').unreadable).toEqual([{ rule: rule('re:a++'), reason: 'a possessive quantifier' }])
  })

  test('names that a system writes in several ways are compared in one', () => {
    const apart = new ExclusionRules([rule('*/\u00e9')], (text) => text.normalize('NFD'))

    expect(apart.decide('/home/e\u0301')).toMatchObject({ certain: true })
  })
})
