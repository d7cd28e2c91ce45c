import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { holdArchives } from '../../../../src/workflows/backup/hold-archives.ts'
import { type RecreateInput, recreateArchives } from '../../../../src/workflows/backup/recreate-archives.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import type { Loss } from '../../../../src/workflows/shared/confirm.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const { path } = await world.addRepo('docs')
  const secret = join(world.source, 'secret.txt')
  for (let i = 0; i < 3; i++) {
    if (i === 1) await writeFile(secret, 'a mistake')
    await runBackup(world.deps, { passphrase: {} })
    world.deps.clock.advance(60_000)
  }
  const asked: Loss[] = []
  const recreate = async (changes: Partial<RecreateInput> = {}) => {
    const choices = { archives: [], withExclusions: false, exclude: [`pp:${secret}`], dryRun: false }
    const confirm = async (loss: Loss) => asked.push(loss) > 0
    return (await recreateArchives(world.deps, { passphrase: {}, confirm, ...choices, ...changes }))[0]
  }
  const withSecret = () =>
    (world.borg.repositories.get(path)?.archives ?? []).map(({ files }) => files.has(secret.slice(1)))
  world.borg.calls.length = 0
  return { world, secret, names: world.archives('docs'), asked, recreate, withSecret }
}

describe('recreating archives', () => {
  it('names what each would lose, and rewrites those alone that have it', async () => {
    const { world, secret, names, asked, recreate, withSecret } = await setUp()
    const before = (await world.record('docs')).lastBackup

    const report = await recreate()

    expect(asked).toMatchObject([{ action: 'rewrite 2 archives of docs' }])
    expect(asked[0]?.consequences.slice(0, 2)).toEqual(
      names.slice(1).map((name) => `${name} loses 1 entry, such as ${secret.slice(1)}`),
    )
    expect(withSecret()).toEqual([false, false, false])
    expect(report?.steps.map(({ name, detail }) => [name, detail])).toEqual([
      ['look', 'to be left out'],
      ['recreate', names[1]],
      ['recreate', names[2]],
    ])
    const { lastBackup, reclaimableBytes } = await world.record('docs')
    expect(lastBackup?.archiveId).not.toBe(before?.archiveId)
    expect(reclaimableBytes).toBeGreaterThan(0)
    expect((await recreate())?.steps.at(-1)).toMatchObject({ outcome: 'skipped', detail: 'nothing to leave out' })
  })

  it.each([
    ['in a dry run', { dryRun: true }],
    ['where the person says no', { confirm: async () => false }],
  ])('changes nothing %s', async (_case, changes) => {
    const { world, recreate, withSecret } = await setUp()

    await recreate(changes)

    expect(withSecret()).toEqual([false, true, true])
    expect(world.borg.calls).not.toContain('recreate')
  })

  it('leaves out what the exclusions of the repo match', async () => {
    const { world, secret, recreate, withSecret } = await setUp()
    await world.deps.exclusions.write('shared', `pp:${secret}\n`)

    await recreate({ exclude: [], withExclusions: true })

    expect(withSecret()).toEqual([false, false, false])
  })

  it('leaves held archives as they are, and refuses one that is named', async () => {
    const { world, names, recreate, withSecret } = await setUp()
    await holdArchives(world.deps, { passphrase: {}, archives: [names[1] ?? ''] })

    expect(await recreate({ archives: [names[1] ?? ''] })).toMatchObject({ failure: { code: 'archive-held' } })
    await recreate()

    expect(withSecret()).toEqual([false, true, false])
  })

  it('compresses anew what it was told to, without a look for what is left out', async () => {
    const { world, names, asked, recreate } = await setUp()

    await recreate({ exclude: [], recompress: 'zstd,10', archives: ['latest'] })

    expect(world.borg.calls.filter((call) => call.startsWith('recreate'))).toEqual(['recreate'])
    expect(asked[0]?.consequences[0]).toBe(`all data of ${names[2]} is read, and stored again as zstd,10`)
  })

  it('has to be told what to change, in words Borg knows', async () => {
    const { recreate } = await setUp()

    await expect(recreate({ exclude: [] })).rejects.toMatchObject({ code: 'usage-invalid' })
    await expect(recreate({ exclude: ['*'] })).rejects.toMatchObject({ code: 'value-invalid' })
    await expect(recreate({ recompress: 'gzip' })).rejects.toMatchObject({ code: 'value-invalid' })
    expect(await recreate({ archives: ['mistyped'] })).toMatchObject({ failure: { code: 'archive-unknown' } })
  })
})
