// Which manifests are the chain, and which generation a choice means.

import { describe, expect, test } from 'vitest'
import { keysOf } from '../../../src/model/generation.ts'
import { Chain } from '../../../src/replication/chain.ts'
import { chooseGeneration } from '../../../src/replication/choose-generation.ts'
import { describeGeneration, readGenerations, readRepositories } from '../../../src/replication/read-chain.ts'
import { MemoryVault } from '../../fakes/memory-vault.ts'
import { contentOf } from '../../support/contents.ts'
import { moveHead, REPO_ID, sampleRepository, writeGeneration } from '../../support/generations.ts'

const keys = keysOf(REPO_ID)

/** A ULID of the given day of November 2026, ending in `tail`. */
function ulidOf(day: number, tail = '0'): string {
  const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  let value = Date.UTC(2026, 10, day)
  let text = ''
  for (let digit = 0; digit < 10; digit++, value = Math.floor(value / 32)) text = CROCKFORD.charAt(value % 32) + text
  return text + tail.padStart(16, '0')
}

async function chainOf(length: number) {
  const vault = new MemoryVault()
  const generations = []
  for (let seq = 1; seq <= length; seq++) {
    generations.push(await writeGeneration(vault, sampleRepository(seq), { ulid: ulidOf(seq) }))
  }
  vault.calls.length = 0
  return { vault, chain: new Chain(vault, REPO_ID), generations }
}

async function statesIn(vault: MemoryVault): Promise<string[]> {
  const { generations } = await readGenerations(vault, REPO_ID)
  return generations.map(({ seq, state }) => `${seq} ${state}`)
}

async function manifestsRead(vault: MemoryVault, act: () => Promise<unknown>): Promise<number> {
  vault.calls.length = 0
  await act()
  return vault.calls.filter(({ name, key }) => name === 'get' && key.startsWith(keys.generations)).length
}

