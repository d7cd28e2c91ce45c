// A replica that follows a vault in memory.

import { mkdir, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keysOf } from '../../../src/model/generation.ts'
import { pull } from '../../../src/replication/pull.ts'
import { MemoryVault } from '../../fakes/memory-vault.ts'
import { contentOf } from '../../support/contents.ts'
import {
  filesOfRepository,
  moveHead,
  REPO_ID,
  type RepositoryFiles,
  replicationContext,
  sampleRepository,
  writeGeneration,
} from '../../support/generations.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { treeAt } from '../../support/tree.ts'

const keys = keysOf(REPO_ID)

async function stage() {
  const directory = join(await tempDir(), 'replica')
  const vault = new MemoryVault()
  const run = (input: Partial<Parameters<typeof pull>[2]> = {}) => {
    vault.calls.length = 0
    return pull(
      replicationContext(join(directory, '../state')),
      vault,
      { borgId: REPO_ID, directory, keep: 2, ...input },
      {},
    )
  }
  return { directory, vault, run, current: join(directory, 'current') }
}

function bytesOf(files: RepositoryFiles): RepositoryFiles {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]))
}

async function namesIn(directory: string): Promise<string[]> {
  return Object.keys(await treeAt(directory)).filter((path) => !path.includes('/'))
}

