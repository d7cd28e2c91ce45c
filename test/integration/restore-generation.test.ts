// Restored generations, as the real Borg sees them: whole after any interruption, and safe to write to when taken over.

import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { push } from '../../src/replication/push.ts'
import type { LocalRepository, RestoreInput } from '../../src/replication/replication.ts'
import { restore } from '../../src/replication/restore.ts'
import type { Vault } from '../../src/vault/vault.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { BorgRepository, counterOf } from '../support/borg-repository.ts'
import { newVaultAt, vaultAt } from '../support/directory-vault.ts'
import { filesOfRepository, type RepositoryFiles, replicationContext, writeGeneration } from '../support/generations.ts'
import { runUntilKilled } from '../support/restore-process.ts'
import { canMount, smallDisk } from '../support/small-disk.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

const MARGIN = 1n << 40n
const PUSH = { lockWaitMs: 0, auxMaxBytes: 2 ** 30, conditionalWrites: true, singleWriter: false, acceptLoss: false }

describe.skipIf(testBorgVersion === undefined)('a generation of a real repository', () => {
  let borg: BorgRepository
  let repoId: string
  let first: RepositoryFiles
  let second: RepositoryFiles

  beforeAll(async () => {
    borg = new BorgRepository(await suiteDir())
    repoId = borg.borgId
    borg.createArchive('one')
    borg.createArchive('two')
    first = filesOfRepository(borg.directory)
    borg.run('delete', `${borg.directory}::one`)
    borg.createArchive('three')
    borg.run('compact', borg.directory)
    second = filesOfRepository(borg.directory)
  })

  /** A vault with both generations, and a place to restore to. */
  async function stage() {
    const directory = await tempDir()
    const vaultRoot = join(directory, 'vault')
    mkdirSync(vaultRoot)
    const vault: Vault = await newVaultAt(vaultRoot)
    await writeGeneration(vault, first, { repoId })
    await writeGeneration(vault, second, { repoId })
    const parent = join(directory, 'machine')
    const target = join(parent, 'restored')
    const stateDirectory = join(directory, 'state')
    const inputOf = (input: Partial<RestoreInput> = {}): RestoreInput => ({
      borgId: repoId,
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

  const localAt = (directory: string): LocalRepository => ({ directory, borgId: repoId, name: 'docs' })

  test('is byte for byte what was committed, and Borg finds it sound', async () => {
    const { target, run } = await stage()

    await run()

    expect(filesOfRepository(target)).toEqual(second)
    expect(readdirSync(target).sort()).toEqual(readdirSync(borg.directory).sort())
    expect(borg.archivesOf(target)).toEqual(['two', 'three'])
    borg.runElsewhere('check', target)
  })

  test('brings back a pruned archive from before the compaction', async () => {
    const { target, run } = await stage()

    await run({ generation: 1 })

    expect(borg.archivesOf(target)).toEqual(['one', 'two'])
    borg.runElsewhere('check', '--verify-data', target)
  })

  test('without its damaged index files is made whole by Borg', async () => {
    const { vault, target, run } = await stage()
    const { manifest } = await writeGeneration(vault, second, { repoId })
    const aux = manifest.files.filter(({ role }) => role === 'aux')
    await vault.delete(aux.map(({ sha256 }) => `${repoId}/objects/${sha256.slice(0, 2)}/${sha256}`))

    const { dropped } = await run({ dropAux: true })

    expect([...dropped].sort()).toEqual(aux.map(({ path }) => path))
    expect(borg.archivesOf(target)).toEqual(['two', 'three'])
    borg.runElsewhere('check', target)
  })

  test.each([undefined, 1])('taken over (generation %s) uses counters that nobody used before', async (generation) => {
    const { target, run } = await stage()
    const highest = BigInt(`0x${second['nonce']}`)

    const { takeover } = await run({ writable: true, generation })
    const raised = counterOf(target)
    borg.runElsewhere('create', `${target}::elsewhere`, borg.directory)
    // The machine before does not know yet, and uses the ones after its own.
    borg.createArchive(`after-${generation ?? 'head'}`)

    expect(takeover).toEqual({ seq: 3, epoch: 2 })
    expect(raised).toBe(highest + MARGIN)
    expect(counterOf(target)).toBeGreaterThan(raised)
    expect(counterOf(borg.directory)).toBeLessThan(raised)
    borg.runElsewhere('check', '--verify-data', target)
  })

  test('taken over is pushed from there, and no more from where it came from', async () => {
    const { vault, parent, target, stateDirectory, run } = await stage()
    const boris = replicationContext(stateDirectory, { installId: 'boris' })
    const anna = replicationContext(`${stateDirectory}-anna`, { installId: 'anna' })
    await run({ writable: true, generation: 1 })

    const unchanged = await push(boris, vault, localAt(target), PUSH, {})
    borg.runElsewhere('create', `${target}::four`, borg.directory)
    const pushed = await push(boris, vault, localAt(target), PUSH, {})
    const fenced = push(anna, vault, localAt(borg.directory), PUSH, {})

    expect(unchanged).toMatchObject({ outcome: 'unchanged', seq: 3 })
    expect(pushed).toMatchObject({ outcome: 'pushed', seq: 4 })
    await expect(fenced).rejects.toMatchObject({ code: 'writer-fenced' })
    await run({ directory: join(parent, 'third') })
    expect(borg.archivesOf(join(parent, 'third'))).toEqual(['one', 'two', 'four'])
    borg.runElsewhere('check', join(parent, 'third'))
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
    expect(filesOfRepository(target)).toEqual(second)
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
      borg.runElsewhere('check', target)
      const boris = replicationContext(stateDirectory, { installId: 'boris' })
      expect(await push(boris, vault, localAt(target), PUSH, {})).toMatchObject({
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
    expect(filesOfRepository(input.directory)).toEqual(second)
    expect(readdirSync(disk)).toEqual(['restored'])
  })

  test('does not mind a vault that is only read', async () => {
    const { vaultRoot, target, stateDirectory, inputOf } = await stage()
    const readOnly = vaultAt(vaultRoot)
    readOnly.put = () => Promise.reject(new Error('written to'))

    await restore(replicationContext(stateDirectory), readOnly, inputOf(), {})

    expect(filesOfRepository(target)).toEqual(second)
  })
})