describe('the report of a chain', () => {
  test('tells head and kept generations by their names alone', async () => {
    const { vault, generations } = await chainOf(3)

    const read = await manifestsRead(vault, () => readGenerations(vault, REPO_ID))
    const report = await readGenerations(vault, REPO_ID)

    expect(read).toBe(0)
    expect(report).toMatchObject({ repoId: REPO_ID, name: 'docs', epoch: 1, problems: [] })
    expect(report.generations.map(({ seq, state }) => `${seq} ${state}`)).toEqual(['3 head', '2 kept', '1 kept'])
    expect(report.generations.map(({ ulid }) => ulid)).toEqual(generations.map(({ ref }) => ref.ulid).toReversed())
    expect(report.generations[0]?.createdAt).toEqual(new Date('2026-11-03'))
  })

  test('is empty for a repository that was never pushed', async () => {
    const report = await readGenerations(new MemoryVault(), REPO_ID)

    expect(report).toEqual({ repoId: REPO_ID, name: 'abababababab', epoch: 0, generations: [], problems: [] })
  })

  test('shows a push that was cut off before the head moved as an orphan', async () => {
    const { vault } = await chainOf(2)
    await writeGeneration(vault, sampleRepository(3), { moveHead: false })

    expect(await statesIn(vault)).toEqual(['3 orphan', '2 head', '1 kept'])
  })

  test.each(['earlier', 'later'])('tells the orphan from the chain when the orphan is the %s one', async (when) => {
    const { vault } = await chainOf(2)
    const ulid = ulidOf(3, when === 'earlier' ? 'A' : 'Z')
    await writeGeneration(vault, sampleRepository(3), { moveHead: false, ulid })
    await writeGeneration(vault, sampleRepository(4), { ulid: ulidOf(3, 'K') })
    await writeGeneration(vault, sampleRepository(5), { ulid: ulidOf(4) })

    const { generations, problems } = await readGenerations(vault, REPO_ID)

    expect(generations.find((one) => one.ulid === ulid)?.state).toBe('orphan')
    expect(generations.filter(({ state }) => state === 'kept').map(({ seq }) => seq)).toEqual([3, 2, 1])
    expect(problems).toEqual([])
  })

  test('shows as a fork what others were built on', async () => {
    const { vault, generations } = await chainOf(4)
    const [, second] = generations
    const third = await writeGeneration(vault, sampleRepository(7), {
      ...(second && { parent: second.ref }),
      moveHead: false,
    })
    await writeGeneration(vault, sampleRepository(8), { parent: third.ref, moveHead: false })

    const report = await readGenerations(vault, REPO_ID)

    const states = report.generations.map(({ seq, ulid, state }) => `${seq} ${ulid === third.ref.ulid} ${state}`)
    expect(states).toContain('3 true fork')
    expect(states).toContain('3 false kept')
    expect(states).toContain('4 false head')
    expect(states).toContain('4 false orphan')
    expect(report.problems).toEqual([expect.stringContaining('a generation 3 that is not on the chain')])
  })

  test('shows what is above a head that was set back as somebody’s', async () => {
    const { vault, generations } = await chainOf(4)
    const [first] = generations
    if (first) await moveHead(vault, first)

    const report = await readGenerations(vault, REPO_ID)

    expect(report.generations.map(({ seq, state }) => `${seq} ${state}`)).toEqual([
      '4 fork',
      '3 fork',
      '2 fork',
      '1 head',
    ])
    expect(report.problems).toHaveLength(3)
    expect(report.problems[2]).toContain('the head was set back')
  })

  test.each(['missing', 'garbage'])('takes the newest for a head that is %s, and says so', async (kind) => {
    const { vault } = await chainOf(3)
    vault.objects.delete(keys.head)
    if (kind === 'garbage') await vault.put(keys.head, contentOf('{"format":1}'), 'any')

    const report = await readGenerations(vault, REPO_ID)

    expect(report.generations.map(({ seq, state }) => `${seq} ${state}`)).toEqual(['3 head', '2 kept', '1 kept'])
    expect(report).toMatchObject({ epoch: 1, problems: [expect.stringContaining('the head')] })
  })

  test('without a head takes none of two writers’ newest, and keeps what is older', async () => {
    const { vault } = await chainOf(2)
    await writeGeneration(vault, sampleRepository(3), { moveHead: false, installId: 'anna' })
    await writeGeneration(vault, sampleRepository(4), { moveHead: false, installId: 'boris' })
    vault.objects.delete(keys.head)

    const report = await readGenerations(vault, REPO_ID)

    expect(report.generations.map(({ seq, state }) => `${seq} ${state}`)).toEqual([
      '3 fork',
      '3 fork',
      '2 kept',
      '1 kept',
    ])
    expect(report.problems.join()).toContain('more than one generation 3')
  })

  test('says that the generation of the head is gone', async () => {
    const { vault, generations } = await chainOf(2)
    const ref = generations[1]?.ref
    vault.objects.delete(keys.manifest(2, ref?.ulid ?? ''))

    const report = await readGenerations(vault, REPO_ID)

    expect(report.problems).toEqual(['generation 2, which the head names, is not in the vault'])
  })

  test('knows what has expired and how deep each was verified', async () => {
    const { vault, generations } = await chainOf(3)
    const marker = { format: 1, kind: 'expired', seq: 1, ulid: generations[0]?.ref.ulid, at: '2026-11-04T00:00:00Z' }
    await vault.put(keys.collection(ulidOf(4)), contentOf(JSON.stringify(marker)), 'absent')
    for (const [level, day] of [
      [3, 5],
      [1, 6],
      [3, 7],
    ] as const) {
      await vault.put(keys.verification(2, level, ulidOf(day)), contentOf('{}'), 'absent')
    }
    await vault.put(keys.verification(2, 4, `1of4-${ulidOf(8)}`), contentOf('{}'), 'absent')

    const report = await readGenerations(vault, REPO_ID)

    expect(report.generations.map(({ state }) => state)).toEqual(['head', 'kept', 'expired'])
    expect(report.generations[1]?.verified).toEqual({ level: 3, at: new Date('2026-11-07') })
    expect(report.generations[0]?.verified).toBeUndefined()
  })

  test('names damaged markers and a damaged format.json, and still lists', async () => {
    const { vault } = await chainOf(1)
    await vault.put(keys.format, contentOf('oops'), 'any')
    await vault.put(keys.collection(ulidOf(4)), contentOf('oops'), 'absent')

    const report = await readGenerations(vault, REPO_ID)

    expect(report).toMatchObject({ name: 'abababababab', generations: [{ state: 'head' }] })
    expect(report.problems.toSorted()).toEqual([
      expect.stringContaining('format.json cannot be read'),
      expect.stringContaining('gc/'),
    ])
  })

  test('refuses what a newer borgboi wrote', async () => {
    const { vault } = await chainOf(1)
    await vault.put(keys.head, contentOf('{"format":2}'), 'any')

    await expect(readGenerations(vault, REPO_ID)).rejects.toMatchObject({ code: 'vault-newer' })
  })
})

