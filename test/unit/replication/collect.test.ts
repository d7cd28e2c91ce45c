import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { parseRetentionText } from '../../../src/model/retention.ts'
import { collect } from '../../../src/replication/collect.ts'
import type { CollectInput } from '../../../src/replication/replication.ts'
import { recordVerification } from '../../../src/replication/verifications.ts'
import { verify } from '../../../src/replication/verify.ts'
import { MadeChain, REPO_ID } from '../../support/made-chain.ts'

const HOUR_MS = 3_600_000
const LAST_TWO: CollectInput = {
  borgId: REPO_ID,
  policy: parseRetentionText('last=2'),
  graceMs: 72 * HOUR_MS,
  dryRun: false,
}

let made: MadeChain

beforeEach(async () => {
  made = await MadeChain.create()
})

const collectNow = (changes: Partial<CollectInput> = {}) =>
  collect(made.context, made.vault, { ...LAST_TWO, ...changes }, {})

/** Four generations a day apart; each has a segment of its own beside one that all share. */
async function fourGenerations(): Promise<void> {
  for (const text of ['one', 'two', 'three', 'four']) {
    await made.add({ 'data/0/1': 'shared', 'data/0/2': text, config: 'config' })
    made.pass(24)
  }
}

/** Collections a day apart until everything that may go is gone. */
async function collectForDays(days: number, changes: Partial<CollectInput> = {}) {
  const results = []
  for (let day = 0; day < days; day++) {
    results.push(await collectNow(changes))
    made.pass(25)
  }
  return results
}

async function isComplete(): Promise<boolean> {
  const { damaged } = await verify(made.context, made.vault, { borgId: REPO_ID, level: 3 }, {})
  return damaged.length === 0
}

