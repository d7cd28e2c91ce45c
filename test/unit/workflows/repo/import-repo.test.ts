import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseArchiveName } from '../../../../src/model/names.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { deleteRepo } from '../../../../src/workflows/repo/delete-repo.ts'
import { type ImportRepoInput, importRepo } from '../../../../src/workflows/repo/import-repo.ts'
import { broken } from '../../../fakes/faults.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const inputFor = ({ root, source }: World, changes: Partial<ImportRepoInput> = {}): ImportRepoInput => ({
  name: 'docs',
  path: join(root, 'docs'),
  sources: [source],
  passphrase: {},
  workingDirectory: root,
  ...changes,
})

/** A repository with one archive of its own, another's archive, and no record. */
async function unrecorded(): Promise<World> {
  const world = await buildWorld()
  await world.addRepo('docs')
  await runBackup(world.deps, { name: 'docs', passphrase: {} })
  const repository = world.borg.repositories.get(join(world.root, 'docs'))
  const [made] = repository?.archives ?? []
  if (made) repository?.archives.push({ ...made, name: parseArchiveName('by hand') })
  const forget = { keepRepository: true, dryRun: false, passphrase: {}, confirm: async () => true }
  await deleteRepo(world.deps, { name: 'docs', ...forget })
  world.borg.calls.length = 0
  return world
}

describe('importing a repository', () => {
  it('records it, and says how many archives prune will look at', async () => {
    const world = await unrecorded()

    const imported = await importRepo(world.deps, inputFor(world))

    expect(imported).toMatchObject({ archives: 2, managedArchives: 1 })
    expect(await world.record('docs')).toMatchObject({ encryption: 'repokey-blake2', sources: [world.source] })
    expect(imported.record).not.toHaveProperty('archiveGlob')
    expect(world.borg.calls).not.toContain('create')
  })

  it('looks at the archives a pattern names', async () => {
    const world = await unrecorded()

    const imported = await importRepo(world.deps, inputFor(world, { archiveGlob: '*' }))

    expect(imported.managedArchives).toBe(2)
    expect((await world.record('docs')).archiveGlob).toBe('*')
  })

  it('may be under another name, with the passphrase handed in and then kept', async () => {
    const world = await unrecorded()
    const key = await readFile(join(world.root, '.borgboi/passphrases/docs.key'), 'utf8')

    await importRepo(world.deps, inputFor(world, { name: 'other', passphrase: { value: key.trim() } }))

    expect(await readFile(join(world.root, '.borgboi/passphrases/other.key'), 'utf8')).toBe(key)
  })

  it('records nothing and keeps no passphrase where it is wrong', async () => {
    const world = await unrecorded()
    const wrong = inputFor(world, { name: 'other', passphrase: { value: 'wrong' } })

    await expect(importRepo(world.deps, wrong)).rejects.toMatchObject({ code: 'passphrase-wrong' })

    expect(await world.deps.repos.list()).toEqual([])
    await expect(readFile(join(world.root, '.borgboi/passphrases/other.key'))).rejects.toThrow('ENOENT')
  })

  it('asks for a passphrase where there is none and the repository is encrypted', async () => {
    const world = await unrecorded()

    await expect(importRepo(world.deps, inputFor(world, { name: 'other' }))).rejects.toMatchObject({
      code: 'passphrase-missing',
    })
  })

  it('tells a passphrase file that is not there, also for a repository that may need none', async () => {
    const world = await unrecorded()
    const passphrase = { file: join(world.root, 'gone.key') }

    await expect(importRepo(world.deps, inputFor(world, { passphrase }))).rejects.toMatchObject({ exitCode: 12 })
  })

  it('refuses a repository that is recorded by its id, wherever it lies', async () => {
    const world = await unrecorded()
    await importRepo(world.deps, inputFor(world))
    const repository = world.borg.repositories.get(join(world.root, 'docs'))
    if (repository) world.borg.repositories.set(join(world.root, 'source'), repository)

    const again = inputFor(world, { name: 'copy', path: 'source', sources: [], passphrase: { value: 'x' } })
    const key = (await readFile(join(world.root, '.borgboi/passphrases/docs.key'), 'utf8')).trim()
    await expect(importRepo(world.deps, { ...again, passphrase: { value: key } })).rejects.toMatchObject({
      code: 'repo-exists',
      reason: expect.stringContaining('docs'),
    })
  })

  it.each([
    ['nothing', 'nowhere', 'repository-missing'],
    ['a file', 'file', 'repository-missing'],
    ['another directory', 'source', 'repository-invalid'],
  ])('tells that there is %s', async (_, path, code) => {
    const world = await unrecorded()
    await writeFile(join(world.root, 'file'), '')

    await expect(importRepo(world.deps, inputFor(world, { path, sources: [] }))).rejects.toMatchObject({ code })
  })

  it('takes an older state than Borg has seen only when that is meant', async () => {
    const world = await unrecorded()
    const older = join(world.root, 'older')
    await world.borg.copyRepository(join(world.root, 'docs'), older)
    await importRepo(world.deps, inputFor(world))
    world.deps.clock.advance(60_000)
    await runBackup(world.deps, { name: 'docs', passphrase: {} })
    const accept = inputFor(world, { path: older, acceptOlder: true })
    await expect(importRepo(world.deps, { ...accept, name: 'again' })).rejects.toMatchObject({ code: 'repo-exists' })
    await deleteRepo(world.deps, {
      name: 'docs',
      keepRepository: true,
      dryRun: false,
      passphrase: {},
      confirm: async () => true,
    })
    world.borg.calls.length = 0

    await expect(importRepo(world.deps, { ...accept, acceptOlder: false })).rejects.toMatchObject({
      code: 'repository-moved',
    })
    expect(world.borg.calls).not.toContain('forget')
    expect(await importRepo(world.deps, accept)).toMatchObject({ archives: 2 })
    world.deps.clock.advance(60_000)
    await runBackup(world.deps, { name: 'docs', passphrase: {} })
  })

  it('cannot accept an older state of what is on another machine', async () => {
    const world = await unrecorded()
    const remote = inputFor(world, { path: 'ssh://nas/./docs', sources: [], acceptOlder: true })

    await expect(importRepo(world.deps, remote)).rejects.toMatchObject({ code: 'usage-invalid' })
  })

  it('can be repeated when the record could not be written', async () => {
    const world = await unrecorded()

    const failing = { ...world.deps, repos: broken(world.deps.repos, 'add') }
    await expect(importRepo(failing, inputFor(world))).rejects.toMatchObject({ code: 'disk-full' })

    expect(await importRepo(world.deps, inputFor(world))).toMatchObject({ archives: 2 })
  })
})
