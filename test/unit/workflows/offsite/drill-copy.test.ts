// Restores that are tried from a vault, with a Borg and a replication in memory.

import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RepositoryAccess } from '../../../../src/borg/client.ts'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { type DrillCopyInput, drillCopy } from '../../../../src/workflows/offsite/drill-copy.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

/** Two generations of `docs` in `nas`. What is restored is, to the Borg in memory, the repository itself. */
async function setUp() {
  const world = await buildWorld()
  const url = await world.addVault('nas')
  const record = await world.addRepo('docs', { vault: parseVaultName('nas') })
  await writeFile(join(world.source, 'b.txt'), 'beta')
  await runBackup(world.deps, { name: 'docs', passphrase: {} })
  for (const _ of [1, 2]) await syncRepos(world.deps, { name: 'docs', dryRun: false })
  const scratch = await tempDir()
  const seen: RepositoryAccess[] = []
  const borg = new Proxy(world.borg, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (access: RepositoryAccess, ...rest: unknown[]) => {
        seen.push(access)
        return value.call(target, { ...access, path: record.path }, ...rest)
      }
    },
  })
  const drill = (changes: Partial<DrillCopyInput> = {}) =>
    drillCopy(
      { ...world.deps, borg },
      { archive: 'latest', sample: 5, seed: 'abc', scratch, passphrase: {}, ...changes },
    )
  const evidence = () => world.deps.evidence.read(record.name)
  return { world, url, record, scratch, seen, drill, evidence }
}

describe('s3 drill', () => {
  it('restores a generation, takes files out of it with a home of its own, and keeps that in the vault and here', async () => {
    const { world, scratch, seen, drill, evidence } = await setUp()

    const report = await drill()

    expect(report).toMatchObject({
      workflow: 's3 drill',
      exitCode: 0,
      steps: [
        { name: 'restore', figures: { generation: 2 } },
        { name: 'choose files', figures: { files: 2 } },
        { name: 'restore sample', detail: world.archives('docs')[0] },
        { name: 'compare', detail: '2 as in the source' },
        { name: 'record', detail: 'shown by borgboi status, and in the vault as V4' },
      ],
    })
    for (const access of seen) {
      expect(access).toMatchObject({ baseDirectory: expect.stringContaining(scratch), trustLocation: true })
      expect(access.path).toContain(scratch)
      expect(access.passphrase).toBeDefined()
    }
    expect(world.replication.drilled).toEqual([2])
    expect(await evidence()).toMatchObject({
      offsiteDrill: { result: 'good', vault: 'nas', generation: 2, restored: { files: 2, asSource: 2 } },
      verification: { result: 'good', level: 4, vault: 'nas', generation: 2 },
      canary: { sizeBytes: expect.any(Number) },
    })
    expect(await readdir(scratch)).toEqual([])
  })

  it('of an older generation says nothing of what there is now', async () => {
    const { world, drill, evidence } = await setUp()

    const report = await drill({ generation: 1 })

    expect(report.steps.at(-1)?.detail).toBe('in the vault, as V4')
    expect(world.replication.drilled).toEqual([1])
    expect(await evidence()).not.toHaveProperty('offsiteDrill')
  })

  it('needs no record, only the vault and the passphrase', async () => {
    const { world, url, record, drill, scratch } = await setUp()
    const file = await world.deps.passphrases.path(record.name)
    await world.deps.repos.remove(record.name)

    const report = await drill({ vault: url, passphrase: { file } })

    expect(report).toMatchObject({ exitCode: 0, repo: 'docs' })
    expect(report.steps.map(({ detail }) => detail).slice(3)).toEqual([
      '2 as Borg had stored it',
      'in the vault, as V4',
    ])
    expect(await readdir(scratch)).toEqual([])
  })

  it('that finds damage ends with 13, keeps that, and no success in the vault', async () => {
    const { world, drill, evidence, scratch } = await setUp()
    world.borg.failures.set('extract', new AppError('repository-damaged', 'a chunk is broken'))

    const report = await drill()

    expect(report).toMatchObject({ exitCode: 13, failure: { code: 'repository-damaged' } })
    expect(await evidence()).toMatchObject({
      offsiteDrill: { result: 'damaged', generation: 2 },
      verification: { result: 'damaged' },
    })
    expect(world.replication.drilled).toEqual([])
    expect(await readdir(scratch)).toEqual([])
  })

  it('that cannot be done proves nothing either way', async () => {
    const { world, drill, evidence } = await setUp()
    world.borg.failures.set('extract', new AppError('borg-failed', 'no memory'))
    const before = await evidence()

    expect((await drill()).exitCode).toBe(1)

    expect(await evidence()).toEqual(before)
  })
})