describe('the repositories of a vault', () => {
  test('are told with their heads; other directories are passed over', async () => {
    const { vault } = await chainOf(2)
    const other = 'cd'.repeat(32)
    await vault.put(`${other}/objects/aa/x`, contentOf('an unfinished first push'), 'absent')
    await vault.put('photos/holiday.jpg', contentOf('not ours'), 'absent')

    expect(await readRepositories(vault)).toEqual([
      {
        borgId: REPO_ID,
        name: 'docs',
        createdAt: '2026-11-01T00:00:00.000Z',
        head: { seq: 2, epoch: 1, updatedAt: '2026-11-02T00:00:00.000Z' },
      },
      { borgId: other, name: 'cdcdcdcdcdcd' },
    ])
  })
})

describe('a choice', () => {
  test('by default is the head, by its hash', async () => {
    const { vault, chain, generations } = await chainOf(3)

    expect((await chooseGeneration(chain, {})).ref).toEqual(generations[2]?.ref)

    vault.corrupt(keys.manifest(3, generations[2]?.ref.ulid ?? ''))
    await expect(chooseGeneration(chain, {})).rejects.toMatchObject({ code: 'vault-damaged' })
  })

  test('by time is the newest that is not younger, and reads one manifest', async () => {
    const { vault, chain } = await chainOf(5)
    const seqAt = async (day: string) => (await chooseGeneration(chain, { asOf: new Date(day) })).ref.seq

    expect(await seqAt('2026-11-03')).toBe(3)
    expect(await seqAt('2026-11-03T23:59:59.999Z')).toBe(3)
    expect(await seqAt('2030-01-01')).toBe(5)
    expect(await manifestsRead(vault, () => seqAt('2026-11-02'))).toBe(1)
    await expect(seqAt('2026-10-31')).rejects.toMatchObject({
      code: 'generation-unknown',
      reason: expect.stringContaining('generation 1, is of 2026-11-01'),
    })
  })

  test('by time never is a push that was cut off', async () => {
    const { vault, chain } = await chainOf(2)
    await writeGeneration(vault, sampleRepository(3), { moveHead: false, ulid: ulidOf(3) })

    const { ref } = await chooseGeneration(chain, { asOf: new Date('2026-11-10') })

    expect(ref.seq).toBe(2)
  })

  test('by number is the one on the chain, or the only one', async () => {
    const { vault, chain, generations } = await chainOf(2)
    const orphan = await writeGeneration(vault, sampleRepository(3), { moveHead: false, ulid: ulidOf(3, 'Z') })
    expect((await chooseGeneration(chain, { generation: 3 })).ref).toEqual(orphan.ref)
    const third = await writeGeneration(vault, sampleRepository(4), { ulid: ulidOf(3, 'A') })
    await writeGeneration(vault, sampleRepository(5))

    expect((await chooseGeneration(chain, { generation: 3 })).ref).toEqual(third.ref)
    expect((await chooseGeneration(chain, { generation: 1 })).ref).toEqual(generations[0]?.ref)
    await expect(chooseGeneration(chain, { generation: 7 })).rejects.toMatchObject({ code: 'generation-unknown' })
  })

  test('by hash finds it whatever the head says, and nothing that was forged', async () => {
    const { vault, chain, generations } = await chainOf(3)
    const [first, , third] = generations
    if (first) await moveHead(vault, first)

    expect((await chooseGeneration(chain, { expect: `3:${third?.ref.sha256}` })).ref).toEqual(third?.ref)
    await expect(chooseGeneration(chain, { expect: `2:${third?.ref.sha256}` })).rejects.toMatchObject({
      code: 'vault-damaged',
      reason: expect.stringContaining('expected'),
    })
    await expect(chooseGeneration(chain, { expect: `4:${third?.ref.sha256}` })).rejects.toMatchObject({
      code: 'generation-unknown',
    })
  })

  test.each(['3', '3:abc', `0:${'a'.repeat(64)}`, `3:${'A'.repeat(64)}`, ''])(
    'refuses the hash %j',
    async (expected) => {
      const { vault } = await chainOf(1)

      await expect(describeGeneration(vault, REPO_ID, { expect: expected })).rejects.toMatchObject({
        code: 'value-invalid',
      })
    },
  )

  test('cannot be two things at once', async () => {
    const { chain, generations } = await chainOf(1)
    const expected = `1:${generations[0]?.ref.sha256}`

    await expect(chooseGeneration(chain, { expect: expected, generation: 2 })).rejects.toThrow('cannot look')
    await expect(chooseGeneration(chain, { expect: expected, asOf: new Date() })).rejects.toThrow('cannot look')
  })
})
