// How repos stand to what was promised of them, by a clock that tests hold.

import { describe, expect, it, test } from 'vitest'
import type { RepoEvidence } from '../../../src/model/evidence.ts'
import type { RepoName, VaultName } from '../../../src/model/names.ts'
import type { Objectives } from '../../../src/model/objectives.ts'
import type { RepoRecord } from '../../../src/model/repo.ts'
import { judge, type Standing, type StandingFacts } from '../../../src/model/standing.ts'

const NOW = new Date('2026-11-20T12:00:00.000Z')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NONE: Objectives = { rpo: 0, verify_within: 0, drill_every: 0, min_free_space: 0 }
const ago = (ms: number) => new Date(NOW.getTime() - ms).toISOString()
const hoursAgo = (hours: number) => ago(hours * HOUR_MS)
const daysAgo = (days: number) => ago(days * DAY_MS)

function record(changes: Partial<RepoRecord> = {}): RepoRecord {
  return {
    name: 'docs' as RepoName,
    path: '/mnt/docs',
    borgId: 'a'.repeat(64),
    encryption: 'repokey-blake2',
    sources: ['/home/anna'],
    hostname: 'anna',
    createdAt: daysAgo(100),
    ...changes,
  }
}

const backedUp = (at: string) => record({ lastBackup: { archive: 'docs-1', at, originalBytes: 1, files: 1 } })
const inVault = (made: RepoRecord): RepoRecord => ({ ...made, vault: 'nas' as VaultName })
const seen = (at: string) => ({ at, repoId: 'a'.repeat(64) })

function standing(facts: Partial<StandingFacts>, objectives: Partial<Objectives>): Standing {
  return judge({ record: record(), evidence: {}, isMissing: false, ...facts }, { ...NONE, ...objectives }, NOW)
}

/** The one objective there is, as `verdict: reason`. */
function only({ objectives }: Standing): string {
  expect(objectives).toHaveLength(1)
  return `${objectives[0]?.verdict}: ${objectives[0]?.reason ?? ''}`
}

describe('the age of the newest backup', () => {
  const rpo = 26 * HOUR_MS

  test.each([
    ['just now', backedUp(ago(0)), 'met: '],
    ['a day old, when the next is being made', backedUp(hoursAgo(24.5)), 'met: '],
    ['nearly too old', backedUp(hoursAgo(25)), 'at-risk: due in 60 minutes'],
    ['as old as may be', backedUp(hoursAgo(26)), 'at-risk: due in 0 minutes'],
    ['too old', backedUp(hoursAgo(26.1)), 'broken: the newest backup is 26 hours old'],
    ['far too old', backedUp(daysAgo(4)), 'broken: the newest backup is 4 days old'],
    ['none, of a new repo', record({ createdAt: hoursAgo(2) }), 'at-risk: no backup yet'],
    ['none, of an old repo', record(), 'broken: no backup yet, 100 days after it was set up'],
    [
      'of a time to come, which no promise is kept by',
      backedUp(hoursAgo(-24)),
      'broken: the newest backup is of a time to come: a clock was wrong',
    ],
    ['of a moment ahead, as clocks are', backedUp(ago(-60_000)), 'met: '],
  ])('is %s', (_, made, expected) => {
    expect(only(standing({ record: made }, { rpo }))).toBe(expected)
  })

  it('is nothing to judge where nothing is promised', () => {
    expect(standing({}, {})).toEqual({ verdict: 'met', backedUp: false, objectives: [] })
  })

  it('says until when it is kept', () => {
    const [objective] = standing({ record: backedUp(hoursAgo(2)) }, { rpo }).objectives

    expect(objective?.dueAt).toBe(hoursAgo(-24))
  })

  test.each<[string, Partial<StandingFacts>, string]>([
    [
      'the last run failed',
      { lastFailure: { step: 'archive', reason: 'the last run failed: locked', hint: 'look' } },
      'at-risk: the last run failed: locked',
    ],
    [
      'nothing starts runs any more',
      { scheduleProblem: { reason: 'the timer is not active', hint: 'start it' } },
      'at-risk: the timer is not active',
    ],
    [
      'the next run comes too late',
      { nextRunAt: new Date(NOW.getTime() + 30 * HOUR_MS) },
      'at-risk: the next run is due only after that',
    ],
    ['the next run comes in time', { nextRunAt: new Date(NOW.getTime() + HOUR_MS) }, 'met: '],
    ['the repository is not there', { isMissing: true }, 'at-risk: there is nothing at /mnt/docs'],
    ['only the copy failed', { lastFailure: { step: 'off-site', reason: 'x', hint: 'y' } }, 'met: '],
  ])('is at risk or not when %s', (_, facts, expected) => {
    expect(only(standing({ record: backedUp(hoursAgo(1)), ...facts }, { rpo }))).toBe(expected)
  })

  it('names the cause where it is broken', () => {
    const lastFailure = { step: 'archive', reason: 'the last run failed: locked', hint: 'look' } as const

    const judged = standing({ record: backedUp(daysAgo(3)), lastFailure }, { rpo })

    expect(judged.objectives[0]).toMatchObject({
      reason: 'the newest backup is 3 days old; the last run failed: locked',
      hint: 'look',
    })
  })
})

