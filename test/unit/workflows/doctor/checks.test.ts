// Each check of `doctor` by itself: what it makes of facts.

import { describe, expect, test } from 'vitest'
import type { EarlierRepo } from '../../../../src/model/earlier-repo.ts'
import { parseRepoName } from '../../../../src/model/names.ts'
import type { RunReport, RunUnderWay } from '../../../../src/model/run.ts'
import { SecretText } from '../../../../src/model/secret.ts'
import { borg } from '../../../../src/workflows/doctor/borg.ts'
import { change } from '../../../../src/workflows/doctor/change.ts'
import { clock } from '../../../../src/workflows/doctor/clock.ts'
import { configuration } from '../../../../src/workflows/doctor/configuration.ts'
import { escrow } from '../../../../src/workflows/doctor/escrow.ts'
import { earlier, moving, runs } from '../../../../src/workflows/doctor/leftovers.ts'
import { vault } from '../../../../src/workflows/doctor/offsite.ts'
import { records } from '../../../../src/workflows/doctor/records.ts'
import { lock, repository } from '../../../../src/workflows/doctor/repository.ts'
import { schedule } from '../../../../src/workflows/doctor/schedule.ts'
import { passphrase } from '../../../../src/workflows/doctor/secrets.ts'
import { sources } from '../../../../src/workflows/doctor/sources.ts'
import { space } from '../../../../src/workflows/doctor/space.ts'

const docs = parseRepoName('docs')
const containing = (text: string) => expect.stringContaining(text)
const GB = 1e9

describe('Borg', () => {
  const of = (text: string, minor: number, patch: number) => borg.judge({ text, major: 1, minor, patch })

  test.each([
    ['1.2.4', 2, 4, ['CVE-2023-36811', 'signs rewritten archives wrongly']],
    ['1.2.7', 2, 7, ['CVE-2023-36811']],
  ])('%s has what is known to be wrong with it', (text, minor, patch, told) => {
    expect(of(text, minor, patch)).toEqual(
      told.map((message) => ({ level: 'warning', message: containing(message), hint: containing('1.2.8') })),
    )
  })

  test.each([
    ['1.2.8', 2, 8],
    ['1.4.0b1', 4, 0],
  ])('%s is fine', (text, minor, patch) => {
    expect(of(text, minor, patch)).toEqual([{ level: 'ok', message: `version ${text}` }])
  })
})

describe('the configuration', () => {
  test('is fine where there is no complaint', () => {
    expect(configuration.judge([{ level: 'ok', subject: 'x', message: 'y' }])).toMatchObject([{ level: 'ok' }])
  })

  test('is told with what is wrong, and what to do', () => {
    const finding = {
      level: 'warning',
      subject: '/home/me/.borgboi',
      message: 'is open to others',
      hint: 'chmod',
    } as const

    expect(configuration.judge([finding])).toEqual([
      { level: 'warning', message: '/home/me/.borgboi is open to others', hint: 'chmod' },
    ])
  })
})

describe('the records', () => {
  const health = { path: '/h/data/repositories.json', revision: 3, repos: 2, problems: [], waiting: 0 }
  const disk = { freeBytes: GB, totalBytes: 2 * GB }

  test.each([
    ['sound', { health, disk }, 'ok', '2 repos'],
    ['damaged', { health: { ...health, problems: ['it is cut off'] }, disk }, 'error', 'it is cut off'],
    ['on a full disk', { health, disk: { ...disk, freeBytes: 1e6 } }, 'error', '1.00 MB are free'],
    ['not all in DynamoDB', { health: { ...health, waiting: 3 }, disk }, 'warning', '3 changes'],
  ])('%s', (_, facts, level, message) => {
    expect(records.judge(facts)).toEqual([expect.objectContaining({ level, message: containing(message) })])
  })
})

