// Restores that are tried from a vault, with a Borg and a replication in memory.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RepositoryAccess } from '../../../../src/borg/client.ts'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import { SecretText } from '../../../../src/model/secret.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { type DrillCopyInput, drillCopy } from '../../../../src/workflows/offsite/drill-copy.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { createKit } from '../../../../src/workflows/repo/create-kit.ts'
import { keyFile } from '../../../support/passphrases.ts'
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

describe('s3 drill with a recovery kit', () => {
  async function setUpKit(withPassphrase = true) {
    const stage = await setUp()
    const { deps, root } = stage.world
    const choices = { withPassphrase, dryRun: false, passphrase: {}, confirm: async () => true }
    const { text } = await createKit(deps, { name: 'docs', directory: join(root, 'kit'), ...choices })
    const passphrase = stage.world.borg.repositories.get(stage.record.path)?.passphrase ?? ''
    await deps.repos.remove(stage.record.name)
    await deps.passphrases.forget(stage.record.name)
    return { ...stage, passphrase, kit: { file: text, ask: async () => undefined } }
  }

  it('needs nothing else: not the vault, not the passphrase, no key of this machine', async () => {
    const { world, scratch, seen, drill, kit } = await setUpKit()
    seen.length = 0

    const report = await drill({ kit })

    expect(report).toMatchObject({ exitCode: 0, repo: 'docs', warnings: [] })
    expect(report.steps.slice(0, 2)).toMatchObject([
      { name: 'restore' },
      { name: 'open with kit', detail: 'with its own key' },
    ])
    for (const access of seen) expect(access.keysDirectory).toContain(scratch)
    expect(world.replication.drilled).toEqual([2])
    expect(await readdir(scratch)).toEqual([])
  })

  it('takes the passphrase that the kit does not have from a person, or from a file, and says where there is none', async () => {
    const { world, drill, kit, passphrase } = await setUpKit(false)
    const file = await keyFile(join(world.root, 'written-down'), `${passphrase}\n`)

    await expect(drill({ kit })).rejects.toMatchObject({ code: 'passphrase-missing', exitCode: 12 })
    const asked = await drill({ kit: { ...kit, ask: async () => new SecretText(passphrase) } })
    const given = await drill({ kit, passphrase: { file } })

    expect([asked.exitCode, given.exitCode]).toEqual([0, 0])
  })

  it('opens with the key of the kit what another passphrase locks by now, and warns that the two differ', async () => {
    const { world, record, drill, kit } = await setUpKit()
    const there = world.borg.repositories.get(record.path)
    if (there) there.passphrase = 'changed since'

    const report = await drill({ kit })

    expect(report).toMatchObject({ exitCode: 3, warningCounts: { 'off-site': 1 } })
    expect(report.steps[1]).toMatchObject({ detail: 'with the key of the kit' })
  })

  it('says that neither key opens with the passphrase that was given', async () => {
    const { world, drill, kit, scratch } = await setUpKit()
    const file = await keyFile(join(world.root, 'wrong'), 'another\n')

    const { failure, exitCode } = await drill({ kit, passphrase: { file } })

    expect({ failure, exitCode }).toMatchObject({
      exitCode: 12,
      failure: { code: 'passphrase-wrong', reason: expect.stringContaining(file) },
    })
    expect(world.replication.drilled).toEqual([])
    expect(await readdir(scratch)).toEqual([])
  })

  it('refuses the kit of another repository, a damaged one, and one that knows no vault', async () => {
    const { world, url, record, drill, kit } = await setUpKit()
    await world.deps.repos.add(record)
    const other = await world.addRepo('pics')
    const made = { name: 'pics', withPassphrase: true, dryRun: false, passphrase: {}, confirm: async () => true }
    const { text } = await createKit(world.deps, { ...made, directory: join(world.root, 'kit') })
    const ofPics = { ...kit, file: text }
    const damaged = join(world.root, 'damaged.txt')
    await writeFile(damaged, (await readFile(kit.file, 'utf8')).replace(/BORG_KEY \w/, 'BORG_KEY x'))

    const attempts = [
      [{ kit: ofPics, vault: url }, 'generation-unknown', other.borgId.slice(0, 12)],
      [{ kit: ofPics, vault: url, name: 'docs' }, 'file-unusable', 'pics'],
      [{ kit: ofPics, path: record.path }, 'file-unusable', 'pics'],
      [{ kit: ofPics }, 'usage-invalid', 'copied nowhere'],
      [{ kit: { ...kit, file: damaged } }, 'file-unusable', 'another repository'],
    ] as const
    for (const [changes, code, reason] of attempts) {
      await expect(drill(changes), code).rejects.toMatchObject({
        code,
        reason: expect.stringContaining(reason),
        hint: expect.any(String),
      })
    }
  })
})

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
