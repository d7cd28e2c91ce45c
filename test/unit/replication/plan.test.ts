// What a push would do, from any two states of a repository.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FileRole, type Manifest, type ManifestFile, roleOf } from '../../../src/model/generation.ts'
import { type LocalState, planGeneration, requestsOf, requireForward } from '../../../src/replication/plan.ts'
import { sha256Of } from '../../support/contents.ts'

const MEANT = { acceptLoss: false }
const PATHS = ['README', 'config', 'nonce', 'index.9', ...Array.from({ length: 10 }, (_, number) => `data/0/${number}`)]

const states: fc.Arbitrary<LocalState> = fc
  .record({
    transactionId: fc.nat(9),
    contents: fc.dictionary(fc.constantFrom(...PATHS), fc.constantFrom('a', 'b', 'cc', 'dddd')),
  })
  .map(({ transactionId, contents }) => ({ transactionId, nonce: undefined, files: filesOf(contents) }))

function filesOf(contents: Readonly<Record<string, string>>): ManifestFile[] {
  return Object.entries(contents)
    .map(([path, text]) => ({ path, size: text.length, sha256: sha256Of(text), role: roleOf(path) as FileRole }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

function manifestOf({ transactionId, nonce, files }: LocalState): Manifest {
  return {
    format: 1,
    repoId: 'ab'.repeat(32),
    seq: 7,
    ulid: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    createdAt: '2026-11-20T02:30:04.000Z',
    writer: { installId: 'anna', host: 'anna', epoch: 1 },
    tool: 'borgboi/2.0.0',
    borg: { transactionId, segmentsPerDir: 1000, ...(nonce === undefined ? {} : { nonce }) },
    totals: { files: files.length, bytes: files.reduce((bytes, { size }) => bytes + size, 0) },
    added: [],
    removed: [],
    files,
  }
}

describe('a plan', () => {
  test('sends each content once, and with the parent has every content of the state', () => {
    fc.assert(
      fc.property(states, states, (before, now) => {
        const parent = manifestOf(before)

        const { blobs } = planGeneration(parent, now, MEANT)

        const sent = blobs.map(({ sha256 }) => sha256)
        const stored = before.files.map(({ sha256 }) => sha256)
        expect(new Set(sent).size).toBe(sent.length)
        expect(sent.filter((sha256) => stored.includes(sha256))).toEqual([])
        expect(now.files.filter(({ sha256 }) => !sent.includes(sha256) && !stored.includes(sha256))).toEqual([])
      }),
    )
  })

  test('makes the state from the parent by what it adds and removes', () => {
    fc.assert(
      fc.property(states, states, (before, now) => {
        const plan = planGeneration(manifestOf(before), now, MEANT)

        const made = new Map(before.files.map((file) => [file.path, file.sha256]))
        for (const path of plan.removed) made.delete(path)
        for (const { path, sha256 } of now.files) if (plan.added.includes(path)) made.set(path, sha256)
        expect(Object.fromEntries(made)).toEqual(Object.fromEntries(now.files.map((file) => [file.path, file.sha256])))
        expect(plan.totals).toEqual(manifestOf(now).totals)
      }),
    )
  })

  test('is not due for the same state, in one request', () => {
    fc.assert(
      fc.property(states, (state) => {
        const plan = planGeneration(manifestOf(state), state, MEANT)

        expect({ ...plan, requests: requestsOf(plan) }).toMatchObject({ due: false, blobs: [], added: [], requests: 1 })
        expect(plan.suspicious).toBeUndefined()
      }),
    )
  })

  test('is due for another transaction, segment or key, not for a counter or an index alone', () => {
    const state = { transactionId: 1, nonce: '00', files: filesOf({ 'data/0/0': 'a', config: 'b', nonce: 'a' }) }
    const parent = manifestOf(state)
    const dueWith = (change: Partial<LocalState>) => planGeneration(parent, { ...state, ...change }, MEANT).due

    expect(dueWith({ transactionId: 2 })).toBe(true)
    expect(dueWith({ files: filesOf({ 'data/0/0': 'dddd', config: 'b', nonce: 'a' }) })).toBe(true)
    expect(dueWith({ files: filesOf({ config: 'b', nonce: 'a' }) })).toBe(true)
    expect(dueWith({ files: filesOf({ 'data/0/0': 'a', config: 'cc', nonce: 'a' }) })).toBe(true)
    expect(dueWith({ files: filesOf({ 'data/0/0': 'a', config: 'b', nonce: 'b', 'index.1': 'a' }) })).toBe(false)
  })

  const sized = (bytes: number, transactionId = 2): LocalState => {
    const file = { path: `data/0/${transactionId}`, size: bytes, sha256: 'ab'.repeat(32), role: 'segment' } as const
    return { transactionId, nonce: undefined, files: [file] }
  }

  test('is suspicious when more than half of the segments in bytes are gone, unless that is meant', () => {
    const before = manifestOf(sized(100e6, 1))

    expect(planGeneration(before, sized(50e6), MEANT).suspicious).toBeUndefined()
    expect(planGeneration(before, sized(49e6), MEANT).suspicious).toBe(
      'its segments fell from 100 MB to 49.0 MB since generation 7',
    )
    expect(planGeneration(before, sized(49e6), { acceptLoss: true }).suspicious).toBeUndefined()
  })

  test('is not suspicious for what comes and goes in a small repository', () => {
    const plan = planGeneration(manifestOf(sized(1_100_000, 1)), sized(200_000), MEANT)

    expect(plan.suspicious).toBeUndefined()
  })

  test('stays suspicious until a person says that the loss is meant, which makes a generation by itself', () => {
    const lost = { ...manifestOf(sized(49e6, 1)), suspicious: 'half is gone' }

    const next = planGeneration(lost, sized(60e6), MEANT)
    const same = planGeneration(lost, sized(49e6, 1), MEANT)
    const meant = planGeneration(lost, sized(49e6, 1), { acceptLoss: true })

    expect([next, same, meant].map(({ due, suspicious }) => [due, suspicious])).toEqual([
      [true, 'half is gone'],
      [false, 'half is gone'],
      [true, undefined],
    ])
  })
})

describe('a state', () => {
  test.each([
    [4, '0000000000000100', /transaction is 4/],
    [5, '00000000000000ff', /counter is 00000000000000ff/],
  ])('of transaction %d and counter %s is older than its parent', (transactionId, nonce, reason) => {
    const parent = manifestOf({ transactionId: 5, nonce: '0000000000000100', files: [] })

    expect(() => requireForward(parent, { transactionId, nonce })).toThrow(
      expect.objectContaining({ code: 'chain-backwards', reason: expect.stringMatching(reason) }),
    )
    requireForward(parent, { transactionId: 5, nonce: '0000000000000100' })
    requireForward(parent, { transactionId: 6, nonce: undefined })
  })
})