describe('the clock', () => {
  const newest = { at: new Date('2026-11-20T02:30:00Z'), what: 'the newest archive of docs' }

  test.each([
    ['is right', { now: new Date('2026-11-20T02:31:00Z'), newest }, 'ok', 'later than everything'],
    ['may be a little behind', { now: new Date('2026-11-20T02:28:00Z'), newest }, 'ok', 'later than everything'],
    ['is right where there is nothing yet', { now: new Date('2026-11-20T02:31:00Z') }, 'ok', ''],
    ['went backwards', { now: new Date('2026-11-19T02:31:00Z'), newest }, 'error', 'the newest archive of docs'],
    ['has lost its time', { now: new Date('1970-06-01T00:00:00Z'), newest }, 'error', 'cannot be'],
    ['is far ahead', { now: new Date('2106-06-01T00:00:00Z'), newest }, 'error', 'cannot be'],
  ])('%s', (_, facts, level, message) => {
    expect(clock.judge(facts)).toEqual([expect.objectContaining({ level, message: containing(message) })])
  })
})

describe('what BorgBoi 1.x left', () => {
  const repo = (name: string, passphrase?: string): EarlierRepo => ({
    name,
    path: `/b/${name}`,
    sources: [],
    places: [
      { file: '/h/old.json', name, ...(passphrase === undefined ? {} : { passphrase: new SecretText(passphrase) }) },
    ],
  })
  const judge = (...repos: EarlierRepo[]) =>
    earlier.judge({ earlier: { repos, exclusions: [], problems: [] }, recorded: [{ path: '/b/docs', borgId: 'a' }] })

  test('is nothing to speak of where all was taken over', () => {
    expect(judge(repo('docs'))).toEqual([])
    expect(judge()).toEqual([])
  })

  test('is told where it was not, and passphrases never are', () => {
    const told = judge(repo('docs', 'SeNt1neL'), repo('pics'))

    expect(told).toEqual([
      { level: 'warning', message: containing('1 repo of it is not taken over: pics'), hint: containing('migrate') },
      { level: 'warning', message: containing('still hold passphrases'), hint: containing('borgboi migrate') },
    ])
    expect(JSON.stringify(told)).not.toContain('SeNt1neL')
  })
})

describe('the repository', () => {
  const record = { name: docs, path: '/mnt/b/docs', borgId: 'a'.repeat(64) }

  test.each([
    ['is there', { record, isRemote: false, kind: 'directory', id: record.borgId }, 'ok', '/mnt/b/docs'],
    ['is elsewhere', { record, isRemote: true }, 'skipped', 'another machine'],
    ['is gone', { record, isRemote: false }, 'error', 'there is nothing at /mnt/b/docs'],
    ['is an empty directory', { record, isRemote: false, kind: 'directory' }, 'error', 'no Borg repository'],
    ['is another', { record, isRemote: false, kind: 'directory', id: 'b'.repeat(64) }, 'error', 'another repository'],
  ] as const)('%s', (_, facts, level, message) => {
    expect(repository.judge(facts)).toEqual([expect.objectContaining({ level, message: containing(message) })])
  })

  test.each([
    ['free', undefined, 'ok'],
    ['at work', 'alive', 'ok'],
    ['left behind', 'gone', 'warning'],
    ['of another machine', 'elsewhere', 'warning'],
  ] as const)('its lock is %s', (_, state, level) => {
    const held = state && { description: 'borg create (pid 1)', state }

    expect(lock.judge({ name: 'docs', ...(held && { held }) })).toEqual([expect.objectContaining({ level })])
  })
})

describe('sources', () => {
  const sound = { path: '/s', kind: 'directory', isReadable: true, isEmpty: false } as const
  const { kind: _, ...gone } = sound

  test.each([
    ['are there', [sound], 'ok', '1 directory'],
    ['are none', [], 'warning', 'no source'],
    ['are gone', [gone], 'error', 'does not exist'],
    ['are closed', [{ ...sound, isReadable: false }], 'error', 'may not read'],
    ['are empty', [{ ...sound, isEmpty: true }], 'warning', 'is empty'],
    ['are links', [{ ...sound, real: '/t' }], 'error', 'it is a link'],
  ] as const)('%s', (_, facts, level, message) => {
    expect(sources.judge({ record: { name: docs }, sources: facts })).toEqual([
      expect.objectContaining({ level, message: containing(message) }),
    ])
  })

  test('have no part in a copy that may only be read', () => {
    expect(sources.judge({ record: { name: docs, readOnly: true }, sources: [gone] })).toMatchObject([
      { level: 'skipped' },
    ])
  })
})

