import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { deleteRepo } from '../../../../src/workflows/repo/delete-repo.ts'
import { inspectRepo } from '../../../../src/workflows/repo/inspect-repo.ts'
import { type MoveRepoInput, moveRepo } from '../../../../src/workflows/repo/move-repo.ts'
import { FAKE_HOST_ID } from '../../../fakes/fake-borg.ts'
import { Faults } from '../../../fakes/faults.ts'
import { farawayDir, otherDisk } from '../../../support/other-disk.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

/** The repo `docs` with one archive, and a place for it; `disk`: where that is. */
async function setUp(disk?: string) {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  await mkdir(join(record.path, 'data/0'), { recursive: true })
  await writeFile(join(record.path, 'data/0/1'), 'a segment')
  await runBackup(world.deps, { passphrase: {} })
  const [from, to] = [record.path, join(disk ?? world.root, 'moved/docs')]
  const input = (changes: Partial<MoveRepoInput> = {}): MoveRepoInput => {
    return { name: 'docs', to, workingDirectory: world.root, dryRun: false, passphrase: {}, ...changes }
  }
  const move = (changes: Partial<MoveRepoInput> = {}) => moveRepo(world.deps, input(changes))
  return { world, record, from, to, input, move }
}

/** Everything works at the new place, nothing is left at the old one, and nothing of the move is remembered. */
async function expectMoved({ deps, root, record }: World, from: string, to: string): Promise<void> {
  expect((await record('docs')).path).toBe(to)
  expect(await readdir(join(to, '..'))).toEqual(['docs'])
  expect(await readdir(to)).not.toContain('lock.exclusive')
  await expect(readdir(from)).rejects.toThrow('ENOENT')
  expect(await readdir(join(root, '.borgboi/moves')).catch(() => [])).toEqual([])
  deps.clock.advance(60_000)
  expect(await runBackup(deps, { name: 'docs', passphrase: {} })).toMatchObject([{ exitCode: 0 }])
}

