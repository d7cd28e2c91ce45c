import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BreakLockInput, breakLock } from '../../../../src/workflows/repo/break-lock.ts'
import { FAKE_HOST_ID } from '../../../fakes/fake-borg.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp(hostId: string) {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  await mkdir(join(record.path, 'lock.exclusive'))
  await writeFile(join(record.path, 'lock.exclusive', `${hostId}.999999999-0`), '')
  const input = (changes: Partial<BreakLockInput> = {}): BreakLockInput => ({
    force: false,
    dryRun: false,
    confirm: async () => true,
    ...changes,
  })
  return { world, record, input }
}

describe('breaking a lock', () => {
  it('breaks that of a process of this machine that is gone', async () => {
    const { world, input } = await setUp(FAKE_HOST_ID)

    expect(await breakLock(world.deps, input())).toMatchObject({ broken: true, held: { state: 'gone' } })
    expect(await breakLock(world.deps, input())).toEqual({ name: 'docs', broken: false, dryRun: false })
  })

  it('names the holder of another machine, and breaks its lock only by force', async () => {
    const { world, input } = await setUp('nas@1')

    await expect(breakLock(world.deps, input())).rejects.toMatchObject({
      code: 'locked',
      reason: expect.stringContaining('pid 999999999 of nas@1'),
    })
    expect(await breakLock(world.deps, input({ force: true }))).toMatchObject({ broken: true })
  })

  it('names a reader', async () => {
    const world = await buildWorld()
    const { path } = await world.addRepo('docs')
    await writeFile(join(path, 'lock.roster'), '{"shared": [["nas@1", 999999999, 0]]}')
    const input = { force: false, dryRun: false, confirm: async () => true }

    await expect(breakLock(world.deps, input)).rejects.toMatchObject({ reason: expect.stringContaining('nas@1') })
  })

  it('leaves a borgboi that works on the repo alone, also by force', async () => {
    const { world, record, input } = await setUp(FAKE_HOST_ID)
    await using _job = await world.deps.jobs.acquire(record.name, 'backup daily', 0)

    await expect(breakLock(world.deps, input({ force: true }))).rejects.toMatchObject({ code: 'locked' })
    expect(world.borg.calls).not.toContain('break lock')
  })

  it.each([
    ['in a dry run', { dryRun: true }],
    ['where the person says no', { confirm: async () => false }],
  ])('breaks nothing %s', async (_case, changes) => {
    const { world, input } = await setUp(FAKE_HOST_ID)

    await breakLock(world.deps, input(changes)).catch(() => {})

    expect(world.borg.calls).not.toContain('break lock')
  })
})
