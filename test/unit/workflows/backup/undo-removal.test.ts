import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RepoRecord } from '../../../../src/model/repo.ts'
import { compactRepos } from '../../../../src/workflows/backup/compact-repos.ts'
import { deleteArchives } from '../../../../src/workflows/backup/delete-archives.ts'
import { pruneRepos } from '../../../../src/workflows/backup/prune-repos.ts'
import { recreateArchives } from '../../../../src/workflows/backup/recreate-archives.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { type UndoInput, undoRemoval } from '../../../../src/workflows/backup/undo-removal.ts'
import type { Loss } from '../../../../src/workflows/shared/confirm.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const target = { name: 'docs', passphrase: {} }
const confirm = async () => true

/** A repo with three archives, of which a prune keeps the last. */
async function setUp(changes: Partial<RepoRecord> = {}) {
  const world = await buildWorld()
  const record = await world.addRepo('docs', { retention: { last: 1 }, ...changes })
  const backUp = async () => {
    world.deps.clock.advance(60_000)
    await runBackup(world.deps, target)
  }
  for (let i = 0; i < 3; i++) await backUp()
  const names = world.archives('docs')
  const asked: Loss[] = []
  const undo = async (input: Partial<UndoInput> = {}) => {
    const ask = async (loss: Loss) => asked.push(loss) > 0
    const all = { ...target, acceptLoss: false, dryRun: false, confirm: ask, ...input }
    const [report] = await undoRemoval(world.deps, all)
    if (report === undefined) throw new Error('no report')
    return report
  }
  return {
    ...{ world, record, names, asked, backUp, undo },
    prune: () => pruneRepos(world.deps, { ...target, dryRun: false }),
    remove: (...archives: string[]) => deleteArchives(world.deps, { ...target, archives, dryRun: false, confirm }),
  }
}

