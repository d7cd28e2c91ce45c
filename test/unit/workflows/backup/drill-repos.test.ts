// Restores that are tried from a repository, with a Borg in memory and real files.

import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunReport } from '../../../../src/model/run.ts'
import { type DrillReposInput, drillRepos } from '../../../../src/workflows/backup/drill-repos.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { showStatus } from '../../../../src/workflows/status/show-status.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

/** A repo with an archive of ten files. */
async function setUp(flags: Record<string, string> = {}) {
  const world = await buildWorld(flags)
  const record = await world.addRepo('docs')
  for (let file = 0; file < 9; file++) await writeFile(join(world.source, `f${file}`), `content of ${file}`)
  await runBackup(world.deps, { name: 'docs', passphrase: {} })
  const scratch = await tempDir()
  const drill = async (changes: Partial<DrillReposInput> = {}): Promise<RunReport> => {
    world.deps.clock.advance(60_000)
    const input = { name: 'docs', passphrase: {}, archive: 'latest', sample: 3, seed: 'abc', scratch, ...changes }
    const [report] = await drillRepos(world.deps, input)
    return report ?? expect.unreachable('no report')
  }
  const evidence = () => world.deps.evidence.read(record.name)
  /** Gives the content of a file another in the archive, as damage would. */
  const alter = (path: string, content: string) => {
    const files = world.borg.repositories.get(record.path)?.archives[0]?.files as Map<string, Buffer>
    files.set(path, Buffer.from(content))
  }
  return { world, record, scratch, drill, evidence, alter }
}