describe('moving a repo', () => {
  it('renames it, has Borg open it there, and records it', async () => {
    const { world, from, to, move } = await setUp()

    const report = await move()

    expect(report).toMatchObject({
      workflow: 'repo move',
      exitCode: 0,
      steps: [
        { name: 'move', detail: 'renamed' },
        { name: 'open', detail: `recorded at ${to}` },
      ],
    })
    expect(world.replication.calls.at(-1)).toMatchObject({ name: 'follow', input: { from, to } })
    await expectMoved(world, from, to)
  })

  it('only tells in a dry run', async () => {
    const { world, record, from, to, move } = await setUp()

    const report = await move({ dryRun: true })

    expect(report.steps).toMatchObject([{ name: 'move', detail: expect.stringContaining('would be renamed') }])
    expect(await world.record('docs')).toMatchObject({ path: record.path })
    expect(await readdir(from)).toContain('config')
    await expect(readdir(to)).rejects.toThrow('ENOENT')
  })

  it('takes up one that was moved by hand, when it is the same repository', async () => {
    const { world, from, to, move } = await setUp()
    await world.addRepo('pics')
    await mkdir(join(to, '..'))
    await rename(from, to)

    expect(await move({ to: join(world.root, 'nowhere') })).toMatchObject({ failure: { code: 'repository-missing' } })
    await rename(join(world.root, 'pics'), join(world.root, 'other'))
    expect(await move({ to: join(world.root, 'other') })).toMatchObject({ failure: { code: 'repository-missing' } })
    expect(await move({ dryRun: true })).toMatchObject({ steps: [{ detail: expect.stringContaining('recorded at') }] })
    expect(await move()).toMatchObject({ exitCode: 0, steps: [{ name: 'open' }] })

    await expectMoved(world, from, to)
  })

  it('to where it is tells Borg that it is right there', async () => {
    const { world, from, move } = await setUp()
    const elsewhere = join(world.root, 'elsewhere')
    await rename(from, elsewhere)
    await world.deps.borg.info({
      path: elsewhere,
      passphrase: (await world.deps.passphrases.resolveExisting(await world.record('docs'), {})).secret,
      lockWaitSeconds: 0,
      trustLocation: true,
    })
    await rename(elsewhere, from)
    await expect(inspectRepo(world.deps, { passphrase: {} })).rejects.toMatchObject({ code: 'repository-moved' })

    expect(await move({ to: from })).toMatchObject({ exitCode: 0 })

    await inspectRepo(world.deps, { passphrase: {} })
  })

  it.each([
    ['of another repo', 'pics', 'repo-exists'],
    ['in what is backed up', 'source/docs', 'value-invalid'],
    ['on another machine', 'ssh://nas/./docs', 'usage-invalid'],
  ])('refuses a place %s before anything begins', async (_case, to, code) => {
    const { world, move } = await setUp()
    await world.addRepo('pics')

    await expect(move({ to })).rejects.toMatchObject({ code })
  })

  it.each([
    ['in the repository itself', 'docs/in', 'value-invalid'],
    ['where something is', 'source/..', 'value-invalid'],
    ['that is not empty', 'full', 'destination-not-empty'],
  ])('refuses a place %s, and leaves all as it was', async (_case, to, code) => {
    const { world, from, move } = await setUp()
    await mkdir(join(world.root, 'full/of'), { recursive: true })
    await world.deps.repos.update((await world.record('docs')).name, (record) => ({ ...record, sources: [] }))

    expect(await move({ to })).toMatchObject({ failure: { code } })

    expect(await readdir(from)).not.toContain('lock.exclusive')
    await inspectRepo(world.deps, { passphrase: {} })
  })

  it.each([
    [
      'a Borg that writes',
      async (path: string) => await mkdir(join(path, 'lock.exclusive/nas@1.4711-0'), { recursive: true }),
    ],
    [
      'a Borg that reads',
      async (path: string) => await writeFile(join(path, 'lock.roster'), '{"shared": [["nas@1", 4711, 0]]}'),
    ],
  ])('refuses while %s is at it', async (_case, lock) => {
    const { world, from, to, move } = await setUp()
    await lock(from)

    expect(await move()).toMatchObject({ exitCode: 11, failure: { code: 'locked' } })

    expect((await world.record('docs')).path).toBe(from)
    await expect(readdir(to)).rejects.toThrow('ENOENT')
  })

  it('is not kept from it by the lock of a process that is gone', async () => {
    const { world, from, to, move } = await setUp()
    await mkdir(join(from, `lock.exclusive/${FAKE_HOST_ID}.999999999-0`), { recursive: true })
    await rm(join(from, `lock.exclusive/${FAKE_HOST_ID}.999999999-0`), { recursive: true })
    await writeFile(join(from, `lock.exclusive/${FAKE_HOST_ID}.999999999-0`), '')

    expect(await move()).toMatchObject({ exitCode: 0 })

    await expectMoved(world, from, to)
  })

  it('needs a passphrase that opens it, before anything moves', async () => {
    const { from, move } = await setUp()

    expect(await move({ passphrase: { value: 'wrong' } })).toMatchObject({ exitCode: 12 })

    expect(await readdir(from)).toContain('config')
  })

  it('moves a copy that is only read as well', async () => {
    const { world, from, to, move } = await setUp()
    await world.deps.repos.update((await world.record('docs')).name, (now) => ({ ...now, readOnly: true as const }))

    expect(await move()).toMatchObject({ exitCode: 0 })

    expect(await world.record('docs')).toMatchObject({ path: to, readOnly: true })
    await expect(readdir(from)).rejects.toThrow('ENOENT')
  })
})

