import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ArchiveFigures,
  type Change,
  changeBetween,
  isLarge,
  isOutOfOrdinary,
  renamedIn,
  type Upheaval,
  upheavalHint,
  upheavalInWords,
  worstOf,
} from '../../../src/model/upheaval.ts'

const GB = 1e9
const HALF = 0.5
const BEFORE = { archive: 'docs-1', files: 5020, originalBytes: 50 * GB, deduplicatedBytes: 1e6 }

const archive = (changes: Partial<ArchiveFigures> = {}): ArchiveFigures => ({
  ...BEFORE,
  archive: 'docs-2',
  ...changes,
})
const QUIET = Array.from({ length: 10 }, (_, place) => archive({ archive: `docs-0${place}` }))

function alarms(
  made: Partial<ArchiveFigures>,
  {
    since = BEFORE,
    earlier = QUIET,
    maxShare = HALF,
  }: { since?: Upheaval['since']; earlier?: readonly ArchiveFigures[]; maxShare?: number } = {},
): boolean {
  return isOutOfOrdinary(changeBetween(since, archive(made)), since, maxShare, earlier)
}

describe('a new archive of a repo that hardly changes', () => {
  test.each<[string, Partial<ArchiveFigures>]>([
    ['the same', {}],
    ['a few files fewer', { files: 4000, originalBytes: 45 * GB }],
    ['exactly half gone', { files: 2510, originalBytes: 25 * GB }],
    ['as much again imported', { files: 5030, originalBytes: 100 * GB, deduplicatedBytes: 50 * GB }],
    ['a third rewritten', { deduplicatedBytes: 17 * GB }],
    ['all moved elsewhere', { deduplicatedBytes: 2e6 }],
  ])('is ordinary: %s', (_, made) => {
    expect(alarms(made)).toBe(false)
  })

  test.each<[string, Partial<ArchiveFigures>]>([
    ['most files gone', { files: 208, originalBytes: 40 * GB }],
    ['a few large files gone', { files: 5000, originalBytes: 10 * GB }],
    ['all files emptied', { originalBytes: 0 }],
    ['all gone', { files: 0, originalBytes: 0 }],
    ['all rewritten in place', { deduplicatedBytes: 50 * GB }],
    ['half gone and as much other data come', { files: 2600, originalBytes: 50 * GB, deduplicatedBytes: 26 * GB }],
    ['rewritten beside what has come', { originalBytes: 80 * GB, deduplicatedBytes: 70 * GB }],
  ])('is an upheaval: %s', (_, made) => {
    expect(alarms(made)).toBe(true)
  })
})

describe('what comes and goes in any folder', () => {
  const few = { archive: 'few', files: 5, originalBytes: 20e6 }
  const notes = { archive: 'notes', files: 300, originalBytes: 5e6 }

  test('is no upheaval where there are few files', () => {
    expect(alarms({ files: 1, originalBytes: 2e6 }, { since: few })).toBe(false)
    expect(alarms({ files: 5, originalBytes: 20e6, deduplicatedBytes: 20e6 }, { since: few })).toBe(false)
  })

  test('is no upheaval where the files are small', () => {
    expect(alarms({ files: 290, originalBytes: 1e6 }, { since: notes })).toBe(false)
    expect(alarms({ files: 300, originalBytes: 5e6, deduplicatedBytes: 5e6 }, { since: notes })).toBe(false)
  })

  test('is not that there is nothing left, of however few files', () => {
    expect(alarms({ files: 0, originalBytes: 0 }, { since: few })).toBe(true)
    expect(alarms({ files: 0, originalBytes: 0 }, { since: { archive: 'one', files: 1, originalBytes: 3 } })).toBe(true)
  })

  test('is not the loss of gigabytes among few files', () => {
    expect(alarms({ files: 4, originalBytes: GB }, { since: { ...few, originalBytes: 9 * GB } })).toBe(true)
  })
})

describe('what is usual', () => {
  const rewritten = (shares: readonly number[]) =>
    [0, ...shares].map((share) => archive({ deduplicatedBytes: share * BEFORE.originalBytes }))
  const all = { deduplicatedBytes: BEFORE.originalBytes }

  test('is what happened twice: a dump that is written anew every week', () => {
    expect(alarms(all, { earlier: rewritten([0, 0, 0, 0, 0, 0, 0]) })).toBe(true)
    expect(alarms(all, { earlier: rewritten([0, 0, 1, 0, 0, 0, 0]) })).toBe(true)
    expect(alarms(all, { earlier: rewritten([0, 1, 0, 0, 0, 1, 0]) })).toBe(false)
  })

  test('is not what happened to fewer than one archive in fifty', () => {
    const year = Array.from({ length: 365 }, () => 0)

    expect(alarms(all, { earlier: rewritten(year.fill(1, 0, 7)) })).toBe(true)
    expect(alarms(all, { earlier: rewritten(year.fill(1, 0, 8)) })).toBe(false)
  })

  test('is exceeded only by clearly more', () => {
    const usual = rewritten([0.6, 0.6, 0.6, 0.6])

    expect(alarms({ deduplicatedBytes: 34 * GB }, { earlier: usual })).toBe(false)
    expect(alarms({ deduplicatedBytes: 36 * GB }, { earlier: usual })).toBe(true)
  })

  test('of one kind says nothing of another', () => {
    expect(alarms({ files: 100, originalBytes: 9 * GB }, { earlier: rewritten([1, 1, 1]) })).toBe(true)
  })

  test('is not known before there were three archives', () => {
    expect(alarms({ files: 0, originalBytes: 0 }, { earlier: QUIET.slice(0, 2) })).toBe(false)
    expect(alarms({ files: 0, originalBytes: 0 }, { earlier: QUIET.slice(0, 3) })).toBe(true)
  })
})