describe('collection of garbage', () => {
  test('marks what the policy gives up, and deletes nothing of it before the grace is over', async () => {
    await fourGenerations()

    const first = await collectNow()
    made.pass(71)
    const early = await collectNow()

    expect(first).toMatchObject({ expired: [2, 1], kept: [4, 3], deletedGenerations: [], deletedObjects: 0 })
    expect(early).toMatchObject({ expired: [], deletedGenerations: [] })
    expect(['one', 'two'].every((text) => made.has(text))).toBe(true)
  })

  test('deletes manifests after the grace, and their blobs when two collections a day apart found them unneeded', async () => {
    await fourGenerations()

    const results = await collectForDays(6)

    const deletions = results.map(({ deletedGenerations }) => deletedGenerations)
    expect(deletions).toEqual([[], [], [], [1, 2], [], []])
    expect([made.has('one'), made.has('two')]).toEqual([false, false])
    expect(['three', 'four', 'shared', 'config'].every((text) => made.has(text))).toBe(true)
    expect(await isComplete()).toBe(true)
  })

  test('says what it would do in a dry run and changes nothing', async () => {
    await fourGenerations()
    const before = [...made.vault.objects.keys()]

    const result = await collectNow({ dryRun: true })

    expect(result).toMatchObject({ expired: [2, 1], deletedGenerations: [] })
    expect([...made.vault.objects.keys()]).toEqual(before)
  })

  test('never expires the two newest generations, nor the two newest verified ones', async () => {
    await fourGenerations()
    await recordVerification(made.context, made.chain, { seq: 1, level: 3 })

    const result = await collectNow({ policy: parseRetentionText('last=1') })

    expect(result).toMatchObject({ expired: [2], kept: [4, 3, 1] })
  })

  test('keeps what the policy keeps also when the generations after it are gone', async () => {
    for (let day = 1; day <= 12; day++) {
      await made.add({ 'data/0/1': `day ${day}` })
      made.pass(24)
    }

    const results = await collectForDays(12, { policy: parseRetentionText('last=2,weekly=4') })

    expect(results[0]?.kept).toEqual([12, 11, 10, 3, 1])
    expect(results.slice(1).flatMap(({ expired }) => expired)).toEqual([])
    expect(results.at(-1)?.kept).toEqual([12, 11, 10, 3, 1])
    expect(await isComplete()).toBe(true)
  })

  test('expires nothing while the newest generation looks like a loss', async () => {
    await fourGenerations()
    await made.add({ config: 'config' }, { suspicious: 'no segments are left' })

    const result = await collectNow()

    expect(result.expired).toEqual([])
    expect(result.held.join()).toContain('generation 5 looks like a loss')
  })

  test('keeps a suspicious generation that others followed', async () => {
    for (const text of ['one', 'two', 'three', 'four']) {
      await made.add({ config: text }, text === 'two' ? { suspicious: 'half is gone' } : {})
      made.pass(24)
    }

    const result = await collectNow()

    expect(result).toMatchObject({ expired: [1], kept: [4, 3, 2] })
  })

  test('deletes nothing when a manifest cannot be read', async () => {
    await fourGenerations()
    const [first] = await made.chain.listManifests()
    made.vault.corrupt(first?.key ?? '')
    const before = made.vault.objects.size

    const [result] = await collectForDays(6)

    expect(result?.held.join()).toContain('the manifest of generation 1 cannot be read')
    expect(made.vault.objects.size).toBe(before)
  })

  test('deletes nothing when the head is lost, or garbage', async () => {
    await fourGenerations()
    made.vault.corrupt(made.chain.keys.head)

    const [result] = await collectForDays(6)

    expect(result?.held).toEqual([expect.stringContaining('the head is missing or cannot be read')])
    expect(made.has('one')).toBe(true)
  })

  test('deletes nothing where two chains go on beside each other', async () => {
    await fourGenerations()
    const [, second] = await made.chain.listManifests()
    const parent = await made.chain.readManifest(second?.key ?? '')
    const rival = await made.add({ config: 'rival' }, { parent, writer: 'bea', headless: true })
    await made.add({ config: 'next' }, { parent: rival, writer: 'bea', headless: true })

    const [result] = await collectForDays(6)

    expect(result?.held.join()).toContain('continues another chain')
    expect(made.has('rival')).toBe(true)
  })

  test('collects what a push that was cut off left, and its blobs, when a later push went through', async () => {
    await made.add({ 'data/0/1': 'kept' })
    await made.add({ 'data/0/1': 'kept', 'data/0/2': 'cut off' }, { headless: true })
    await made.add({ 'data/0/1': 'kept', 'data/0/3': 'later' })

    await collectForDays(7)

    expect([made.has('kept'), made.has('cut off'), made.has('later')]).toEqual([true, false, true])
    expect(await made.chain.listManifests()).toHaveLength(2)
  })

  test('leaves a generation alone that is newer than the head: its push may be under way', async () => {
    await made.add({ 'data/0/1': 'kept' })
    await made.add({ 'data/0/1': 'kept', 'data/0/2': 'under way' }, { headless: true })

    await collectForDays(7)

    expect(made.has('under way')).toBe(true)
  })

  test('leaves young blobs alone, however often it runs', async () => {
    await made.add({ 'data/0/1': 'kept' })
    await collectForDays(2)
    const orphan = await made.add({ 'data/0/2': 'young' }, { headless: true })
    await made.vault.delete([made.chain.keys.manifest(orphan.ref.seq, orphan.ref.ulid)])

    await collectNow()
    made.pass(25)
    await collectNow()

    expect(made.has('young')).toBe(true)
  })

  test('does not touch a blob that was unneeded, and is needed again', async () => {
    await made.add({ 'data/0/1': 'a', 'data/0/2': 'comes back' })
    await made.add({ 'data/0/1': 'a' })
    await made.add({ 'data/0/1': 'b' })
    await collectForDays(4)
    await made.add({ 'data/0/1': 'b', 'data/0/2': 'comes back' })

    await collectForDays(4)

    expect(made.has('comes back')).toBe(true)
    expect(await isComplete()).toBe(true)
  })

  test('goes on from wherever it was cut off, and never deletes what is needed', async () => {
    await fourGenerations()
    for (let fault = 0; fault < 40; fault++) {
      made.vault.failAt(made.vault.calls.length + fault, fault % 2 === 0 ? 'before' : 'after')
      await collectNow().catch((error: unknown) => expect(error).toBeInstanceOf(AppError))
      made.vault.before = () => {}
      made.vault.after = () => {}
      expect(await isComplete()).toBe(true)
      made.pass(7)
    }

    await collectForDays(6)

    expect([made.has('one'), made.has('two'), made.has('three'), made.has('four')]).toEqual([false, false, true, true])
    expect(await isComplete()).toBe(true)
  })

  test('says which objects the vault refused to delete, and why', async () => {
    await fourGenerations()
    const refuse = made.vault.delete.bind(made.vault)
    made.vault.delete = async (keys) => {
      const locked = keys.filter((key) => key.includes('/objects/'))
      await refuse(keys.filter((key) => !locked.includes(key)))
      return locked.map((key) => ({ key, reason: 'it is locked until 2027-01-01' }))
    }

    const results = await collectForDays(6)

    const held = results.flatMap((result) => result.held)
    expect(held).toEqual(['2 objects could not be deleted: it is locked until 2027-01-01'])
    expect(made.has('one')).toBe(true)
  })

  test('leaves no trace of its own when there is nothing to collect', async () => {
    await made.add({ 'data/0/1': 'kept' })
    const before = [...made.vault.objects.keys()]

    await collectForDays(3)

    expect([...made.vault.objects.keys()]).toEqual(before)
  })
})
