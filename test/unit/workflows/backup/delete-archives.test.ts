import { describe, expect, it } from 'vitest'
import { type DeleteArchivesInput, deleteArchives } from '../../../../src/workflows/backup/delete-archives.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import type { Loss } from '../../../../src/workflows/shared/confirm.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp(answer = true) {
  const world = await buildWorld()
  await world.addRepo('docs')
  for (let i = 0; i < 3; i++) {
    await runBackup(world.deps, { name: 'docs', passphrase: {} })
    world.deps.clock.advance(60_000)
  }
  const names = world.archives('docs')
  const asked: Loss[] = []
  const remove = async (archives: readonly string[], changes: Partial<DeleteArchivesInput> = {}) => {
    const confirm = async (loss: Loss) => {
      asked.push(loss)
      return answer
    }
    const input = { name: 'docs', archives, dryRun: false, passphrase: {}, confirm, ...changes }
    const [report] = await deleteArchives(world.deps, input)
    return report
  }
  return { world, names, asked, remove }
}

describe('deleting archives', () => {
  it('deletes those that are named, after naming them', async () => {
    const { world, names, asked, remove } = await setUp()

    const report = await remove(names.slice(0, 2))

    expect(report).toMatchObject({ outcome: 'ok', steps: [{ name: 'delete archives', figures: { removed: 2 } }] })
    expect(world.archives('docs')).toEqual(names.slice(2))
    expect(asked.map(({ action }) => action)).toEqual(['delete 2 archives of docs'])
    expect(asked[0]?.consequences.map((line) => line.split(' ')[0])).toEqual(names.slice(0, 2))
  })

  it('counts what they gave up for the next compact', async () => {
    const { world, names, remove } = await setUp()

    await remove(names.slice(0, 1))

    expect((await world.record('docs')).reclaimableBytes).toBe(1000)
  })

  it('deletes nothing when the answer is no', async () => {
    const { world, names, remove } = await setUp(false)

    expect(await remove(names)).toMatchObject({ exitCode: 2, failure: { code: 'confirmation-needed' }, steps: [] })

    expect(world.archives('docs')).toEqual(names)
  })

  it('neither asks nor deletes in a dry run', async () => {
    const { world, names, asked, remove } = await setUp()

    const report = await remove(names, { dryRun: true })

    expect(report?.steps[0]?.detail).toBe(`would delete ${names.join(', ')}`)
    expect(world.archives('docs')).toEqual(names)
    expect(asked).toEqual([])
    expect(await world.record('docs')).not.toHaveProperty('reclaimableBytes')
  })

  it('deletes none when one of them is not there', async () => {
    const { world, names, asked, remove } = await setUp()

    const report = await remove([...names, 'mistyped'])

    expect(report).toMatchObject({ failure: { code: 'archive-unknown', message: 'docs has no archive mistyped' } })
    expect(world.archives('docs')).toEqual(names)
    expect(asked).toEqual([])
  })

  it.each(['', '-rf', 'a/b', 'docs::x'])('refuses %j before it opens anything', async (name) => {
    const { world, remove } = await setUp()
    world.borg.calls.length = 0

    await expect(remove([name])).rejects.toMatchObject({ code: 'value-invalid' })

    expect(world.borg.calls).toEqual([])
  })
})
