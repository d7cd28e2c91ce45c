import { expect, test } from 'vitest'
import type { LastRun } from '../../../src/model/repo.ts'
import { judgeElsewhere } from '../../../src/model/shared-repo.ts'

const NOW = new Date('2026-11-20T12:00:00.000Z')
const hours = (ahead: number) => new Date(NOW.getTime() + ahead * 3_600_000).toISOString()

test.each<[string, LastRun | undefined, string | undefined, string]>([
  ['as promised', { at: hours(-10), outcome: 'ok', dueAt: hours(16) }, hours(-10), 'met: '],
  ['without a promise', { at: hours(-1000), outcome: 'ok' }, hours(-1000), 'met: '],
  [
    'silent',
    { at: hours(-96), outcome: 'ok', dueAt: hours(-70) },
    hours(-96),
    'broken: silent: its last run was 4 days ago',
  ],
  [
    'failing for too long',
    { at: hours(-1), outcome: 'failed', dueAt: hours(-2) },
    hours(-90),
    'broken: its last run failed, 60 minutes ago',
  ],
  [
    'failing',
    { at: hours(-3), outcome: 'interrupted', dueAt: hours(2) },
    hours(-24),
    'at-risk: its last run failed, 3 hours ago',
  ],
  ['unknown', undefined, hours(-1), 'unknown: it has told nothing'],
  [
    'of a clock that is wrong',
    { at: hours(900), outcome: 'ok', dueAt: hours(926) },
    hours(900),
    'broken: what it told of is to come: its clock or this one is wrong',
  ],
])('a repo of another host is %s', (_, lastRun, lastBackupAt, expected) => {
  const repo = { name: 'docs', path: '/mnt/docs', hostname: 'berta', sources: [] }
  const facts = { ...repo, ...(lastRun && { lastRun }), ...(lastBackupAt && { lastBackupAt }) }

  const { verdict, reason = '' } = judgeElsewhere(facts, NOW)

  expect(`${verdict}: ${reason}`).toBe(expected)
})

test('a repo of another host in which a change waits to be accepted has broken a promise', () => {
  const upheaval = {
    archive: 'docs-2',
    at: hours(-1),
    since: { archive: 'docs-1', files: 10, originalBytes: 10 },
    goneFiles: 9,
    goneBytes: 9,
    rewrittenBytes: 0,
  }
  const lastRun = { at: hours(-1), outcome: 'failed', dueAt: hours(20) } as const
  const repo = { name: 'docs', path: '/mnt/docs', hostname: 'berta', sources: [], lastRun, upheaval }

  expect(judgeElsewhere(repo, NOW)).toEqual({
    verdict: 'broken',
    reason: '9 of 10 files are gone since docs-1',
  })
})

test('a repo of another host that never ran is at risk', () => {
  const repo = { name: 'docs', path: '/mnt/docs', hostname: 'berta', sources: [], createdAt: hours(-1) }

  expect(judgeElsewhere(repo, NOW)).toEqual({ verdict: 'at-risk', reason: 'no run yet' })
})