describe('an undo', () => {
  it('brings back what a prune removed, after naming it', async () => {
    const { world, names, asked, undo, prune } = await setUp()
    await prune()

    const report = await undo()

    expect(report.outcome).toBe('ok')
    expect(report.steps.map(({ name, outcome }) => `${name}: ${outcome}`)).toEqual([
      'rehearse: ok',
      'check: ok',
      'go back: ok',
    ])
    expect(report.steps[0]?.figures).toEqual({ back: 2, gone: 0 })
    expect(world.archives('docs')).toEqual(names)
    expect(asked).toEqual([
      {
        action: 'go back in docs to before 2026-11-20 02:33',
        consequences: names.slice(0, 2).map((name) => `${name} comes back`),
      },
    ])
  })

  it('leaves a record as if nothing had been removed, and a repository that goes on', async () => {
    const { world, names, undo, prune, backUp } = await setUp()
    await prune()

    await undo()

    const record = await world.record('docs')
    expect(record).not.toHaveProperty('removals')
    expect(record).toMatchObject({ reclaimableBytes: 0, lastBackup: { archive: names[2] } })
    await backUp()
    expect(world.archives('docs')).toHaveLength(4)
    expect([...world.borg.repositories.keys()]).toEqual([record.path])
  })

  it('undoes the last removal and leaves earlier ones', async () => {
    const { world, names, undo, remove } = await setUp()
    await remove(names[0] ?? '')
    await remove(names[1] ?? '')

    await undo()

    expect(world.archives('docs')).toEqual(names.slice(1))
    expect(await world.record('docs')).toMatchObject({ reclaimableBytes: 1000, removals: [{ archives: [names[0]] }] })
  })

  it('goes back to before an archive was removed that is named', async () => {
    const { world, names, undo, remove } = await setUp()
    await remove(names[0] ?? '')
    await remove(names[1] ?? '')

    await undo({ archive: names[0] })

    expect(world.archives('docs')).toEqual(names)
    expect(await world.record('docs')).toMatchObject({ reclaimableBytes: 0 })
  })

  it('loses no archive that was made since, unless that is accepted', async () => {
    const { world, names, asked, undo, prune, backUp } = await setUp()
    await prune()
    await backUp()
    const [, later] = world.archives('docs')

    const refused = await undo()
    const accepted = await undo({ acceptLoss: true })

    expect(refused.failure).toMatchObject({
      code: 'undo-impossible',
      message: 'did not undo: 1 archive would be lost',
      reason: `made since then: ${later}`,
      hint: expect.stringContaining('--accept-loss'),
    })
    expect(accepted.outcome).toBe('ok')
    expect(asked.map(({ consequences }) => consequences.at(-1))).toEqual([
      `${later} goes, and every file version that only it holds`,
    ])
    expect(world.archives('docs')).toEqual(names)
    expect(await world.record('docs')).not.toHaveProperty('lastBackup')
  })

  it('only says in a dry run what would come back and what would go', async () => {
    const { world, names, asked, undo, prune, backUp } = await setUp()
    await prune()
    await backUp()
    const [kept, later] = world.archives('docs')
    const before = await world.record('docs')

    const report = await undo({ dryRun: true })

    expect(report.steps).toMatchObject([{ name: 'rehearse', detail: `back: ${names[0]}, ${names[1]}; gone: ${later}` }])
    expect(asked).toEqual([])
    expect(world.archives('docs')).toEqual([kept, later])
    expect(await world.record('docs')).toEqual(before)
    expect([...world.borg.repositories.keys()]).toEqual([before.path])
  })

  it('changes nothing when the answer is no', async () => {
    const { world, names, undo, prune } = await setUp()
    await prune()

    const report = await undo({ confirm: async () => false })

    expect(report).toMatchObject({ exitCode: 2, failure: { code: 'confirmation-needed' } })
    expect(world.archives('docs')).toEqual(names.slice(2))
    expect(world.borg.calls).not.toContain('hold')
  })

  it.each([
    ['nothing was removed', {}, 'no archive was removed'],
    ['the archive is not among what was', { archive: 'docs-never' }, 'no archive docs-never was removed'],
  ])('says so when %s', async (_, input, reason) => {
    const { undo } = await setUp()

    expect((await undo(input)).failure).toMatchObject({ code: 'undo-impossible', exitCode: 1, reason })
  })

  it('says since when nothing can be undone after a compact', async () => {
    const { world, undo, prune } = await setUp()
    await prune()
    await compactRepos(world.deps, target)

    expect((await undo()).failure).toMatchObject({
      code: 'undo-impossible',
      reason: 'no archive was removed since the compact of 2026-11-20 02:33',
    })
  })

  it('says so when something else has compacted the repository', async () => {
    const { world, undo, prune, record } = await setUp()
    await prune()
    world.borg.repositories.get(record.path)?.history.clear()

    expect(await undo()).toMatchObject({ steps: [{ name: 'rehearse' }], failure: { code: 'undo-impossible' } })
  })

  it('changes nothing when Borg finds the state before damaged', async () => {
    const { world, names, record, undo, prune } = await setUp()
    await prune()
    world.borg.damaged.add(record.path)

    expect(await undo()).toMatchObject({ exitCode: 13, failure: { code: 'repository-damaged' } })

    expect(world.archives('docs')).toEqual(names.slice(2))
    expect(world.borg.calls).not.toContain('hold')
  })

  it('waits for nobody who is at work in the repository, and changes nothing', async () => {
    const { world, names, record, undo, prune } = await setUp()
    await prune()
    const list = world.borg.list.bind(world.borg)
    world.borg.list = async (...args) => {
      const found = await list(...args)
      await mkdir(join(record.path, 'lock.exclusive'), { recursive: true })
      await writeFile(join(record.path, 'lock.exclusive', 'nas@1.7-0'), '')
      return found
    }

    expect(await undo()).toMatchObject({ exitCode: 11, failure: { code: 'locked' } })

    await rm(join(record.path, 'lock.exclusive'), { recursive: true })
    expect(world.archives('docs')).toEqual(names.slice(2))
  })

  it('that was cut off while it changed the repository is finished by the next, which asks no more', async () => {
    const { world, names, asked, undo, prune } = await setUp()
    await prune()
    world.rollback.failure = new Error('killed')
    const cutOff = await undo()

    const report = await undo()

    expect(cutOff.outcome).toBe('failed')
    expect(report.steps.map(({ name }) => name)).toEqual(['go back'])
    expect(report.steps[0]?.detail).toBe(`back: ${names[0]}, ${names[1]}`)
    expect(asked).toHaveLength(1)
    expect(world.archives('docs')).toEqual(names)
    expect(await world.record('docs')).not.toHaveProperty('removals')
  })

  it('finds what a prune removed that was killed before it could tell', async () => {
    const { world, names, undo, prune } = await setUp()
    const removing = world.borg.prune.bind(world.borg)
    world.borg.prune = async (...args) => {
      await removing(...args)
      throw new Error('killed')
    }
    await prune()

    expect(await world.record('docs')).toMatchObject({ removals: [{ archives: [] }] })
    expect((await undo()).steps[0]?.figures).toEqual({ back: 2, gone: 0 })
    expect(world.archives('docs')).toEqual(names)
  })

  it('brings back what a recreate left out, in archives that have their names still', async () => {
    const { world, names, undo } = await setUp()
    const contents = () =>
      world.borg.repositories.get(join(world.root, 'docs'))?.archives.map(({ files }) => files.size)
    const [input, all] = [{ ...target, confirm, withExclusions: false, dryRun: false }, contents()]
    await recreateArchives(world.deps, { ...input, archives: [], exclude: [`pp:${join(world.source, 'a.txt')}`] })
    const without = contents()

    const report = await undo()

    expect(report.steps[0]?.detail).toBe(`back: ${names.map((name) => `${name} as it was`).join(', ')}`)
    expect([without, contents()]).toEqual([[0, 0, 0], all])
    expect((await world.record('docs')).lastBackup).not.toHaveProperty('archiveId')
  })

  it('forgets a removal of which everything is there', async () => {
    const { world, undo, remove, names } = await setUp()
    await remove(names[0] ?? '')
    const { removals, ...rest } = await world.record('docs')
    await undo()
    await world.deps.repos.update(rest.name, (current) => ({ ...current, ...(removals && { removals }) }))

    expect((await undo()).failure).toMatchObject({
      code: 'undo-impossible',
      reason: expect.stringContaining('is there as it was'),
    })
    expect(await world.record('docs')).not.toHaveProperty('removals')
  })

  it('is not for a repository on another machine, or one that may only be read', async () => {
    const far = await setUp()
    await far.prune()
    await far.world.deps.repos.update(far.record.name, ({ removals = [], ...current }) => ({
      ...current,
      removals: removals.map(({ before: _, ...removal }) => removal),
    }))
    const copy = await setUp({ readOnly: true })

    expect((await far.undo()).failure).toMatchObject({ reason: expect.stringContaining('on another machine') })
    expect(await copy.undo()).toMatchObject({ failure: { code: 'repo-read-only' } })
  })
})

describe('a removal', () => {
  it('that removed nothing, or could not, leaves nothing to undo', async () => {
    const { world, prune, names } = await setUp({ retention: { last: 9 } })
    await prune()
    world.borg.failures.set('delete', Object.assign(new Error('no'), {}) as never)
    await deleteArchives(world.deps, { ...target, archives: [names[0] ?? ''], dryRun: false, confirm })

    expect(await world.record('docs')).not.toHaveProperty('removals')
  })

  it('from the same state takes the place of one that was cut off before it did anything', async () => {
    const { world, prune, record } = await setUp()
    const before = await world.rollback.point(record.path)
    await world.deps.repos.update(record.name, (current) => ({
      ...current,
      removals: [{ at: '2026-11-20T00:00:00.000Z', archives: [], reclaimableBytes: 0, ...(before && { before }) }],
    }))

    await prune()

    expect((await world.record('docs')).removals).toMatchObject([{ archives: { length: 2 } }])
  })
})
