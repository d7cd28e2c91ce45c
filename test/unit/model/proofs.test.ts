// Which drills and verifications scheduled runs do, and when, by a clock that tests hold.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RepoEvidence } from '../../../src/model/evidence.ts'
import type { RepoName, VaultName } from '../../../src/model/names.ts'
import type { Objectives } from '../../../src/model/objectives.ts'
import {
  isProofDue,
  type NextProof,
  nextProofs,
  type ProofSettings,
  parseDrillPlace,
  parseScratch,
} from '../../../src/model/proofs.ts'
import type { RepoRecord } from '../../../src/model/repo.ts'
import type { RunOutcome } from '../../../src/model/run.ts'
import { judge } from '../../../src/model/standing.ts'
import { report } from '../../support/run-events.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOW = new Date('2026-11-20T02:30:00.000Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS).toISOString()
const REPO: RepoRecord = {
  name: 'docs' as RepoName,
  path: '/mnt/docs',
  borgId: 'a'.repeat(64),
  encryption: 'repokey-blake2',
  sources: ['/home/anna'],
  hostname: 'anna',
  createdAt: daysAgo(100),
}
const COPIED: RepoRecord = { ...REPO, vault: 'nas' as VaultName }
const USUAL: ProofSettings = { drill_from: 'repository', verify: true }
const BOTH: Objectives = { rpo: 0, verify_within: 30 * DAY_MS, drill_every: 90 * DAY_MS, min_free_space: 0 }

const seen = (days: number) => ({ at: daysAgo(days), repoId: REPO.borgId, result: 'good' as const })
const drilled = (days: number) => ({ ...seen(days), archive: 'docs-1', seed: 'abc' })

function next(
  record: RepoRecord,
  evidence: RepoEvidence,
  settings: Partial<ProofSettings> = {},
  objectives: Partial<Objectives> = {},
  reachesVault = true,
): string[] {
  const facts = { record, evidence, reachesVault }
  const proofs = nextProofs(facts, { ...BOTH, ...objectives }, { ...USUAL, ...settings }, NOW)
  return proofs.map(({ workflow, from }) => `${workflow} ${(Date.parse(from) - NOW.getTime()) / DAY_MS}`)
}

describe('what scheduled runs prove', () => {
  it('is nothing where nothing is promised, or of a copy that may only be read', () => {
    expect(next(REPO, {}, {}, { verify_within: 0, drill_every: 0 })).toEqual([])
    expect(next({ ...REPO, readOnly: true }, {})).toEqual([])
  })

  it('is due at once where it never was done, and when a quarter of the time is left', () => {
    expect(next(REPO, {})).toEqual(['backup drill -100', 'backup check -100'])
    expect(next(REPO, { drill: drilled(10), check: seen(10) })).toEqual(['backup drill 57.5', 'backup check 12.5'])
    expect(next(REPO, { drill: drilled(80), check: seen(25) })).toEqual(['backup drill -12.5', 'backup check -2.5'])
  })

  it('is of the repository, and verified where the promise counts the copy', () => {
    expect(next(COPIED, {})).toEqual(['backup drill -100', 's3 verify -100'])
    expect(next(COPIED, {}, {}, { offsite: 'optional' })).toEqual(['backup drill -100', 'backup check -100'])
    expect(next(COPIED, { check: seen(1) })).toContain('s3 verify -100')
  })

  it('is a drill from the vault only where that is asked for and there is one', () => {
    expect(next(COPIED, { drill: drilled(1) }, { drill_from: 'vault' })).toContain('s3 drill -100')
    expect(next(COPIED, { offsiteDrill: drilled(1) }, { drill_from: 'vault' })).toContain('s3 drill 66.5')
    expect(next(REPO, {}, { drill_from: 'vault' })).toContain('backup drill -100')
  })

  it('is left out by the configuration, and of a vault that must not be reached', () => {
    expect(next(COPIED, {}, { drill_from: 'none', verify: false })).toEqual([])
    expect(next(COPIED, {}, { drill_from: 'vault' }, {}, false)).toEqual([])
    expect(next(COPIED, {}, {}, {}, false)).toEqual(['backup drill -100'])
  })

  it('does not believe what a wrong clock has proved', () => {
    expect(next(REPO, { drill: drilled(-9999), check: seen(-9999) })).toEqual(['backup drill 0', 'backup check 0'])
  })
})

describe('one that is due', () => {
  const proof: NextProof = { objective: 'drill_every', workflow: 'backup drill', from: daysAgo(1) }
  const run = (hoursAgo: number, outcome: RunOutcome, workflow = 'backup drill') =>
    report('docs', { workflow, outcome, startedAt: new Date(NOW.getTime() - hoursAgo * HOUR_MS).toISOString() })

  it.each([
    ['never was tried', [], true],
    ['failed an hour ago', [run(1, 'failed')], false],
    ['failed yesterday', [run(21, 'failed')], true],
    ['was interrupted or skipped an hour ago', [run(1, 'interrupted'), run(2, 'skipped')], true],
    ['was interrupted behind a failure of today', [run(1, 'interrupted'), run(2, 'failed')], false],
    ['worked since it failed', [run(1, 'ok'), run(2, 'failed')], true],
    ['failed in a time to come, by a clock that was wrong', [run(-99, 'failed')], true],
    ['is of a backup that failed', [run(1, 'failed', 'backup daily')], true],
  ])('and %s: %s', (_, runs, isDue) => {
    expect(isProofDue(proof, runs, NOW)).toBe(isDue)
  })

  it('later is not due yet', () => {
    expect(isProofDue({ ...proof, from: daysAgo(-1) }, [], NOW)).toBe(false)
  })
})

describe('a machine that runs every day', () => {
  it('never comes to be at risk, and does not prove the same every day', () => {
    const days = fc.integer({ min: 3, max: 400 })
    const laterMs = fc.array(fc.integer({ min: 0, max: 10 * 60_000 }), { minLength: 40, maxLength: 40 })
    fc.assert(
      fc.property(days, laterMs, (limitDays, jitter) => {
        const objectives = { ...BOTH, verify_within: 0, drill_every: limitDays * DAY_MS }
        const fresh = { ...REPO, createdAt: NOW.toISOString() }
        let [evidence, drills, day]: [RepoEvidence, number, number] = [{}, 0, 0]
        for (; day < 3 * limitDays; day++) {
          const now = new Date(NOW.getTime() + day * DAY_MS + (jitter[day % jitter.length] ?? 0))
          const { verdict } = judge({ record: fresh, evidence, isMissing: false }, objectives, now)
          expect(verdict).toBe('met')
          const [proof] = nextProofs({ record: fresh, evidence, reachesVault: true }, objectives, USUAL, now)
          if (proof === undefined || !isProofDue(proof, [], now)) continue
          drills++
          evidence = { drill: { ...drilled(0), at: now.toISOString() } }
        }
        expect(drills).toBeLessThanOrEqual(7)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the settings of proofs', () => {
  it('name a place there is, and a directory', () => {
    expect([parseDrillPlace('vault'), parseScratch('/mnt/big')]).toEqual(['vault', '/mnt/big'])
    expect(() => parseDrillPlace('cloud')).toThrow(expect.objectContaining({ hint: 'use repository, vault, none' }))
    expect(() => parseScratch('big')).toThrow(expect.objectContaining({ code: 'value-invalid' }))
  })
})