describe('the copy off-site', () => {
  const copy = (archiveAt: string): RepoEvidence => ({
    copy: { ...seen(ago(0)), vault: 'nas', generation: 3, archive: 'docs-1', archiveAt },
  })

  test.each<[string, Partial<StandingFacts>, Partial<Objectives>, string]>([
    ['required without a vault', {}, { offsite: 'required' }, 'broken: it is copied to no vault'],
    [
      'never made, of a new repo',
      { record: inVault(record({ createdAt: ago(0) })) },
      {},
      'at-risk: never copied off-site',
    ],
    ['never made', { record: inVault(record()) }, {}, 'broken: never copied off-site, 100 days after it was set up'],
    ['new enough', { record: inVault(record()), evidence: copy(hoursAgo(2)) }, {}, 'met: '],
    [
      'too old, though it was found complete just now',
      { record: inVault(record()), evidence: copy(daysAgo(3)) },
      {},
      'broken: the newest backup off-site is 3 days old',
    ],
    [
      'new enough, but the last one failed',
      {
        record: inVault(record()),
        evidence: copy(hoursAgo(2)),
        lastFailure: { step: 'off-site', reason: 'the last run failed: no network', hint: 'look' },
      },
      {},
      'at-risk: the last run failed: no network',
    ],
  ])('is %s', (_, facts, objectives, expected) => {
    expect(only(standing(facts, objectives))).toBe(expected)
  })

  it('is not asked for where it is optional', () => {
    expect(standing({ record: inVault(record()) }, { offsite: 'optional' }).objectives).toEqual([])
  })
})

describe('the verification', () => {
  const promised = { verify_within: 30 * DAY_MS }
  const good = (at: string) => ({ ...seen(at), result: 'good' as const })
  const ofCopy = (at: string) => ({ ...good(at), vault: 'nas', level: 1 })
  const copied: Partial<Objectives> = { ...promised, offsite: 'optional' }

  test.each<[string, RepoRecord, RepoEvidence, Partial<Objectives>, string]>([
    ['not yet due', record({ createdAt: daysAgo(10) }), {}, promised, 'met: '],
    ['overdue', record(), {}, promised, 'broken: never verified, 100 days after it was set up'],
    ['a check', record(), { check: good(daysAgo(2)) }, promised, 'met: '],
    [
      'an old check, and a newer one of a copy',
      record(),
      { check: good(daysAgo(40)), verification: ofCopy(daysAgo(1)) },
      copied,
      'met: ',
    ],
    [
      'a check that is too old',
      record(),
      { check: good(daysAgo(40)) },
      promised,
      'broken: the last verification is 40 days old',
    ],
    ['nearly too old', record(), { check: good(daysAgo(29)) }, promised, 'at-risk: due in 24 hours'],
  ])('is %s', (_, made, evidence, objectives, expected) => {
    expect(only(standing({ record: made, evidence }, objectives))).toBe(expected)
  })

  it('has to be of the copy where there has to be one', () => {
    const facts = { record: inVault(record()), evidence: { check: good(daysAgo(1)) } }
    const verified = (judged: Standing) => judged.objectives.find(({ objective }) => objective === 'verify_within')

    expect(verified(standing(facts, promised))).toMatchObject({
      verdict: 'broken',
      hint: 'borgboi s3 verify --name docs',
    })
  })

  it('that found damage breaks it, promised or not', () => {
    const evidence = { check: { ...seen(daysAgo(3)), result: 'damaged' as const } }

    expect(only(standing({ evidence }, {}))).toBe('broken: damage was found in the repository 3 days ago')
  })
})

describe('the free space', () => {
  test.each<[number | undefined, string[]]>([
    [100e9, ['met: ']],
    [23e9, ['at-risk: 23.0 GB are left on the disk of /mnt/docs']],
    [19e9, ['broken: 19.0 GB are left on the disk of /mnt/docs']],
    [undefined, []],
  ])('of %d bytes', (freeBytes, expected) => {
    const { objectives } = standing({ freeBytes }, { min_free_space: 20e9 })

    expect(objectives.map(({ verdict, reason = '' }) => `${verdict}: ${reason}`)).toEqual(expected)
  })
})

describe('a repo counts as backed up', () => {
  const all = { rpo: 26 * HOUR_MS, verify_within: 30 * DAY_MS }
  const fresh = inVault(backedUp(hoursAgo(1)))
  const copy = { ...seen(ago(0)), vault: 'nas', generation: 3, archiveAt: hoursAgo(1) }
  const verification = { ...seen(daysAgo(1)), result: 'good' as const, vault: 'nas', level: 1 }

  test.each<[string, RepoRecord, RepoEvidence, boolean]>([
    ['when it is made, off-site and verified', fresh, { copy, verification }, true],
    ['not before it is off-site', fresh, { verification }, false],
    ['not before it is verified', fresh, { copy }, false],
    ['not when it is old', inVault(backedUp(daysAgo(9))), { copy, verification }, false],
    ['not before it is made', inVault(record({ createdAt: ago(0) })), {}, false],
  ])('%s', (_, made, evidence, expected) => {
    expect(standing({ record: made, evidence }, all).backedUp).toBe(expected)
  })

  it('with the worst of its objectives as the verdict', () => {
    expect(standing({ record: fresh, evidence: { copy, verification } }, all).verdict).toBe('met')
    expect(standing({ record: fresh, evidence: { copy } }, all).verdict).toBe('broken')
  })
})