describe('backup drill', () => {
  it('restores files, compares them with the source, keeps what that proved, and leaves nothing', async () => {
    const { world, scratch, drill, evidence } = await setUp()

    const report = await drill()

    expect(report).toMatchObject({
      workflow: 'backup drill',
      exitCode: 0,
      steps: [
        { name: 'choose files', figures: { files: 3 }, detail: 'seed abc' },
        { name: 'restore sample', figures: { files: 3 }, detail: world.archives('docs')[0] },
        { name: 'compare', detail: '3 as in the source' },
        { name: 'record', detail: 'shown by borgboi status' },
      ],
    })
    const { drill: kept, canary } = await evidence()
    expect(kept).toMatchObject({
      result: 'good',
      archive: world.archives('docs')[0],
      seed: 'abc',
      restored: { files: 3, bytes: expect.any(Number), asSource: 3, asRecorded: 0 },
    })
    expect(canary?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(await readdir(scratch)).toEqual([])
  })

  it('reads nothing before there is a scratch directory to restore into', async () => {
    const { drill, scratch } = await setUp()

    const report = await drill({ scratch: `${scratch}/nowhere` })

    expect(report).toMatchObject({ steps: [], failure: { code: 'file-unusable' } })
    expect(report.failure?.reason).toBe('it does not exist, or a directory above it does not')
  })

  it('brings the canary back every time, and compares it with what it was, whatever became of the source', async () => {
    const { world, drill, evidence } = await setUp()
    await drill()
    const before = (await evidence()).canary
    for (let file = 0; file < 9; file++) await writeFile(join(world.source, `f${file}`), 'changed since')

    const report = await drill({ sample: 9, seed: 'other' })

    expect((await evidence()).canary).toMatchObject({ path: before?.path, sha256: before?.sha256 })
    expect(report.steps[2]?.detail).toMatch(/1 as in an earlier drill · \d as Borg had stored it$/)
    expect((await evidence()).drill).toMatchObject({ restored: { asRecorded: 1 } })
  })

  it('takes another canary where the one there was is gone', async () => {
    const { world, record, drill, evidence } = await setUp()
    await drill()
    const { canary } = await evidence()
    for (const archive of world.borg.repositories.get(record.path)?.archives ?? []) {
      ;(archive.files as Map<string, Buffer>).delete(canary?.path ?? '')
    }

    await drill()

    expect((await evidence()).canary?.path).not.toBe(canary?.path)
  })

  it('finds a file that differs from its source, which has not changed, with exit 13', async () => {
    const { world, drill, alter, evidence } = await setUp()
    alter(join(world.source, 'f3').slice(1), 'CONTENT OF 3')

    const report = await drill({ sample: 20 })

    expect(report).toMatchObject({
      exitCode: 13,
      failure: { code: 'repository-damaged', reason: join(world.source, 'f3').slice(1) },
      warnings: [{ kind: 'drill', message: expect.stringContaining('differs from its source') }],
    })
    expect((await evidence()).drill).toMatchObject({
      result: 'damaged',
      archive: world.archives('docs')[0],
      seed: 'abc',
    })
    expect((await evidence()).drill).not.toHaveProperty('restored')
  })

  it('finds a canary that is no longer what it was', async () => {
    const { world, drill, alter, evidence } = await setUp()
    await drill()
    const { canary } = await evidence()
    const path = canary?.path ?? ''
    alter(path, 'x'.repeat(canary?.sizeBytes ?? 0))
    await writeFile(`/${path}`, 'the source has changed')

    expect((await drill()).warnings).toMatchObject([{ path, message: expect.stringContaining('earlier drill') }])
    expect(world.archives('docs')).toHaveLength(1)
  })

  it('takes a source of another time or size for changed', async () => {
    const { world, drill } = await setUp()
    for (let file = 0; file < 9; file++) {
      await writeFile(join(world.source, `f${file}`), `CONTENT OF ${file}`)
      await utimes(join(world.source, `f${file}`), 0, 0)
    }

    expect((await drill({ sample: 9 })).exitCode).toBe(0)
  })

  it('does not compare with files of another host that happen to have the same names', async () => {
    const { world, record, drill, alter } = await setUp()
    await world.deps.repos.update(record.name, (now) => ({ ...now, hostname: 'berta' }))
    alter(join(world.source, 'f3').slice(1), 'CONTENT OF 3')

    expect((await drill({ sample: 20 })).steps[2]?.detail).toBe('10 as Borg had stored it')
  })

  it('chooses by a seed of its own where none is given, and tells it', async () => {
    const { drill } = await setUp()

    const [one, other] = [await drill({ seed: undefined }), await drill({ seed: undefined })]

    expect(one.steps[0]?.detail).toMatch(/^seed \w{6}$/)
    expect(other.steps[0]?.detail).not.toBe(one.steps[0]?.detail)
  })

  it.each([
    ['an archive that is not there', { archive: 'docs-1999' }, 'archive-unknown'],
    ['a repo that is not there', { name: 'none' }, 'repo-unknown'],
  ])('of %s fails, and proves nothing', async (_, changes, code) => {
    const { drill, evidence } = await setUp()

    const end = await drill(changes).then(
      (report) => report.failure?.code,
      (error) => error.code,
    )

    expect(end).toBe(code)
    expect(await evidence()).toEqual({})
  })
})

describe('the promise of drills', () => {
  it('is kept by a drill, broken by time and by damage', async () => {
    const { world, drill, alter } = await setUp({ 'objectives.drill_every': '90d', 'objectives.rpo': 'none' })
    const verdict = async () => {
      const { repos } = await showStatus(world.deps, {})
      const [objective] = repos[0]?.standing.objectives ?? []
      return `${objective?.verdict}: ${objective?.reason ?? ''}`
    }
    expect(await verdict()).toBe('met: ')

    world.deps.clock.advance(91 * 86_400_000)
    expect(await verdict()).toBe('broken: no restore was ever tried, 91 days after it was set up')
    await drill()
    expect(await verdict()).toBe('met: ')
    world.deps.clock.advance(87 * 86_400_000)
    expect(await verdict()).toBe('at-risk: due in 3 days')
    alter(join(world.source, 'f3').slice(1), 'CONTENT OF 3')
    await drill({ sample: 20 })
    expect(await verdict()).toBe('broken: damage was found in the repository 0 minutes ago')
  })
})