describe('a pull', () => {
  test('shows the head at `current`, and then only what is new is fetched', async () => {
    const { directory, vault, run, current } = await stage()
    const first = await writeGeneration(vault, sampleRepository(5))
    const one = await run()
    await writeGeneration(vault, sampleRepository(6))

    const two = await run()

    expect(one).toEqual({ outcome: 'pulled', seq: 1, files: 12, fetchedBytes: expect.any(Number), current })
    expect(two).toMatchObject({ outcome: 'pulled', seq: 2, files: 13 })
    const blobs = vault.calls.filter(({ key }) => key.startsWith(keys.objects))
    expect(blobs).toHaveLength(6)
    expect(filesOfRepository(current)).toEqual(bytesOf(sampleRepository(6)))
    const old = join(directory, 'generations', `000000000001-${first.ref.ulid}`)
    expect(filesOfRepository(old)).toEqual(bytesOf(sampleRepository(5)))
    const [before, after] = [await treeAt(old), await treeAt(`${current}/`)]
    expect(after['data/0/1']?.inode).toBe(before['data/0/1']?.inode)
    expect(await namesIn(directory)).toEqual(['current', 'generations', 'replica.json'])
  })

  test('asks once when nothing is new', async () => {
    const { vault, run } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await run()

    const result = await run()

    expect(result).toMatchObject({ outcome: 'unchanged', seq: 1, files: 12, fetchedBytes: 0 })
    expect(vault.calls).toHaveLength(1)
  })

  test('keeps as many generations as it is told', async () => {
    const { directory, vault, run, current } = await stage()
    for (let last = 2; last < 6; last++) {
      await writeGeneration(vault, sampleRepository(last))
      await run({ keep: 3 })
    }
    expect(await namesIn(join(directory, 'generations'))).toHaveLength(3)
    await writeGeneration(vault, sampleRepository(6))

    await run({ keep: 1 })

    expect(await namesIn(join(directory, 'generations'))).toHaveLength(1)
    expect(filesOfRepository(current)).toEqual(bytesOf(sampleRepository(6)))
  })

  test('follows a compaction, and a takeover elsewhere', async () => {
    const { vault, run, current } = await stage()
    await writeGeneration(vault, sampleRepository(8))
    await run()
    const { 'data/0/1': _, 'data/0/4': __, ...compacted } = sampleRepository(9, '00000000000fffff')
    await writeGeneration(vault, compacted, { epoch: 2, installId: 'carla' })

    await run()

    expect(filesOfRepository(current)).toEqual(bytesOf(compacted))
  })

  test('takes note of a higher epoch without a new generation', async () => {
    const { vault, run } = await stage()
    const generation = await writeGeneration(vault, sampleRepository(5))
    await run()
    await moveHead(vault, generation, { epoch: 3 })
    const higher = await run()
    await moveHead(vault, generation, { epoch: 2 })

    expect(higher).toMatchObject({ outcome: 'unchanged' })
    await expect(run()).rejects.toMatchObject({ code: 'chain-backwards', reason: expect.stringContaining('epoch 3') })
  })

  test('never goes back', async () => {
    const { vault, run, current } = await stage()
    const first = await writeGeneration(vault, sampleRepository(5))
    await writeGeneration(vault, sampleRepository(6))
    await run()
    await moveHead(vault, first)

    await expect(run()).rejects.toMatchObject({ code: 'chain-backwards' })
    expect(filesOfRepository(current)).toEqual(bytesOf(sampleRepository(6)))
  })

  test('never leaves its chain', async () => {
    const { vault, run } = await stage()
    const first = await writeGeneration(vault, sampleRepository(5))
    await writeGeneration(vault, sampleRepository(6))
    await run()
    const rival = await writeGeneration(vault, sampleRepository(7), { parent: first.ref })
    await expect(run()).rejects.toMatchObject({ code: 'chain-forked' })
    await writeGeneration(vault, sampleRepository(8), { parent: rival.ref })

    await expect(run()).rejects.toMatchObject({ code: 'chain-forked' })
  })

  test.each(['missing', 'garbage'])('goes on by the manifests where the head is %s', async (kind) => {
    const { vault, run, current } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await run()
    await writeGeneration(vault, sampleRepository(6))
    vault.objects.delete(keys.head)
    if (kind === 'garbage') await vault.put(keys.head, contentOf('x'), 'any')

    expect(await run()).toMatchObject({ outcome: 'pulled', seq: 2 })
    expect(await run()).toMatchObject({ outcome: 'unchanged', seq: 2 })
    expect(filesOfRepository(current)).toEqual(bytesOf(sampleRepository(6)))
  })

  test.each([
    ['data/0/9', 'written', 'did not come from the vault'],
    ['data/0/2', 'written', 'was changed'],
    ['data/0/2', 'touched', 'was changed'],
    ['index.5', 'removed', 'is missing'],
    ['data/0/2', 'a link', 'was changed'],
    ['data/1/1000', 'written', 'did not come from the vault'],
  ])('stops where %s was %s', async (path, how, what) => {
    const { vault, run, current } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await run()
    const file = join(current, path)
    await mkdir(join(file, '..'), { recursive: true })
    if (how === 'touched') await utimes(file, 1, 1)
    else if (how === 'written') await writeFile(file, 'xxxxxx')
    else await rm(file)
    if (how === 'a link') await symlink('1', file)
    await writeGeneration(vault, sampleRepository(6))
    const before = await readlink(current)

    await expect(run()).rejects.toMatchObject({
      code: 'replica-diverged',
      reason: expect.stringContaining(`${path} ${what}`),
    })
    expect(await readlink(current)).toBe(before)
  })

  test('goes on after a check there, which raises the counter and writes the same configuration anew', async () => {
    const { vault, run, current } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await run()
    const config = await readFile(join(current, 'config'))
    await rm(join(current, 'config'))
    await writeFile(join(current, 'config'), config)
    await rm(join(current, 'nonce'))
    await writeFile(join(current, 'nonce'), 'ffff000000000000')
    await writeGeneration(vault, sampleRepository(6))

    const pulled = await run()

    expect(pulled).toMatchObject({ outcome: 'pulled', seq: 2 })
    expect(filesOfRepository(current)).toEqual(bytesOf(sampleRepository(6)))
  })

  test('stops where the configuration is another one', async () => {
    const { vault, run, current } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await run()
    await writeFile(join(current, 'config'), 'another')
    await writeGeneration(vault, sampleRepository(6))

    await expect(run()).rejects.toMatchObject({ code: 'replica-diverged', reason: /config was changed/ })
  })

  test('flips what a killed pull had recorded and not flipped, and removes what it had not yet', async () => {
    const { directory, vault, run, current } = await stage()
    const first = await writeGeneration(vault, sampleRepository(5))
    await run({ keep: 1 })
    await writeGeneration(vault, sampleRepository(6))
    await run({ keep: 1 })
    await rm(current)
    await symlink(`generations/000000000001-${first.ref.ulid}`, current)
    await writeFile(join(directory, '.current.next'), '')

    const result = await run({ keep: 1 })

    expect(result).toMatchObject({ outcome: 'unchanged', seq: 2 })
    expect(filesOfRepository(current)).toEqual(bytesOf(sampleRepository(6)))
    expect(await namesIn(directory)).toEqual(['current', 'generations', 'replica.json'])
  })

  test('lets readers lock what they read', async () => {
    const { vault, run, current } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await run()
    await mkdir(join(current, 'lock.exclusive'))
    await writeFile(join(current, 'lock.exclusive/anna@1.2-0'), '')
    await writeFile(join(current, 'lock.roster'), '{}')
    await writeGeneration(vault, sampleRepository(6))

    expect(await run()).toMatchObject({ outcome: 'pulled', seq: 2 })
  })

  test('takes a directory that is empty, and no other', async () => {
    const { directory, vault, run } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await mkdir(directory)
    await writeFile(join(directory, 'letter'), '')
    await expect(run()).rejects.toMatchObject({
      code: 'destination-not-empty',
      reason: expect.stringContaining('letter'),
    })
    await rm(join(directory, 'letter'))
    await run()

    await expect(run({ borgId: 'cd'.repeat(32) })).rejects.toMatchObject({ code: 'destination-not-empty' })
  })

  test('refuses a replica whose record is damaged', async () => {
    const { directory, vault, run } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await run()
    const record = await readFile(join(directory, 'replica.json'), 'utf8')
    await writeFile(join(directory, 'replica.json'), record.slice(0, -20))

    await expect(run()).rejects.toMatchObject({ code: 'file-unusable' })
  })

  test('says that nothing was pushed', async () => {
    const { run } = await stage()

    await expect(run()).rejects.toMatchObject({ code: 'generation-unknown' })
  })

  test('goes on after the failure of any call, and shows a complete generation all the time', async () => {
    for (let call = 0; ; call++) {
      const { vault, run, current, directory } = await stage()
      await writeGeneration(vault, sampleRepository(2))
      await run()
      await writeGeneration(vault, sampleRepository(5))
      vault.failAt(call, 'after')
      const failed = await run().then(
        () => false,
        () => true,
      )
      const shown = filesOfRepository(current)
      vault.after = () => {}
      await writeGeneration(vault, sampleRepository(6))

      await run()

      expect(shown).toEqual(bytesOf(sampleRepository(failed ? 2 : 5)))
      expect(filesOfRepository(current)).toEqual(bytesOf(sampleRepository(6)))
      expect(await namesIn(join(directory, 'generations'))).toHaveLength(2)
      if (!failed) break
    }
  })
})
