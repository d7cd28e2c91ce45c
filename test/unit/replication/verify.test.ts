import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { erase } from '../../../src/replication/erase.ts'
import { repair } from '../../../src/replication/repair.ts'
import type { VerifyInput } from '../../../src/replication/replication.ts'
import { stats } from '../../../src/replication/stats.ts'
import { listVerifications } from '../../../src/replication/verifications.ts'
import { verify } from '../../../src/replication/verify.ts'
import { MadeChain, REPO_ID } from '../../support/made-chain.ts'
import { tempDir } from '../../support/temp-dir.ts'

let made: MadeChain

beforeEach(async () => {
  made = await MadeChain.create()
  await made.add({ 'data/0/1': 'shared', 'data/0/2': 'old', config: 'config' })
  await made.add({ 'data/0/1': 'shared', 'data/0/3': 'new', config: 'config' })
})

const verifyAt = (level: VerifyInput['level'], rest: Partial<VerifyInput> = {}) =>
  verify(made.context, made.vault, { borgId: REPO_ID, level, ...rest }, {})

/** Generation, level and sample of what is recorded. */
async function recorded(): Promise<string[]> {
  const found = await listVerifications(made.chain)
  return found.map(({ seq, level, sample }) => `${seq}:V${level}${sample ? `:${sample.part}/${sample.of}` : ''}`)
}

describe('verification', () => {
  test.each([1, 2, 3] as const)(
    'at level %i finds a sound vault sound, and records it for every generation',
    async (level) => {
      const result = await verifyAt(level)

      expect(result).toMatchObject({ level, generations: [1, 2], objects: 4, damaged: [] })
      expect(await recorded()).toEqual([`1:V${level}`, `2:V${level}`])
    },
  )

  test('finds a missing object from the listing alone, and names the paths and generations that need it', async () => {
    await made.vault.delete([made.blobKey('shared')])

    const { damaged } = await verifyAt(1)

    expect(damaged).toEqual([
      { key: made.blobKey('shared'), problem: 'missing', paths: ['data/0/1'], generations: [1, 2] },
    ])
    expect(await recorded()).toEqual([])
  })

  test('records the generations that damage does not touch', async () => {
    await made.vault.delete([made.blobKey('old')])

    const { damaged } = await verifyAt(1)

    expect(damaged).toMatchObject([{ problem: 'missing', generations: [1] }])
    expect(await recorded()).toEqual(['2:V1'])
  })

  test('sees changed bytes at level 3 only: before that it believes the vault', async () => {
    made.vault.corrupt(made.blobKey('new'))

    const levels = await Promise.all([verifyAt(1), verifyAt(2)])
    const deep = await verifyAt(3)

    expect(levels.flatMap(({ damaged }) => damaged)).toEqual([])
    expect(deep.damaged).toMatchObject([{ key: made.blobKey('new'), problem: 'checksum', generations: [2] }])
  })

  test('sees a wrong size, and a checksum of the vault that is another one', async () => {
    const [sized, summed] = [made.blobKey('new'), made.blobKey('old')]
    const object = made.vault.objects.get(summed)
    made.vault.objects.set(sized, {
      ...made.vault.objects.get(sized),
      bytes: Buffer.from('longer'),
    } as typeof object & {})
    made.vault.objects.set(summed, { ...object, sha256: '0'.repeat(64) } as typeof object & {})

    const { damaged } = await verifyAt(2)

    expect(damaged.map(({ key, problem }) => [key, problem])).toEqual([
      [sized, 'size'],
      [summed, 'checksum'],
    ])
  })

  test('reports a manifest that cannot be read, and goes on with the others', async () => {
    const [first] = await made.chain.listManifests()
    made.vault.corrupt(first?.key ?? '')

    const result = await verifyAt(1)

    expect(result.damaged).toMatchObject([{ key: first?.key, problem: 'unreadable', generations: [1] }])
    expect(result.generations).toEqual([2])
    expect(await recorded()).toEqual(['2:V1'])
  })

  test('counts what no generation needs', async () => {
    await made.add({ 'data/0/9': 'nobody' }, { headless: true })
    const manifests = await made.chain.listManifests()
    await made.vault.delete([manifests.at(-1)?.key ?? ''])

    const { unreferenced, damaged } = await verifyAt(1)

    expect({ unreferenced, damaged }).toEqual({ unreferenced: { objects: 1, bytes: 6 }, damaged: [] })
  })

  test('of one generation looks at nothing of the others', async () => {
    await made.vault.delete([made.blobKey('old')])

    const result = await verifyAt(3, { generation: 2 })

    expect(result).toMatchObject({ generations: [2], damaged: [], unreferenced: { objects: 0 } })
    expect(await recorded()).toEqual(['2:V3'])
  })

  test('in parts reads every object once, and counts for the whole when the last part is done', async () => {
    const reads = () => made.vault.calls.filter(({ name, key }) => name === 'get' && key.includes('/objects/'))

    for (const part of [1, 2, 3]) await verifyAt(3, { sample: { part, of: 3 }, generation: 2 })

    const keys = reads().map(({ key }) => key)
    expect([keys.length, new Set(keys).size]).toEqual([3, 3])
    expect(await recorded()).toEqual(['2:V3:1/3', '2:V3:2/3', '2:V3:3/3', '2:V3'])
  })

  test.each([
    ['verify', () => verifyAt(1)],
    ['stats', () => stats(made.context, made.vault, REPO_ID)],
    ['erase', () => erase(made.context, made.vault, REPO_ID, {})],
  ])('%s leaves a vault alone whose head is of a newer borgboi', async (_name, act) => {
    await made.chain.putJson(made.chain.keys.head, { format: 2 }, 'any')
    const before = [...made.vault.objects.keys()]

    await expect(act()).rejects.toMatchObject({ code: 'vault-newer' })

    expect([...made.vault.objects.keys()]).toEqual(before)
  })

  test('of a generation that is not there says so', async () => {
    await expect(verifyAt(1, { generation: 7 })).rejects.toMatchObject({ code: 'generation-unknown' })
  })
})

describe('repair', () => {
  test('uploads what is damaged from local files of exactly that content, and says what is lost', async () => {
    const directory = await tempDir()
    await writeFile(join(directory, 'config'), 'config')
    made.vault.corrupt(made.blobKey('config'))
    await made.vault.delete([made.blobKey('old')])
    const { damaged } = await verifyAt(3)

    const result = await repair(made.context, made.vault, { directory, borgId: REPO_ID, name: 'docs' }, damaged, {})

    expect(result.repaired).toEqual([made.blobKey('config')])
    expect(result.lost).toMatchObject([{ key: made.blobKey('old') }])
    expect((await verifyAt(3)).damaged).toMatchObject([{ key: made.blobKey('old'), problem: 'missing' }])
  })

  test('never uploads a local file whose content is another one', async () => {
    const directory = await tempDir()
    await writeFile(join(directory, 'config'), 'changed')
    await made.vault.delete([made.blobKey('config')])
    const { damaged } = await verifyAt(1)

    const result = await repair(made.context, made.vault, { directory, borgId: REPO_ID, name: 'docs' }, damaged, {})

    expect(result).toMatchObject({ repaired: [], lost: [{ paths: ['config'] }] })
    expect(made.has('config')).toBe(false)
  })
})
