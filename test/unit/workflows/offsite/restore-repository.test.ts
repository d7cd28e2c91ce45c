import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import { type RestoreRepositoryInput, restoreRepository } from '../../../../src/workflows/offsite/restore-repository.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { createKit } from '../../../../src/workflows/repo/create-kit.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

/** `docs` has a generation in the vault `nas`; this machine has no record and no repository any more. */
async function setUp() {
  const world = await buildWorld()
  const url = await world.addVault('nas')
  const record = await world.addRepo('docs', { vault: parseVaultName('nas') })
  await syncRepos(world.deps, { name: 'docs', dryRun: false })
  await world.deps.repos.remove(record.name)
  const directory = join(world.root, 'back')
  const lost = world.borg.repositories.get(record.path)
  if (lost) world.borg.repositories.set(directory, lost)
  const restore = (changes: Partial<RestoreRepositoryInput> = {}) =>
    restoreRepository(world.deps, {
      vault: url,
      directory,
      writable: false,
      withoutIndex: false,
      register: true,
      sources: [],
      passphrase: {},
      ...changes,
    })
  return { world, url, record, directory, restore }
}

const restores = ({ replication }: World) => replication.calls.filter(({ name }) => name === 'restore')

describe('s3 restore', () => {
  it('brings the only repository back and records it to be read only', async () => {
    const { world, record, directory, restore } = await setUp()

    const report = await restore({ vault: 'nas', generation: 1, expect: `1:${'f'.repeat(64)}` })

    expect(report).toMatchObject({ workflow: 's3 restore', repo: 'docs', exitCode: 0 })
    expect(report.steps).toMatchObject([
      { name: 'restore', figures: { generation: 1, files: 5, bytes: 1000, fetchedBytes: 1000 } },
      { name: 'record', detail: 'as docs, to be read only' },
    ])
    expect(restores(world)[0]?.input).toMatchObject({ directory, writable: false, generation: 1 })
    expect(await world.record('docs')).toEqual({
      name: 'docs',
      path: directory,
      borgId: record.borgId,
      encryption: 'repokey-blake2',
      sources: [],
      hostname: 'anna',
      createdAt: expect.any(String),
      vault: 'nas',
      readOnly: true,
    })
  })

  it('needs no configuration, no record and no passphrase', async () => {
    const { world, url, restore } = await setUp()
    await world.deps.config.removeVault(parseVaultName('nas'))
    await rm(join(world.root, '.borgboi/passphrases/docs.key'))

    const report = await restore({ vault: url })

    expect(report).toMatchObject({ exitCode: 0, warnings: [] })
    const file = world.deps.passphrases.path((await world.record('docs')).name)
    expect(report.steps[1]?.detail).toBe(`as docs, to be read only; its passphrase belongs into ${file}`)
    expect(await world.record('docs')).toMatchObject({ encryption: 'unknown', readOnly: true })
    expect(await world.record('docs')).not.toHaveProperty('vault')
  })

  it('records a passphrase file that opens it', async () => {
    const { world, restore } = await setUp()
    const file = join(world.root, 'kit.txt')
    await writeFile(file, `${world.borg.repositories.get(join(world.root, 'back'))?.passphrase}\n`, { mode: 0o600 })

    await restore({ passphrase: { file } })

    expect(await world.record('docs')).toMatchObject({ passphraseFile: file, encryption: 'repokey-blake2' })
  })

  it('warns of a passphrase that does not open it, keeps it nowhere, and records the rest', async () => {
    const { world, restore } = await setUp()
    const file = join(world.root, 'kit.txt')
    await writeFile(file, 'another\n', { mode: 0o600 })

    const report = await restore({ passphrase: { file } })

    expect(report).toMatchObject({ exitCode: 3, warningCounts: { 'off-site': 1 } })
    expect(report.warnings[0]?.message).toContain('Borg could not open it yet')
    expect(await world.record('docs')).toMatchObject({ encryption: 'unknown', path: join(world.root, 'back') })
    expect(await world.record('docs')).not.toHaveProperty('passphraseFile')
  })

  it('with a kit needs no vault, no configuration and no passphrase, and keeps what the kit brings', async () => {
    const { world, record, restore } = await setUp()
    const { deps, root } = world
    await deps.repos.add(record)
    const choices = { withPassphrase: true, dryRun: false, passphrase: {}, confirm: async () => true }
    const { text } = await createKit(deps, { name: 'docs', directory: join(root, 'kit'), ...choices })
    await deps.repos.remove(record.name)
    await deps.passphrases.forget(record.name)
    const kit = { file: text, ask: async () => undefined }

    const report = await restore({ vault: undefined, kit })

    expect(report).toMatchObject({ exitCode: 0, warnings: [] })
    expect(await world.record('docs')).toMatchObject({ encryption: 'repokey-blake2', readOnly: true })
    expect(await readFile(deps.passphrases.path(record.name), 'utf8')).toBe(
      `${world.borg.repositories.get(record.path)?.passphrase}\n`,
    )
    await expect(restore({ kit, register: false })).rejects.toMatchObject({ code: 'usage-invalid' })
    await expect(restore({ vault: undefined })).rejects.toMatchObject({
      code: 'usage-invalid',
      hint: expect.stringContaining('--kit'),
    })
  })

  it('--writable takes over, and the record can be backed up into', async () => {
    const { world, restore } = await setUp()

    await restore({ writable: true })

    expect(restores(world)[0]?.input).toMatchObject({ writable: true })
    expect(await world.record('docs')).not.toHaveProperty('readOnly')
    expect(world.events.at(-1)).toMatchObject({ type: 'notice', level: 'info' })
  })

  it('records what is backed up into it here, unless that cannot be', async () => {
    const { world, restore } = await setUp()

    await expect(restore({ sources: [join(world.root, 'gone')] })).rejects.toMatchObject({ code: 'source-missing' })
    await expect(restore({ sources: [world.root] })).rejects.toMatchObject({ code: 'value-invalid' })
    await restore({ writable: true, sources: [world.source] })

    expect(restores(world)).toHaveLength(1)
    expect((await world.record('docs')).sources).toEqual([world.source])
  })

  it('--writable from an address warns that nothing is copied yet', async () => {
    const { world, url, restore } = await setUp()
    await world.deps.config.removeVault(parseVaultName('nas'))

    await restore({ writable: true })

    expect(world.events.at(-1)).toMatchObject({
      level: 'warning',
      hint: expect.stringContaining(`vault add offsite ${url}`),
    })
  })

  it('without a record restores beside the repository that is in use', async () => {
    const { world, record, restore } = await setUp()
    await world.deps.repos.add(record)

    const report = await restore({ register: false })

    expect(report.steps).toMatchObject([{ name: 'restore', outcome: 'ok' }])
    expect(await world.deps.repos.list()).toEqual([record])
  })

  it('refuses a second record of the same repository, and a name that is taken, before anything is fetched', async () => {
    const { world, record, restore } = await setUp()
    await world.deps.repos.add(record)
    await expect(restore()).rejects.toMatchObject({
      code: 'repo-exists',
      hint: expect.stringContaining('--no-register'),
    })
    await world.deps.repos.remove(record.name)
    await world.deps.repos.add({ ...record, borgId: 'e'.repeat(64) })
    await expect(restore()).rejects.toMatchObject({ code: 'repo-exists', hint: expect.stringContaining('--as') })

    expect(restores(world)).toEqual([])
    expect(await restore({ recordAs: 'docs-then' })).toMatchObject({ exitCode: 0, repo: 'docs-then' })
    expect((await world.record('docs-then')).archiveGlob).toMatch(/^docs-\[0-9\]/)
  })

  it('asks which where the vault has several, by name or by id', async () => {
    const { world, url, record, restore } = await setUp()
    const pics = await world.addRepo('pics')
    await syncRepos(world.deps, { name: 'pics', vault: url, dryRun: false })
    await world.deps.repos.remove(pics.name)

    await expect(restore()).rejects.toMatchObject({
      code: 'usage-invalid',
      reason: expect.stringContaining(`docs (${record.borgId.slice(0, 12)}), pics (`),
    })
    await expect(restore({ name: 'music' })).rejects.toMatchObject({ reason: expect.stringContaining('pics') })
    const byId = await restore({ name: pics.borgId.slice(0, 8), register: false })

    expect(byId).toMatchObject({ exitCode: 0, repo: 'pics' })
  })

  it('says so where the vault is empty', async () => {
    const { world, restore } = await setUp()
    await mkdir(join(world.root, 'vaults', 'empty'))
    const empty = await world.addVault('other')

    await expect(restore({ vault: empty })).rejects.toMatchObject({ code: 'generation-unknown' })
  })

  it('that fails leaves no record', async () => {
    const { world, restore } = await setUp()
    const damaged = new AppError('vault-damaged', 'cannot restore', {
      reason: 'a blob is missing',
      hint: 'an older one',
    })
    world.replication.failures.set('restore', damaged)

    const report = await restore()

    expect(report).toMatchObject({ exitCode: 13, failure: { code: 'vault-damaged' } })
    expect(await world.deps.repos.list()).toEqual([])
  })
})