describe('the passphrase', () => {
  const facts = { name: 'docs', isNeeded: true, file: '/h/docs.key', isThere: true, isConfigured: false }

  test.each([
    ['is in its file', facts, 'ok'],
    ['is not needed', { ...facts, isNeeded: false, isThere: false }, 'ok'],
    ['is in the configuration', { ...facts, isThere: false, isConfigured: true }, 'ok'],
    ['is gone', { ...facts, isThere: false }, 'error'],
  ])('%s', (_, given, level) => {
    expect(passphrase.judge(given)).toEqual([expect.objectContaining({ level })])
  })
})

describe('the recovery kit', () => {
  const record = { name: docs, path: '/mnt/b/docs', encryption: 'repokey' }
  const newest = { path: '/mnt/b/docs', madeAt: '2026-11-20T02:30:00Z' }

  test.each([
    ['holds', { record, newest }, ['ok']],
    ['was never made', { record }, ['warning']],
    ['is of another place', { record: { ...record, path: '/elsewhere' }, newest }, ['warning']],
    ['knows of no vault', { record, newest, vault: 's3://b/x' }, ['warning']],
    ['is not needed', { record: { ...record, encryption: 'none' } }, []],
  ])('%s', (_, facts, levels) => {
    expect(escrow.judge(facts).map(({ level }) => level)).toEqual(levels)
  })
})

describe('schedules', () => {
  const installed = { id: 'borgboi', active: true, problems: [] }
  const problems = [{ message: 'lingering is off', hint: 'loginctl enable-linger' }]

  test.each([
    ['run', [installed], 'ok'],
    ['are none', [], 'skipped'],
    ['run, but', [{ ...installed, problems }], 'warning'],
    ['start nothing', [{ ...installed, active: false, problems }], 'error'],
  ])('%s', (_, facts, level) => {
    expect(schedule.judge(facts)).toEqual([expect.objectContaining({ level })])
  })
})

describe('a move', () => {
  test('that is not over is told', () => {
    expect(moving.judge({ name: 'docs' })).toEqual([])
    expect(moving.judge({ name: 'docs', to: '/mnt/new' })).toEqual([
      expect.objectContaining({ level: 'warning', hint: 'finish it: borgboi repo move docs --to /mnt/new' }),
    ])
  })
})

describe('space', () => {
  const limits = { quotaBytes: 0, additionalFreeBytes: 2 * GB }
  const disk = { freeBytes: 50 * GB, totalBytes: 100 * GB }
  const facts = { name: 'docs', disk, limits, usualBytes: 0 }
  const quota = { ...limits, quotaBytes: 10 * GB }

  test.each([
    ['is enough', facts, 'ok', '50.0 GB free of 100 GB'],
    ['is what Borg keeps free', { ...facts, disk: { ...disk, freeBytes: GB } }, 'error', 'nothing can be backed up'],
    ['is little for what backups take', { ...facts, usualBytes: 10 * GB }, 'warning', 'room for about 4 backups'],
    ['is a small share', { ...facts, disk: { ...disk, freeBytes: 2.5 * GB } }, 'warning', 'only 2.50 GB'],
    ['is enough below the quota', { ...facts, limits: quota, usedBytes: GB }, 'ok', 'quota 10.0 GB'],
    ['is used up by the quota', { ...facts, limits: quota, usedBytes: 10 * GB }, 'error', 'nothing can be backed up'],
    ['is tight below the quota', { ...facts, limits: quota, usedBytes: 9.9 * GB }, 'warning', '9.90 GB of its quota'],
  ])('%s', (_, given, level, message) => {
    expect(space.judge(given)).toEqual([expect.objectContaining({ level, message: containing(message) })])
  })

  test('is nothing to speak of where nobody can look', () => {
    expect(space.judge({ name: 'docs', usualBytes: 0 })).toEqual([])
  })
})