describe('for any figures', () => {
  const figures = fc.record({
    archive: fc.constant('any'),
    files: fc.nat(1e6),
    originalBytes: fc.nat(1e12),
    deduplicatedBytes: fc.option(fc.nat(1e12), { nil: undefined }),
  })
  const histories = fc.array(figures, { maxLength: 12 })
  const shares = fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100)

  test('switched off means never', () => {
    fc.assert(
      fc.property(figures, figures, histories, (since, made, earlier) => {
        const change = changeBetween(since, made)
        expect(isLarge(change, since, 0) || isOutOfOrdinary(change, since, 0, earlier)).toBe(false)
      }),
    )
  })

  test('nothing is out of the ordinary before there were three archives', () => {
    fc.assert(
      fc.property(figures, figures, fc.array(figures, { maxLength: 2 }), shares, (since, made, earlier, maxShare) => {
        expect(isOutOfOrdinary(changeBetween(since, made), since, maxShare, earlier)).toBe(false)
      }),
    )
  })

  test('a larger loss is never more ordinary', () => {
    const less = fc.record({ files: fc.nat(1e6), bytes: fc.nat(1e12), rewritten: fc.nat(1e12) })
    fc.assert(
      fc.property(figures, figures, less, histories, shares, (since, made, more, earlier, maxShare) => {
        const change = changeBetween(since, made)
        const larger: Change = {
          goneFiles: change.goneFiles + more.files,
          goneBytes: change.goneBytes + more.bytes,
          rewrittenBytes: change.rewrittenBytes + more.rewritten,
        }
        if (!isOutOfOrdinary(change, since, maxShare, earlier)) return
        expect(isOutOfOrdinary(larger, since, maxShare, earlier)).toBe(true)
        expect(worstOf(change, larger)).toEqual(larger)
      }),
    )
  })

  test('what is out of the ordinary is large, so that the history is read whenever it matters', () => {
    fc.assert(
      fc.property(figures, figures, histories, shares, (since, made, earlier, maxShare) => {
        const change = changeBetween(since, made)
        if (isOutOfOrdinary(change, since, maxShare, earlier)) expect(isLarge(change, since, maxShare)).toBe(true)
      }),
    )
  })

  test('only growth, of whatever size, is ordinary', () => {
    fc.assert(
      fc.property(figures, fc.nat(1e6), fc.nat(1e12), histories, shares, (since, files, bytes, earlier, maxShare) => {
        const grown = archive({
          files: since.files + files,
          originalBytes: since.originalBytes + bytes,
          deduplicatedBytes: bytes,
        })
        expect(isOutOfOrdinary(changeBetween(since, grown), since, maxShare, earlier)).toBe(false)
      }),
    )
  })
})

describe('an upheaval in words', () => {
  const upheaval: Upheaval = {
    archive: 'docs-2',
    at: '2026-11-20T02:30:04.000Z',
    since: { archive: 'docs-1', files: 5020, originalBytes: 50 * GB },
    goneFiles: 4812,
    goneBytes: 0,
    rewrittenBytes: 0,
  }

  test('is what is worst of it', () => {
    expect(upheavalInWords(upheaval)).toBe('4,812 of 5,020 files are gone since docs-1')
    expect(upheavalInWords({ ...upheaval, goneBytes: 50 * GB })).toBe('4,812 of 5,020 files are gone since docs-1')
    expect(upheavalInWords({ ...upheaval, goneFiles: 3, goneBytes: 40 * GB })).toBe(
      '40.0 GB of 50.0 GB are gone since docs-1',
    )
    expect(upheavalInWords({ ...upheaval, goneFiles: 0, rewrittenBytes: 48 * GB })).toBe(
      '48.0 GB of 50.0 GB were rewritten since docs-1',
    )
  })

  test('comes with the commands that show and accept it', () => {
    expect(upheavalHint('docs', upheaval, 's3 sync')).toBe(
      'look: borgboi backup diff --name docs docs-1 docs-2; if it is meant: borgboi s3 sync --name docs --accept-change; if not: borgboi help changes',
    )
  })

  test('follows archives that are renamed', () => {
    expect(renamedIn(upheaval, 'docs-1', 'good')).toEqual({
      ...upheaval,
      since: { ...upheaval.since, archive: 'good' },
    })
    expect(renamedIn(upheaval, 'docs-2', 'bad')).toEqual({ ...upheaval, archive: 'bad' })
    expect(renamedIn(upheaval, 'docs-3', 'other')).toEqual(upheaval)
  })
})
