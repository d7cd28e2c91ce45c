// Restored generations, as the real Borg sees them: whole after any interruption, and safe to write to when taken over.

import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { push } from '../../src/replication/push.ts'
import type { LocalRepository, RestoreInput } from '../../src/replication/replication.ts'
import { restore } from '../../src/replication/restore.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { counterOf } from '../support/borg-repository.ts'
import { vaultAt } from '../support/directory-vault.ts'
import { filesOfRepository, replicationContext, writeGeneration } from '../support/generations.ts'
import { PUSH_OPTIONS } from '../support/push-machine.ts'
import { runUntilKilled } from '../support/restore-process.ts'
import { canMount, smallDisk } from '../support/small-disk.ts'
import { directoryWithVault, type TwoGenerations, twoGenerations } from '../support/two-generations.ts'

const MARGIN = 1n << 40n

describe.skipIf(testBorgVersion === undefined)('a generation of a real repository', () => {
  let made: TwoGenerations

  beforeAll(async () => {
    made = await twoGenerations()
  })

  /** A vault with both generations, and a place to restore to. */
  async function stage() {
    const { directory, vaultRoot, vault } = await directoryWithVault()
    await writeGeneration(vault, made.first, { repoId: made.repoId })
    await writeGeneration(vault, made.second, { repoId: made.repoId })
    const parent = join(directory, 'machine')
    const target = join(parent, 'restored')
    const stateDirectory = join(directory, 'state')
    const inputOf = (input: Partial<RestoreInput> = {}): RestoreInput => ({
      borgId: made.repoId,
      directory: target,
      writable: false,
      ...input,
    })
    const run = (input: Partial<RestoreInput> = {}, onStage: (stage?: string) => void = () => {}) =>
      restore(replicationContext(stateDirectory, { installId: 'boris' }), vault, inputOf(input), {
        onProgress: (progress) => onStage(progress.stage),
      })
    return { directory, vault, vaultRoot, parent, target, stateDirectory, inputOf, run }
  }

  const localAt = (directory: string): LocalRepository => ({ directory, borgId: made.repoId, name: 'docs' })

  test('is byte for byte what was committed, and Borg finds it sound', async () => {
    const { target, run } = await stage()

    await run()

    expect(filesOfRepository(target)).toEqual(made.second)
    expect(readdirSync(target).sort()).toEqual(readdirSync(made.borg.directory).sort())
    expect(made.borg.archivesOf(target)).toEqual(['two', 'three'])
    made.borg.runElsewhere('check', target)
  })

  test('brings back a pruned archive from before the compaction', async () => {
    const { target, run } = await stage()

    await run({ generation: 1 })

    expect(made.borg.archivesOf(target)).toEqual(['one', 'two'])
    made.borg.runElsewhere('check', '--verify-data', target)
  })

  test('without its damaged index files is made whole by Borg', async () => {
    const { vault, target, run } = await stage()
    const { manifest } = await writeGeneration(vault, made.second, { repoId: made.repoId })
    const aux = manifest.files.filter(({ role }) => role === 'aux')
    await vault.delete(aux.map(({ sha256 }) => `${made.repoId}/objects/${sha256.slice(0, 2)}/${sha256}`))

    const { dropped } = await run({ dropAux: true })

    expect([...dropped].sort()).toEqual(aux.map(({ path }) => path))
    expect(made.borg.archivesOf(target)).toEqual(['two', 'three'])
    made.borg.runElsewhere('check', target)
  })

  test.each([undefined, 1])('taken over (generation %s) uses counters that nobody used before', async (generation) => {
    const { target, run } = await stage()
    const highest = BigInt(`0x${made.second['nonce']}`)

    const { takeover } = await run({ writable: true, generation })
    const raised = counterOf(target)
    made.borg.runElsewhere('create', `${target}::elsewhere`, made.borg.directory)
    // The machine before does not know yet, and uses the ones after its own.
    made.borg.createArchive(`after-${generation ?? 'head'}`)

    expect(takeover).toEqual({ seq: 3, epoch: 2 })
    expect(raised).toBe(highest + MARGIN)
    expect(counterOf(target)).toBeGreaterThan(raised)
    expect(counterOf(made.borg.directory)).toBeLessThan(raised)
    made.borg.runElsewhere('check', '--verify-data', target)
  })

  test('taken over is pushed from there, and no more from where it came from', async () => {
    const { vault, parent, target, stateDirectory, run } = await stage()
    const boris = replicationContext(stateDirectory, { installId: 'boris' })
    const anna = replicationContext(`${stateDirectory}-anna`, { installId: 'anna' })
    await run({ writable: true, generation: 1 })

    const unchanged = await push(boris, vault, localAt(target), PUSH_OPTIONS, {})
    made.borg.runElsewhere('create', `${target}::four`, made.borg.directory)
    const pushed = await push(boris, vault, localAt(target), PUSH_OPTIONS, {})
    const fenced = push(anna, vault, localAt(made.borg.directory), PUSH_OPTIONS, {})

    expect(unchanged).toMatchObject({ outcome: 'unchanged', seq: 3 })
    expect(pushed).toMatchObject({ outcome: 'pushed', seq: 4 })
    await expect(fenced).rejects.toMatchObject({ code: 'writer-fenced' })
    await run({ directory: join(parent, 'third') })
    expect(made.borg.archivesOf(join(parent, 'third'))).toEqual(['one', 'two', 'four'])
    made.borg.runElsewhere('check', join(parent, 'third'))
  })

  test.each([
    ['read the chain', 0],
    ['prepare staging', 0],
    ['download', 0],
    ['download', 12],
    ['verify', 0],
    ['put in place', 0],
  ])('killed at "%s" after %i files leaves nothing at the target, and the next try is whole', async (at, files) => {
    const { vaultRoot, parent, target, stateDirectory, inputOf, run } = await stage()
    await runUntilKilled({
      vaultRoot,
      stateDirectory,
      installId: 'boris',
      operation: { name: 'restore', input: inputOf() },
      kill: { stage: at, files },
    })
    const isThere = existsSync(target)

    const { bytes, fetchedBytes } = await run()

    expect(isThere).toBe(false)
    expect(filesOfRepository(target)).toEqual(made.second)
    expect(readdirSync(parent)).toEqual(['restored'])
    if (at === 'verify' || at === 'put in place') expect(fetchedBytes).toBe(0)
    else if (files > 0) expect(fetchedBytes).toBeLessThan(bytes)
  })

  test.each(['fence the old writer', 'raise the counter', 'record the takeover', 'put in place'])(
    'killed at "%s" while taking over leaves nothing at the target, and the next try takes over',
    async (at) => {
      const { vaultRoot, vault, parent, target, stateDirectory, inputOf, run } = await stage()
      await runUntilKilled({
        vaultRoot,
        stateDirectory,
        installId: 'boris',
        operation: { name: 'restore', input: inputOf({ writable: true }) },
        kill: { stage: at },
      })
      const isThere = existsSync(target)

      const { takeover, fetchedBytes } = await run({ writable: true })

      expect(isThere).toBe(false)
      // The counter that the killed one had raised is not what the generation has, unless it was recorded.
      expect(fetchedBytes).toBeLessThanOrEqual(16)
      expect(readdirSync(parent)).toEqual(['restored'])
      made.borg.runElsewhere('check', target)
      const boris = replicationContext(stateDirectory, { installId: 'boris' })
      expect(await push(boris, vault, localAt(target), PUSH_OPTIONS, {})).toMatchObject({
        outcome: 'unchanged',
        seq: takeover?.seq,
      })
    },
  )

  test.skipIf(!canMount)('goes on after the disk was full, before the download or during it', async () => {
    const { directory, run } = await stage()
    const disk = await smallDisk(join(directory, 'disk'), 4 << 20)
    const filler = join(disk, 'filler')
    const fillBut = (bytes: number) => {
      const { bavail, bsize } = statfsSync(disk)
      writeFileSync(filler, Buffer.alloc(bavail * bsize - bytes))
    }
    const input = { directory: join(disk, 'restored') }

    fillBut(100_000)
    const before = run(input)
    await expect(before).rejects.toMatchObject({ code: 'disk-full', reason: expect.stringMatching(/need \d+ bytes/) })
    const leftBefore = readdirSync(disk)
    rmSync(filler)
    const during = run(input, (stage) => {
      if (stage === 'download' && !existsSync(filler)) fillBut(100_000)
    })
    await expect(during).rejects.toMatchObject({ code: 'disk-full' })
    rmSync(filler)
    await run(input)

    expect(leftBefore).toEqual(['filler'])
    expect(filesOfRepository(input.directory)).toEqual(made.second)
    expect(readdirSync(disk)).toEqual(['restored'])
  })

  test('does not mind a vault that is only read', async () => {
    const { vaultRoot, target, stateDirectory, inputOf } = await stage()
    const readOnly = vaultAt(vaultRoot)
    readOnly.put = () => Promise.reject(new Error('written to'))

    await restore(replicationContext(stateDirectory), readOnly, inputOf(), {})

    expect(filesOfRepository(target)).toEqual(made.second)
  })
})
