// Copies on a machine whose Borg knows the original: what is only read leaves no trace there, and what is taken over is
// accepted.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Vaults } from '../../../../src/deps.ts'
import { parseRepoName, parseVaultName } from '../../../../src/model/names.ts'
import { listArchives } from '../../../../src/workflows/backup/list-archives.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { promoteReplica } from '../../../../src/workflows/offsite/promote-replica.ts'
import { pullReplica } from '../../../../src/workflows/offsite/pull-replica.ts'
import { type RestoreRepositoryInput, restoreRepository } from '../../../../src/workflows/offsite/restore-repository.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { deleteRepo } from '../../../../src/workflows/repo/delete-repo.ts'
import { importRepo } from '../../../../src/workflows/repo/import-repo.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const copy = parseRepoName('copy')

/** `docs` with one archive, copied to `nas`; that state of it is what is restored and pulled. */
async function setUp() {
  const world = await buildWorld()
  const { deps, root, borg } = world
  await world.addVault('nas')
  const docs = await world.addRepo('docs', { vault: parseVaultName('nas') })
  const backUp = async (name = 'docs') => {
    deps.clock.advance(1000)
    const [report] = await runBackup(deps, { name, passphrase: {} })
    return report ?? expect.unreachable('no report')
  }
  const kit = { passphrase: { file: deps.passphrases.path(docs.name) } }
  await backUp()
  await syncRepos(deps, { name: 'docs', dryRun: false })
  const restore = async (changes: Partial<RestoreRepositoryInput> = {}, directory = join(root, 'back')) => {
    const input = { vault: 'nas', recordAs: 'copy', sources: [world.source], register: true }
    const how = { writable: false, withoutIndex: false, ...kit, ...changes }
    return await restoreRepository(deps, { ...input, directory, ...how })
  }
  const pull = async () => {
    const input = { vault: 'nas', recordAs: 'copy', sources: [world.source], register: true, keep: 2, ...kit }
    return await pullReplica(deps, { ...input, directory: join(root, 'replica') })
  }
  /** What the vault has from now on: the repository as it is. */
  const store = async () => {
    await borg.copyRepository(docs.path, join(root, 'back'))
    await borg.copyRepository(docs.path, join(root, 'replica', 'current'))
  }
  const archives = async (name: string) => (await listArchives(deps, { name, passphrase: {} })).archives
  const forget = (name: string) =>
    deleteRepo(deps, { name, keepRepository: true, dryRun: false, passphrase: {}, confirm: async () => true })
  await store()
  return { world, docs, kit, backUp, restore, pull, store, archives, forget }
}

describe('a copy that is only read', () => {
  it('is recorded and opened beside the original, which is backed up into as before', async () => {
    const { backUp, restore, archives } = await setUp()

    const report = await restore()

    expect(report).toMatchObject({ exitCode: 0, warnings: [] })
    expect(await archives('copy')).toHaveLength(1)
    expect(await backUp()).toMatchObject({ exitCode: 0 })
    expect(await archives('copy')).toHaveLength(1)
    expect(await archives('docs')).toHaveLength(2)
  })

  it('takes what Borg learned of it along when it is deleted, or forgotten', async () => {
    const { world, restore, forget } = await setUp()
    const { deps } = world
    const place = await deps.borg.baseDirectory(copy)
    const common = { name: 'copy', dryRun: false, passphrase: {}, confirm: async () => true }

    for (const keepRepository of [true, false]) {
      await restore()
      await mkdir(place, { recursive: true })
      await deleteRepo(deps, { ...common, keepRepository })

      expect(await deps.files.kind(place)).toBeUndefined()
    }
    await mkdir(place, { recursive: true })
    await forget('docs')
    expect(await deps.files.kind(place)).toBe('directory')
  })

  it('is no obstacle to recording the original', async () => {
    const { world, docs, restore, forget } = await setUp()
    await forget('docs')
    await restore()

    const { name, path, sources } = docs
    const imported = await importRepo(world.deps, { name, path, sources, passphrase: {}, workingDirectory: world.root })

    expect(imported.record).toMatchObject({ name: 'docs', borgId: docs.borgId })
  })

  it('that follows a vault goes back with it, after a takeover at an older state', async () => {
    const { world, docs, backUp, pull, store, archives } = await setUp()
    const older = join(world.root, 'older')
    await world.borg.copyRepository(docs.path, older)
    await backUp()
    await store()
    await pull()
    expect(await archives('copy')).toHaveLength(2)

    await world.borg.copyRepository(older, join(world.root, 'replica', 'current'))
    const report = await pull()

    expect(report).toMatchObject({ repo: 'copy', exitCode: 0 })
    expect(await archives('copy')).toHaveLength(1)
  })
})

