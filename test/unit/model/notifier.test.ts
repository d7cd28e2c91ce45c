import { describe, expect, it } from 'vitest'
import { decide, parseAddress, parseRules, type RuleSettings, type Told } from '../../../src/model/notifier.ts'

const HOUR = 3_600_000
const NOW = new Date('2026-11-20T02:30:00Z')
const USUAL: RuleSettings = { on: ['failure', 'warning', 'recovery'], repeat_after: 20 * HOUR }

const told = (state: Told['state'], hoursAgo: number): Told => ({
  state,
  at: new Date(NOW.getTime() - hoursAgo * HOUR).toISOString(),
})

describe('who is told', () => {
  it.each([
    ['of the first failure', undefined, 'failed', 'failure'],
    ['of an interruption as of a failure', undefined, 'interrupted', 'failure'],
    ['of warnings', told('fine', 24), 'warnings', 'warning'],
    ['not of the same failure soon after', told('failure', 19), 'failed', undefined],
    ['of the same failure the next day', told('failure', 21), 'failed', 'failure'],
    ['of a failure after warnings at once', told('warning', 1), 'failed', 'failure'],
    ['that it works again', told('failure', 24), 'ok', 'recovery'],
    ['that it works again after warnings, too', told('warning', 24), 'ok', 'recovery'],
    ['of warnings after a failure as of warnings', told('failure', 1), 'warnings', 'warning'],
    ['not that it still works', told('fine', 24), 'ok', undefined],
    ['not of a first success', undefined, 'ok', undefined],
    ['again what was told in the future, by a clock that was wrong', told('failure', -5), 'failed', 'failure'],
  ] as const)('is told %s', (_, last, outcome, rule) => {
    expect(decide(USUAL, last, outcome, NOW)?.rule).toBe(rule)
  })

  it('has not heard anything of a run that was skipped', () => {
    expect(decide(USUAL, told('failure', 24), 'skipped', NOW)).toBeUndefined()
  })

  it('who does not ask for warnings takes them for a success', () => {
    const settings: RuleSettings = { ...USUAL, on: ['failure', 'recovery'] }

    expect(decide(settings, told('failure', 1), 'warnings', NOW)?.rule).toBe('recovery')
    expect(decide(settings, told('warning', 1), 'ok', NOW)?.rule).toBeUndefined()
  })

  it('who asks for changes only is not told the same again, ever', () => {
    expect(decide({ ...USUAL, repeat_after: 'never' }, told('failure', 9999), 'failed', NOW)?.rule).toBeUndefined()
  })

  it('who asks for successes is told of each, as often as wanted', () => {
    const settings: RuleSettings = { on: ['success'], repeat_after: 0 }

    expect(decide(settings, told('fine', 0.1), 'ok', NOW)?.rule).toBe('success')
    expect(decide({ ...settings, repeat_after: HOUR }, told('fine', 0.1), 'ok', NOW)?.rule).toBeUndefined()
    expect(decide(settings, told('failure', 1), 'ok', NOW)?.rule).toBe('success')
  })

  it('remembers the time when it was told, not the last one that was passed over', () => {
    expect(decide(USUAL, told('failure', 19), 'failed', NOW)?.told).toEqual(told('failure', 19))
    expect(decide(USUAL, undefined, 'failed', NOW)?.told).toEqual(told('failure', 0))
  })
})

describe('settings of a notifier', () => {
  it('rules are words with commas', () => {
    expect(parseRules('failure,digest , recovery')).toEqual(['failure', 'digest', 'recovery'])
    expect(() => parseRules('failures')).toThrow(expect.objectContaining({ hint: expect.stringContaining('failure') }))
  })

  it('an address with credentials is refused without being shown', () => {
    const error = expect.objectContaining({
      reason: 'it holds credentials',
      message: expect.not.stringContaining('pa55'),
    })

    expect(() => parseAddress('https://anna:pa55@ntfy.sh/topic')).toThrow(error)
  })

  it.each(['ftp://x/y', 'ntfy.sh/topic', 'https://', 'https://a b/'])('%s is no address', (address) => {
    expect(() => parseAddress(address)).toThrow(expect.objectContaining({ code: 'value-invalid' }))
  })
})
