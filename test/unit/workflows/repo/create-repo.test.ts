import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { type CreateRepoInput, createRepo } from '../../../../src/workflows/repo/create-repo.ts'
import { importRepo } from '../../../../src/workflows/repo/import-repo.ts'
import { FakeScheduler } from '../../../fakes/fake-scheduler.ts'
import { Faults } from '../../../fakes/faults.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const inputFor = ({ root, source }: World, changes: Partial<CreateRepoInput> = {}): CreateRepoInput => ({
  name: 'docs',
  path: join(root, 'docs'),
  sources: [source],
  passphrase: {},
  workingDirectory: root,
  ...changes,
})

const keyOf = async ({ root }: World) =>
  await readFile(join(root, '.borgboi/passphrases/docs.key'), 'utf8').catch(() => undefined)

describe('creating a repo', () => {
  it('is backed up by itself where that is asked for, and made only if that can be', async () => {
    const world = await buildWorld()
    const unusable = createRepo(world.deps, inputFor(world, { schedule: 'now and then' }))

    await expect(unusable).rejects.toMatchObject({ code: 'value-invalid' })
    expect(world.borg.repositories.size).toBe(0)
    const created = await createRepo(world.deps, inputFor(world, { schedule: 'daily' }))

    expect(created.schedule).toMatchObject({ id: 'borgboi-docs', active: true, nextAt: expect.any(String) })
    expect(await world.deps.scheduler.list()).toMatchObject([{ schedule: { repo: 'docs' } }])
  })

  it('is there, and says so, where its schedule cannot be installed after all', async () => {
    const world = await buildWorld()
    const install: typeof world.deps.scheduler.install = async (schedule, options) => {
      if (!options.dryRun) throw new AppError('file-denied', 'cannot write the crontab', { reason: 'no' })
      return await new FakeScheduler(world.deps.clock).install(schedule, options)
    }
    const scheduler = Object.assign(new FakeScheduler(world.deps.clock), { install })

    const created = createRepo({ ...world.deps, scheduler }, inputFor(world, { schedule: 'daily' }))

    await expect(created).rejects.toMatchObject({
      code: 'file-denied',
      message: 'set up docs, but nothing backs it up by itself',
      hint: expect.stringContaining('schedule install --name docs'),
    })
    expect(await world.record('docs')).toMatchObject({ name: 'docs' })
  })

  it('keeps a generated passphrase, makes the repository and records both', async () => {
    const world = await buildWorld()

    const created = await createRepo(world.deps, inputFor(world, { retention: 'daily=3', compression: 'zstd,6' }))

    const repository = world.borg.repositories.get(join(world.root, 'docs'))
    expect(`${repository?.passphrase}\n`).toBe(await keyOf(world))
    expect(created.passphrase).toEqual({
      origin: 'generated',
      file: join(world.root, '.borgboi/passphrases/docs.key'),
    })
    expect(await world.record('docs')).toMatchObject({
      borgId: repository?.id,
      encryption: 'repokey-blake2',
      sources: [world.source],
      hostname: 'anna',
      retention: { daily: 3 },
      compression: 'zstd,6',
      createdAt: '2026-11-20T02:30:04.000Z',
    })
    expect(created.record).not.toHaveProperty('passphraseFile')
  })

  it('uses a passphrase file where it is, and records which one', async () => {
    const world = await buildWorld()
    const file = join(world.root, 'mine.key')
    await writeFile(file, 'my own\n', { mode: 0o600 })

    const { record } = await createRepo(world.deps, inputFor(world, { passphrase: { file } }))

    expect(record.passphraseFile).toBe(file)
    expect(world.borg.repositories.get(record.path)?.passphrase).toBe('my own')
    expect(await keyOf(world)).toBeUndefined()
  })

  it('needs no passphrase without encryption', async () => {
    const world = await buildWorld()

    const created = await createRepo(world.deps, inputFor(world, { encryption: 'none' }))

    expect(created).not.toHaveProperty('passphrase')
    expect(await keyOf(world)).toBeUndefined()
  })

  it.each<[string, Partial<CreateRepoInput>, string]>([
    ['a bad name', { name: '../x' }, 'value-invalid'],
    ['a bad retention', { retention: 'daily=0' }, 'value-invalid'],
    ['a bad compression', { compression: 'zip' }, 'value-invalid'],
    ['a bad quota', { quota: 'much' }, 'value-invalid'],
    ['an unknown encryption', { encryption: 'rot13' }, 'value-invalid'],
    ['no source', { sources: [] }, 'usage-invalid'],
    ['a source that is not there', { sources: ['gone'] }, 'source-missing'],
    ['a source that is a link', { sources: ['link'] }, 'value-invalid'],
    ['a repository inside a source', { path: 'source/backup' }, 'value-invalid'],
    ['a path where files are', { path: 'source/../taken' }, 'repository-exists'],
    ['a path where a file is', { path: 'source/../taken/file' }, 'repository-exists'],
  ])('refuses %s before anything has an effect', async (_, changes, code) => {
    const world = await buildWorld()
    await mkdir(join(world.root, 'taken'))
    await writeFile(join(world.root, 'taken', 'file'), 'mine')
    await symlink('source', join(world.root, 'link'))

    await expect(createRepo(world.deps, inputFor(world, changes))).rejects.toMatchObject({ code })

    expect(world.borg.calls).toEqual([])
    expect(await world.deps.repos.list()).toEqual([])
    expect(await keyOf(world)).toBeUndefined()
  })

  it('refuses a name or a path that is recorded', async () => {
    const world = await buildWorld()
    await world.addRepo('docs')

    for (const changes of [{ path: 'other' }, { name: 'other' }]) {
      await expect(createRepo(world.deps, inputFor(world, changes))).rejects.toMatchObject({ code: 'repo-exists' })
    }

    expect(world.borg.calls).toEqual([])
  })

  it('takes the passphrase back when no repository came of it', async () => {
    const world = await buildWorld()
    world.borg.failures.set('init', new AppError('repository-denied', 'may not'))

    await expect(createRepo(world.deps, inputFor(world))).rejects.toMatchObject({ code: 'repository-denied' })

    expect(await keyOf(world)).toBeUndefined()
  })

  it('keeps the passphrase as soon as there is anything at the path', async () => {
    const world = await buildWorld()
    await mkdir(join(world.root, 'docs'))
    world.borg.failures.set('init', new AppError('borg-failed', 'cut off'))

    await expect(createRepo(world.deps, inputFor(world))).rejects.toMatchObject({ code: 'borg-failed' })

    expect(await keyOf(world)).toMatch(/./)
  })

  it('never takes back a passphrase that was there before', async () => {
    const world = await buildWorld()
    await mkdir(join(world.root, '.borgboi/passphrases'), { recursive: true, mode: 0o700 })
    await writeFile(join(world.root, '.borgboi/passphrases/docs.key'), 'older\n', { mode: 0o600 })
    world.borg.failures.set('init', new AppError('repository-denied', 'may not'))

    await expect(createRepo(world.deps, inputFor(world))).rejects.toMatchObject({ code: 'repository-denied' })

    expect(await keyOf(world)).toBe('older\n')
  })
})