describe('a takeover', () => {
  it('of an older state is accepted by the Borg that knows the newer one', async () => {
    const { backUp, restore, forget, archives } = await setUp()
    await backUp()
    await forget('docs')

    const report = await restore({ writable: true })

    expect(report).toMatchObject({ exitCode: 0, warnings: [] })
    expect(await backUp('copy')).toMatchObject({ exitCode: 0 })
    expect(await archives('copy')).toHaveLength(2)
  })

  it('is refused while this machine backs up into the original', async () => {
    const { world, restore, pull } = await setUp()
    await pull()

    await expect(restore({ writable: true, recordAs: 'other' })).rejects.toMatchObject({ code: 'repo-exists' })
    await expect(promoteReplica(world.deps, { name: 'copy' })).rejects.toMatchObject({
      code: 'repo-exists',
      hint: expect.stringContaining('repo delete --keep-repository --name docs'),
    })

    const names = world.replication.calls.map(({ name }) => name)
    expect(names).not.toContain('restore')
    expect(names).not.toContain('promote')
  })

  it.each(['repokey-blake2', 'none'])('by promotion is accepted too: %s', async (encryption) => {
    const { world, backUp, pull, forget, archives } = await setUp()
    await pull()
    await world.deps.repos.update(copy, (record) => ({ ...record, encryption }))
    await backUp()
    await forget('docs')
    const current = world.borg.repositories.get(join(world.root, 'replica', 'current'))
    world.borg.repositories.set(join(world.root, 'replica', 'current'), {
      ...(current ?? expect.unreachable('no replica')),
      encryption,
    })

    const report = await promoteReplica(world.deps, { name: 'copy' })

    expect(report).toMatchObject({ exitCode: 0 })
    expect(await backUp('copy')).toMatchObject({ exitCode: 0 })
    expect(await archives('copy')).toHaveLength(2)
  })

  it('of the repository that was fenced off leaves what its own Borg knows', async () => {
    const { world } = await setUp()

    await promoteReplica(world.deps, { name: 'docs' })

    expect(world.borg.calls).not.toContain('forget')
  })

  it('tells whether the vault keeps conditions', async () => {
    const { world, restore, pull, forget } = await setUp()
    const careless: Vaults = {
      open: (settings) => world.deps.vaults.open(settings),
      probe: (settings, options) => world.deps.vaults.probe(settings, options),
      lastProbe: async (settings) => {
        const probe = await world.deps.vaults.lastProbe(settings)
        return probe && { ...probe, conditionalWrites: false }
      },
    }
    const { url } = (await world.deps.config.load()).vaults['nas'] ?? expect.unreachable('no vault')
    await world.deps.config.setVault(parseVaultName('nas'), { url, singleWriter: true })
    const deps = { ...world.deps, vaults: careless }
    await pull()
    await forget('docs')

    await promoteReplica(deps, { name: 'copy' })
    const taken = await restoreRepository(deps, {
      vault: 'nas',
      directory: join(world.root, 'back'),
      sources: [],
      writable: true,
      withoutIndex: false,
      register: false,
      passphrase: {},
    })
    await restore({ register: false })

    expect(taken).toMatchObject({ exitCode: 0 })
    const inputs = world.replication.calls.filter(({ name }) => name === 'promote' || name === 'restore')
    expect(inputs).toMatchObject([
      { name: 'promote', input: { conditionalWrites: false } },
      { name: 'restore', input: { conditionalWrites: false } },
      { name: 'restore', input: { writable: false, conditionalWrites: undefined } },
    ])
  })
})
