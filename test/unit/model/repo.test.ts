import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { parseCompression } from '../../../src/model/compression.ts'
import { archiveGlob, parseRepoName, parseVaultName } from '../../../src/model/names.ts'
import {
  archivesNamedAfter,
  ENCRYPTIONS,
  optional,
  ownArchives,
  parseRepoRecord,
  type RepoRecord,
} from '../../../src/model/repo.ts'

const time = fc
  .date({ min: new Date('1971'), max: new Date('9998'), noInvalidDate: true })
  .map((date) => date.toISOString())
const path = fc
  .array(fc.stringMatching(/^[^/\0]+$/), { minLength: 1, maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`)
const bytes = fc.maxSafeNat()
const text = fc.string({ minLength: 1 })

const record: fc.Arbitrary<RepoRecord> = fc.record(
  {
    name: fc.constantFrom('docs', 'nas-photos', 'Bücher').map(parseRepoName),
    path: fc.constantFrom('/mnt/backup/docs', '/mnt/bäck up/x', 'ssh://me@nas:22/./backup/docs', 'me@nas:docs'),
    borgId: fc.stringMatching(/^[0-9a-f]{64}$/),
    encryption: fc.constantFrom(...ENCRYPTIONS),
    sources: fc.array(path, { maxLength: 3 }),
    hostname: text,
    createdAt: time,
    passphraseFile: path,
    retention: fc.constantFrom({ daily: 7, weekly: 4 }, { within: '7d', last: 1 }),
    compression: fc.constantFrom('lz4', 'auto,zstd,7').map(parseCompression),
    archiveGlob: text,
    vault: fc.constantFrom('nas', 'Büro').map(parseVaultName),
    readOnly: fc.constant(true as const),
    lastBackup: fc.record(
      {
        archive: text,
        at: time,
        originalBytes: bytes,
        files: bytes,
        archiveId: fc.stringMatching(/^[0-9a-f]{64}$/),
        compressedBytes: bytes,
        deduplicatedBytes: bytes,
      },
      { requiredKeys: ['archive', 'at', 'originalBytes', 'files'] },
    ),
    lastCompactAt: time,
    reclaimableBytes: bytes,
    kits: fc.array(
      fc.record(
        {
          madeAt: time,
          path,
          vault: text,
          key: fc.stringMatching(/^[0-9a-f]{64}$/),
          withPassphrase: fc.constant(true as const),
        },
        { requiredKeys: ['madeAt', 'path'] },
      ),
    ),
    upheaval: fc.record({
      archive: text,
      at: time,
      since: fc.record({ archive: text, files: bytes, originalBytes: bytes }),
      goneFiles: bytes,
      goneBytes: bytes,
      rewrittenBytes: bytes,
    }),
  },
  { requiredKeys: ['name', 'path', 'borgId', 'encryption', 'sources', 'hostname', 'createdAt'] },
)

const full: RepoRecord = {
  name: parseRepoName('docs'),
  path: '/mnt/backup/docs',
  borgId: 'a'.repeat(64),
  encryption: 'repokey-blake2',
  sources: ['/home/me/Documents'],
  hostname: 'laptop',
  createdAt: '2026-11-20T02:30:04.000Z',
  passphraseFile: '/root/docs.key',
  retention: { daily: 7 },
  compression: parseCompression('zstd,6'),
  archiveGlob: 'docs-*',
  vault: parseVaultName('offsite'),
  lastBackup: {
    archive: 'docs-1',
    at: '2026-11-20T02:30:04Z',
    originalBytes: 1,
    files: 1,
    archiveId: 'b'.repeat(64),
    compressedBytes: 1,
    deduplicatedBytes: 1,
  },
  lastCompactAt: '2026-11-20T02:30:04Z',
  reclaimableBytes: 0,
  kits: [{ madeAt: '2026-11-20T02:30:04Z', path: '/mnt/backup/docs', key: 'c'.repeat(64) }],
  upheaval: {
    archive: 'docs-2',
    at: '2026-11-20T02:30:04Z',
    since: { archive: 'docs-1', files: 1, originalBytes: 1 },
    goneFiles: 1,
    goneBytes: 0,
    rewrittenBytes: 0,
  },
}

/** Every place in a record: `['lastBackup', 'files']`. */
const places = Object.entries(full).flatMap(([key, value]) =>
  key === 'lastBackup' || key === 'retention' || key === 'upheaval'
    ? [[key], ...Object.keys(value).map((inner) => [key, inner])]
    : [[key]],
)

function corrupted(place: readonly string[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(full))
  const [outer = '', inner] = place
  if (inner === undefined) copy[outer] = value
  else copy[outer][inner] = value
  return copy
}

describe('archives of a repo', () => {
  const docs = parseRepoName('docs')

  test.each([
    ['are named after it', undefined, archiveGlob(full.name), 'docs'],
    [
      'are named as those it has of another name',
      archiveGlob(parseRepoName('old')),
      archiveGlob(parseRepoName('old')),
      'old',
    ],
    ['are named as a pattern begins', 'host-*', 'host-*', 'host'],
    ['are named as a pattern without a dash begins', 'host*', 'host*', 'host'],
    ['are named after it where a pattern matches that', 'do*', 'do*', 'docs'],
    ['are named after it where a pattern matches everything', '*', '*', 'docs'],
    ['are named after it where a pattern begins with what no name does', '-x*', '-x*', 'docs'],
    ['may be others, by a pattern that says no name', '*-monday', '*-monday', 'docs'],
  ])('%s', (_case, glob, own, after) => {
    const named = { name: docs, ...optional('archiveGlob', glob) }

    expect(ownArchives(named)).toBe(own)
    expect(archivesNamedAfter(named)).toBe(after)
  })
})

describe('a repo record', () => {
  test('comes back from JSON as it was', () => {
    fc.assert(
      fc.property(record, (value) => {
        expect(parseRepoRecord(JSON.parse(JSON.stringify(value)))).toEqual(value)
      }),
    )
  })

  test('a field that holds another kind of value is refused, wherever it is', () => {
    const wrong = [
      null,
      true,
      -1,
      1.5,
      Number.NaN,
      '',
      '\0',
      [],
      [7],
      [''],
      {},
      { length: 3 },
      JSON.parse('{"__proto__": {"daily": 7}}'),
    ]
    for (const place of places) {
      for (const value of wrong) {
        if (['sources', 'kits'].includes(place[0] ?? '') && Array.isArray(value) && value.length === 0) continue
        if (place[1] === 'daily' && value === -1) continue
        expect(() => parseRepoRecord(corrupted(place, value)), `${place.join('.')} = ${JSON.stringify(value)}`).toThrow(
          expect.objectContaining({ code: 'value-invalid', message: 'a repo record is malformed' }),
        )
      }
    }
  })

  test('any value in any place gives a record or a refusal, never a crash', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        try {
          parseRepoRecord(corrupted(place, value))
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
          expect(error).toMatchObject({ code: 'value-invalid' })
        }
      }),
    )
  })

  test.each(['name', 'path', 'borgId', 'encryption', 'sources', 'hostname', 'createdAt'])('%s is required', (key) => {
    expect(() => parseRepoRecord(corrupted([key], undefined))).toThrow(AppError)
  })

  test.each([
    ['path', 'relative/path'],
    ['path', './nas:docs'],
    ['borgId', 'A'.repeat(64)],
    ['borgId', 'a'.repeat(63)],
    ['name', '../docs'],
    ['encryption', 'repokey; rm'],
    ['sources', ['Documents']],
    ['createdAt', '2026-11-20'],
    ['createdAt', '2026-13-45T02:30:04Z'],
    ['compression', 'gzip'],
    ['retention', { daily: 0 }],
    ['retention', { daily: 7, hourly: 'x' }],
    ['passphraseFile', 'docs.key'],
    ['vault', '../offsite'],
    ['readOnly', 'yes'],
  ])('%s %j breaks its rule', (key, value) => {
    expect(() => parseRepoRecord(corrupted([key], value))).toThrow(
      expect.objectContaining({ reason: expect.stringContaining(`"${key}"`) }),
    )
  })

  test.each([null, undefined, 'docs', 7, [], [full], JSON.parse('{"__proto__": {"name": "docs"}}')])(
    '%j is no record',
    (value) => {
      expect(() => parseRepoRecord(value)).toThrow(AppError)
    },
  )

  test('fields it does not know are dropped', () => {
    expect(parseRepoRecord({ ...full, color: 'red', ...JSON.parse('{"__proto__": {"polluted": true}}') })).toEqual(full)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