describe.skipIf(otherDisk === undefined)('moving a repo to another disk', () => {
  const faraway = async () => await setUp(await farawayDir())

  it('copies it, and removes the original when Borg has opened the copy', async () => {
    const { world, from, to, move } = await faraway()

    expect(await move({ dryRun: true })).toMatchObject({ steps: [{ detail: expect.stringContaining('copied') }] })
    const report = await move()

    expect(report.steps).toMatchObject([
      { name: 'move', detail: 'copied and compared', figures: { files: 3 } },
      { name: 'open' },
      { name: 'remove original', detail: from },
    ])
    await expectMoved(world, from, to)
  })

  it('gives an earlier try up where another place is named now', async () => {
    const { world, from, to } = await faraway()
    world.stop.abort('SIGTERM')
    await world.deps.relocation.bring({ borgId: (await world.record('docs')).borgId, from, to }, {}).catch(() => {})
    expect(await readdir(join(to, '..'))).toEqual([expect.stringMatching(/^docs\.incoming-/)])
    const deps = { ...world.deps, stop: new AbortController().signal }
    const here = join(world.root, 'here/docs')

    const input = { name: 'docs', to: here, workingDirectory: '/', dryRun: false, passphrase: {} }
    const report = await moveRepo(deps, input)

    expect(report.steps.map(({ name }) => name)).toEqual(['give up earlier', 'move', 'open'])
    expect(await readdir(join(to, '..'))).toEqual([])
    await expectMoved({ ...world, deps }, from, here)
  })

  it('leaves the original where a backup went into it after all, and says so', async () => {
    const { world, from, to, input } = await faraway()
    const faults = new Faults(0, 'killed')
    const relocation = faults.in(world.deps.relocation, ['removeOriginal'])
    await moveRepo({ ...world.deps, relocation }, input())
    await writeFile(join(from, 'data/0/9'), 'by some other Borg')

    const report = await moveRepo(world.deps, input())

    expect(report).toMatchObject({ exitCode: 3, outcome: 'warnings' })
    expect(report.warnings[0]?.message).toContain(`${from} stays`)
    expect(await readdir(join(from, 'data/0'))).toContain('9')
    expect((await world.record('docs')).path).toBe(to)
  })
})

describe('a move that is cut off', () => {
  // A lock that was taken is given back, or its process is gone: only taking it may fail.
  const faulty = ({ deps }: World, faults: Faults, when = 'before') => ({
    ...deps,
    repos: faults.in(deps.repos, ['get', 'update']),
    borg: faults.in(deps.borg, when === 'after' ? ['repositoryId', 'info'] : ['repositoryId', 'info', 'hold']),
    relocation: faults.in(deps.relocation, ['begun', 'bring', 'removeOriginal']),
    replication: faults.in(deps.replication, ['follow']),
  })

  const ways = [
    ['on one disk', false],
    ...(otherDisk === undefined ? [] : [['to another disk', true] as const]),
  ] as const
  const cases = ways.flatMap(([way, isFar]) =>
    (['before', 'after', 'killed'] as const).map((when) => [way, when, isFar] as const),
  )

  it.each(cases)('%s, anywhere (%s), is finished by the same command', async (_way, when, isFar) => {
    const begin = async () => await setUp(isFar ? await farawayDir() : undefined)
    const counter = new Faults(-1, 'before')
    const whole = await begin()
    await moveRepo(faulty(whole.world, counter, when), whole.input())
    expect(counter.calls).toBeGreaterThan(isFar ? 9 : 8)

    for (let failAt = 0; failAt < counter.calls; failAt++) {
      const { world, from, to, input } = await begin()
      const faults = new Faults(failAt, when)
      await moveRepo(faulty(world, faults, when), input()).catch(() => {})
      const there = await Promise.all([from, to].map((path) => readdir(path).catch((): string[] => [])))
      expect(there.some((names) => names.includes('config') && names.includes('data'))).toBe(true)

      expect(await moveRepo(world.deps, input()), faults.failed).toMatchObject({ exitCode: 0 })

      await expectMoved(world, from, to)
    }
  })
})

describe('after a move', () => {
  it('the repository is deleted at its new place', async () => {
    const { world, to, move } = await setUp()
    await move()

    await deleteRepo(world.deps, { keepRepository: false, dryRun: false, passphrase: {}, confirm: async () => true })

    await expect(readdir(to)).rejects.toThrow('ENOENT')
  })
})