describe.each(['before', 'after'] as const)('a fault %s any call of repo create', (when) => {
  it('loses nothing: creating again, or importing, gets there', async () => {
    const failed: (string | undefined)[] = []
    for (let failAt = 0; ; failAt++) {
      const world = await buildWorld()
      const faults = new Faults(failAt, when)
      const deps = {
        ...world.deps,
        borg: faults.in(world.borg, ['version', 'init', 'info']),
        repos: faults.in(world.deps.repos, ['get', 'getByPath', 'add']),
        passphrases: faults.in(world.deps.passphrases, ['resolveNew', 'store']),
      }
      const error = await createRepo(deps, inputFor(world)).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (faults.failed === undefined) break
      failed.push(faults.failed)
      expect(error).toMatchObject({ code: 'disk-full' })

      const repository = world.borg.repositories.get(join(world.root, 'docs'))
      if (repository) expect(await keyOf(world)).toBe(`${repository.passphrase}\n`)
      await createRepo(world.deps, inputFor(world))
        .catch(() => importRepo(world.deps, inputFor(world)))
        .catch(() => undefined)
      const [report] = await dailyBackup(world.deps, { name: 'docs', passphrase: {} })
      expect(report, `after a fault ${when} ${faults.failed}`).toMatchObject({ outcome: 'ok' })
    }

    expect(failed).toEqual(['get', 'getByPath', 'version', 'resolveNew', 'store', 'init', 'info', 'add'])
  })
})
