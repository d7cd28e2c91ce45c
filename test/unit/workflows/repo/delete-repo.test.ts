import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { type DeleteRepoInput, deleteRepo } from '../../../../src/workflows/repo/delete-repo.ts'
import type { Loss } from '../../../../src/workflows/shared/confirm.ts'
import { broken } from '../../../fakes/faults.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp(answer: boolean | Error = true) {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  await runBackup(world.deps, { name: 'docs', passphrase: {} })
  const asked: Loss[] = []
  const input = (changes: Partial<DeleteRepoInput> = {}): DeleteRepoInput => ({
    name: 'docs',
    keepRepository: false,
    dryRun: false,
    passphrase: {},
    confirm: async (loss) => {
      asked.push(loss)
      if (answer instanceof Error) throw answer
      return answer
    },
    ...changes,
  })
  const left = async () => ({
    record: (await world.deps.repos.list()).length === 1,
    repository: world.borg.repositories.has(record.path),
  })
  return { world, record, asked, input, left }
}

describe('deleting a repo', () => {
  it('deletes the repository and the record, and keeps the passphrase', async () => {
    const { world, asked, input, left } = await setUp()

    const deleted = await deleteRepo(world.deps, input())

    expect(deleted).toMatchObject({ repositoryDeleted: true, archives: 1, dryRun: false })
    expect(await left()).toEqual({ record: false, repository: false })
    expect(await readFile(join(world.root, '.borgboi/passphrases/docs.key'), 'utf8')).toMatch(/./)
    expect(asked).toHaveLength(1)
  })

  it('names what will be lost before it asks', async () => {
    const { world, record, asked, input } = await setUp()

    await deleteRepo(world.deps, input())

    expect(asked[0]?.action).toContain('docs')
    expect(asked[0]?.consequences.join('\n')).toMatch(new RegExp(`${record.path} with 1 archive`))
  })

  it.each([
    ['no', false],
    ['nobody', new AppError('confirmation-needed', 'did not', { reason: 'no terminal', hint: '--yes' })],
  ])('changes nothing when the answer is %s', async (_, answer) => {
    const { world, input, left } = await setUp(answer)

    for (const keepRepository of [true, false]) {
      await expect(deleteRepo(world.deps, input({ keepRepository }))).rejects.toMatchObject({
        code: 'confirmation-needed',
        exitCode: 2,
      })
    }

    expect(await left()).toEqual({ record: true, repository: true })
  })

  it('neither asks nor deletes in a dry run', async () => {
    const { world, asked, input, left } = await setUp()

    expect(await deleteRepo(world.deps, input({ dryRun: true }))).toMatchObject({ archives: 1, dryRun: true })
    expect(await deleteRepo(world.deps, input({ dryRun: true, keepRepository: true }))).toMatchObject({
      repositoryDeleted: false,
    })

    expect(asked).toEqual([])
    expect(await left()).toEqual({ record: true, repository: true })
  })

  it('forgets the record alone without opening the repository', async () => {
    const { world, input, left } = await setUp()
    world.borg.calls.length = 0

    await deleteRepo(world.deps, input({ keepRepository: true }))

    expect(world.borg.calls).toEqual([])
    expect(await left()).toEqual({ record: false, repository: true })
  })

  it('keeps the record when Borg could not delete', async () => {
    const { world, input, left } = await setUp()
    world.borg.failures.set('delete repository', new AppError('locked', 'held'))

    await expect(deleteRepo(world.deps, input())).rejects.toMatchObject({ code: 'locked' })

    expect(await left()).toEqual({ record: true, repository: true })
  })

  it('is finished with keepRepository when only the record was left', async () => {
    const { world, input, left } = await setUp()
    const failing = { ...world.deps, repos: broken(world.deps.repos, 'remove') }
    await expect(deleteRepo(failing, input())).rejects.toMatchObject({ code: 'disk-full' })
    expect(await left()).toEqual({ record: true, repository: false })

    await deleteRepo(world.deps, input({ keepRepository: true }))

    expect(await left()).toEqual({ record: false, repository: false })
  })

  it('refuses another repository at the same path', async () => {
    const { world, asked, input, left } = await setUp()
    await world.deps.repos.update((await world.record('docs')).name, (now) => ({ ...now, borgId: 'f'.repeat(64) }))

    await expect(deleteRepo(world.deps, input())).rejects.toMatchObject({
      code: 'repository-moved',
      hint: expect.stringContaining('nothing was deleted'),
    })

    expect(asked).toEqual([])
    expect(await left()).toEqual({ record: true, repository: true })
  })

  it('waits for a run on the same repo', async () => {
    const { world, record, input } = await setUp()
    await using _lock = await world.deps.jobs.acquire(record.name, 'backup daily', 0)

    await expect(deleteRepo(world.deps, input())).rejects.toMatchObject({
      code: 'locked',
      reason: expect.stringContaining('borgboi backup daily'),
    })
  })
})