describe('the vault', () => {
  const probe = {
    settings: { url: 's3://b/x' },
    at: '2026-11-01T00:00:00Z',
    conditionalWrites: true,
    readAfterWrite: true,
    refusesWrongContent: true,
    ranges: true,
    deletes: true,
    versioning: true,
    weaknesses: [],
  }
  const config = { url: 's3://b/x', single_writer: false }
  const newest = { seq: 3, createdAt: new Date('2026-11-20T02:31:00Z') }
  const facts = {
    name: 'docs',
    label: 'nas',
    config,
    isOffline: false,
    probe,
    chain: { generations: [newest], problems: [] },
  }
  const levels = (given: Parameters<typeof vault.judge>[0]) => vault.judge(given).map(({ level }) => level)

  test('answers and has a copy', () => {
    expect(vault.judge(facts)).toEqual([{ level: 'ok', message: containing('nas has generation 3 of 2026-11-20') }])
  })

  test('is asked for nothing while offline, and none is no error', () => {
    expect(levels({ ...facts, isOffline: true })).toEqual(['skipped'])
    expect(levels({ name: 'docs', isOffline: false })).toEqual(['skipped'])
  })

  test('that is not in the configuration is an error', () => {
    expect(levels({ name: 'docs', label: 'nas', isOffline: false })).toEqual(['error'])
  })

  test('without a copy, never tried, or weak is a warning', () => {
    const { probe: _, ...untried } = facts

    expect(levels({ ...facts, chain: { generations: [], problems: [] } })).toEqual(['warning'])
    expect(levels(untried)).toEqual(['warning'])
    expect(levels({ ...facts, chain: { generations: [newest], problems: ['a fork'] } })).toEqual(['warning'])
    expect(levels({ ...facts, probe: { ...probe, weaknesses: ['no versions'] } })).toEqual(['warning'])
  })

  test('that cannot keep writers apart is an error, unless there is one writer', () => {
    const weak = { ...probe, conditionalWrites: false }

    expect(levels({ ...facts, probe: weak })).toEqual(['error'])
    expect(levels({ ...facts, probe: weak, config: { ...config, single_writer: true } })).toEqual(['ok'])
  })
})

describe('the last backup', () => {
  const report = { id: '01X', workflow: 'backup daily', outcome: 'ok' } as RunReport
  const cutOff = { workflow: 'backup daily', step: { name: 'prune' } } as RunUnderWay

  test.each([
    ['ended well', { cutOff: [], newest: report }, 'ok'],
    ['is still to come', { cutOff: [] }, 'skipped'],
    ['was cut off', { cutOff: [cutOff], newest: report }, 'warning'],
    ['was stopped', { cutOff: [], newest: { ...report, outcome: 'interrupted' as const } }, 'error'],
    ['failed', { cutOff: [], newest: { ...report, outcome: 'failed' as const } }, 'error'],
  ])('%s', (_, facts, level) => {
    expect(runs.judge({ name: 'docs', ...facts })).toEqual([expect.objectContaining({ level })])
  })
})

describe('a change', () => {
  test('is not spoken of where none waits', () => {
    expect(change.judge({ name: 'docs' })).toEqual([])
  })

  test('that waits to be accepted is told with what shows it', () => {
    const since = { archive: 'docs-1', files: 300, originalBytes: GB }
    const figures = { goneFiles: 270, goneBytes: 0, rewrittenBytes: 0 }
    const upheaval = { archive: 'docs-2', at: '2026-11-20T02:30:04.000Z', since, ...figures }

    expect(change.judge({ name: 'docs', upheaval })).toEqual([
      {
        level: 'error',
        message: '270 of 300 files are gone since docs-1: nothing is pruned or copied before that is accepted',
        hint: containing('borgboi backup diff --name docs docs-1 docs-2; if it is meant: borgboi backup daily'),
      },
    ])
  })
})
