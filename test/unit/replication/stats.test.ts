import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { erase } from '../../../src/replication/erase.ts'
import { stats } from '../../../src/replication/stats.ts'
import { MadeChain, REPO_ID } from '../../support/made-chain.ts'

let made: MadeChain

beforeEach(async () => {
  made = await MadeChain.create()
  await made.add({ 'data/0/1': 'shared', 'data/0/2': 'old' })
  made.pass(24)
  await made.add({ 'data/0/1': 'shared', 'data/0/3': 'newer' })
})

const statsNow = () => stats(made.context, made.vault, REPO_ID)
const manifestReads = () => made.vault.calls.filter(({ name, key }) => name === 'get' && key.includes('/generations/'))

describe('the figures of a repository in a vault', () => {
  test('count objects and bytes by storage class, and what each generation added', async () => {
    const key = made.blobKey('shared')
    const shared = made.vault.objects.get(key)
    if (shared) made.vault.objects.set(key, { ...shared, storageClass: 'GLACIER' })

    const result = await statsNow()

    expect(result).toMatchObject({ name: 'docs', generations: 2, objects: 7 })
    expect(result.byStorageClass['GLACIER']).toEqual({ objects: 1, bytes: 6 })
    expect(result.growth).toEqual([
      { seq: 2, at: '2026-11-21T02:30:04.000Z', bytes: 5 },
      { seq: 1, at: '2026-11-20T02:30:04.000Z', bytes: 9 },
    ])
    expect(result.bytes).toBe(Object.values(result.byStorageClass).reduce((sum, { bytes }) => sum + bytes, 0))
  })

  test('read no manifest a second time', async () => {
    const first = await statsNow()
    const reads = manifestReads().length

    const second = await statsNow()

    expect(second).toEqual(first)
    expect(manifestReads()).toHaveLength(reads)
  })

  test('are counted anew where what was remembered is damaged', async () => {
    const first = await statsNow()
    await writeFile(join(made.context.stateDirectory, 's3_stats_cache.json'), '{"format":1,"added":')

    const second = await statsNow()

    expect(second).toEqual(first)
  })

  test('give all bytes to the oldest generation that is left', async () => {
    const [first] = await made.chain.listManifests()
    await made.vault.delete([first?.key ?? ''])

    const { growth } = await statsNow()

    expect(growth).toMatchObject([{ seq: 2, bytes: 11 }])
  })
})

describe('erasing a repository from a vault', () => {
  test('leaves nothing of it, and everything of the others', async () => {
    await made.chain.putJson('other/head.json', {}, 'absent')

    const refused = await erase(made.context, made.vault, REPO_ID, {})

    expect(refused).toEqual([])
    expect([...made.vault.objects.keys()]).toEqual(['other/head.json'])
  })

  test('takes the head away first and the format last', async () => {
    made.vault.calls.length = 0

    await erase(made.context, made.vault, REPO_ID, {})

    const deleted = made.vault.calls.filter(({ name }) => name === 'delete').map(({ key }) => key)
    expect([deleted.at(0), deleted.at(-1)]).toEqual([made.chain.keys.head, made.chain.keys.format])
  })

  test('goes on where it was cut off', async () => {
    made.vault.failAt(made.vault.calls.length + 4, 'before')
    await erase(made.context, made.vault, REPO_ID, {}).catch(() => {})
    made.vault.before = () => {}

    await erase(made.context, made.vault, REPO_ID, {})

    expect(made.vault.objects.size).toBe(0)
  })
})
