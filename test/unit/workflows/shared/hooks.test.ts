import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

/** A repo `docs` with hooks of all repos and of its own; what they write into LOG are the lines. */
async function setUp(hooks: Record<string, string>, own: Record<string, string> = {}) {
  const world = await buildWorld()
  const log = join(world.root, 'hooks.log')
  await writeFile(log, '')
  // JSON is YAML, too.
  const settings = JSON.stringify({ hooks, repos: { docs: { hooks: own } } }).replaceAll('LOG', log)
  await mkdir(dirname(world.deps.config.path), { recursive: true })
  await writeFile(world.deps.config.path, settings)
  await world.addRepo('docs')
  const lines = async () => (await readFile(log, 'utf8')).split('\n').slice(0, -1)
  return { world, lines }
}

const each = (world: World) => ({ name: 'docs', passphrase: {}, workingDirectory: world.root })

describe('hooks', () => {
  it('run before and after a backup and at its end, as steps of the run', async () => {
    const { world, lines } = await setUp({
      before: 'echo before >> LOG',
      after: 'echo after >> LOG',
      on_error: 'echo error >> LOG',
      finally: 'echo finally >> LOG',
    })

    const [report] = await runBackup(world.deps, each(world))

    expect(await lines()).toEqual(['before', 'after', 'finally'])
    expect(report).toMatchObject({ outcome: 'ok' })
    expect(report?.steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'before hook ok',
      'create archive ok',
      'after hook ok',
      'finally hook ok',
    ])
  })

  it('are told of the run in their environment and on their stdin', async () => {
    const { world, lines } = await setUp({
      before:
        'echo "$BORGBOI_RUN_HOOK $BORGBOI_RUN_WORKFLOW $BORGBOI_RUN_REPO $BORGBOI_RUN_OUTCOME" >> LOG; cat >> LOG',
      finally: 'echo "$BORGBOI_RUN_OUTCOME $BORGBOI_RUN_EXIT_CODE $BORGBOI_RUN_ARCHIVE" >> LOG; cat >> LOG',
    })

    const [report] = await runBackup(world.deps, each(world))

    const [before, first, end, last] = await lines()
    const repositoryPath = join(world.root, 'docs')
    expect(before).toBe('before backup run docs ')
    expect(JSON.parse(first ?? '')).toMatchObject({
      format: 1,
      hook: 'before',
      repositoryPath,
      sources: [world.source],
      run: { id: report?.id, workflow: 'backup run', repo: 'docs', steps: [] },
    })
    expect(JSON.parse(first ?? '').run).not.toHaveProperty('outcome')
    expect(end).toBe('ok 0 docs-2026-11-20T02:30:04')
    expect(JSON.parse(last ?? '')).toMatchObject({
      hook: 'finally',
      run: { outcome: 'ok', exitCode: 0, steps: [{ name: 'before hook' }, { name: 'create archive' }] },
    })
  })

  it('of a repo run inside those of all repos', async () => {
    const write = (who: string) => ({ before: `echo ${who} >> LOG`, finally: `echo ${who} >> LOG` })
    const { world, lines } = await setUp(write('all'), write('docs'))

    const [report] = await runBackup(world.deps, each(world))

    expect(await lines()).toEqual(['all', 'docs', 'docs', 'all'])
    expect(report?.steps.map(({ detail }) => detail)).toEqual([
      'of all repos',
      'of this repo',
      expect.stringContaining('docs-'),
      'of this repo',
      'of all repos',
    ])
  })

  it('skip the run on purpose with exit 75, and tidy up', async () => {
    const { world, lines } = await setUp({
      before: 'echo on battery; exit 75',
      after: 'echo after >> LOG',
      on_error: 'echo error >> LOG',
      finally: 'echo "$BORGBOI_RUN_OUTCOME" >> LOG',
    })

    const [report] = await dailyBackup(world.deps, each(world))

    expect(report).toMatchObject({ outcome: 'skipped', exitCode: 75 })
    expect(report?.steps[0]).toMatchObject({ name: 'before hook', outcome: 'skipped', detail: 'on battery' })
    expect(world.archives('docs')).toEqual([])
    expect(await lines()).toEqual(['skipped'])
  })

  it('that fail before it keep the backup from running; on_error and finally are told why', async () => {
    const { world, lines } = await setUp({
      before: 'echo no database >&2; exit 3',
      on_error: 'echo "$BORGBOI_RUN_ERROR: $BORGBOI_RUN_ERROR_MESSAGE" >> LOG',
      finally: 'echo "$BORGBOI_RUN_OUTCOME" >> LOG',
    })

    const [report] = await dailyBackup(world.deps, each(world))

    expect(report).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      failure: { code: 'hook-failed', reason: 'it ended with exit 3: no database', context: { said: ['no database'] } },
    })
    expect(world.archives('docs')).toEqual([])
    expect(await lines()).toEqual([
      'hook-failed: the before hook of all repos failed: it ended with exit 3: no database',
      'failed',
    ])
  })

  it('that hang before it are a failure of theirs', async () => {
    const { world } = await setUp({ before: 'sleep 600', timeout: '1s' })

    const [report] = await runBackup(world.deps, each(world))

    expect(report?.failure).toMatchObject({ code: 'hook-failed', reason: 'it took longer than 1 s and was killed' })
  })

  it('that fail after it are a warning: the backup is done', async () => {
    const { world } = await setUp({ after: 'echo oops; exit 4', finally: 'exit 5' })

    const [report] = await runBackup(world.deps, each(world))

    expect(report).toMatchObject({ outcome: 'warnings', exitCode: 3, warningCounts: { hook: 2 } })
    expect(report?.warnings.map(({ message }) => message)).toEqual([
      'the after hook of all repos: it ended with exit 4: oops',
      'the finally hook of all repos: it ended with exit 5',
    ])
    expect(world.archives('docs')).toHaveLength(1)
  })

  it('that end with a long line are told of with its beginning', async () => {
    const { world } = await setUp({ after: "printf '%0300d' 7; exit 4" })

    const [report] = await runBackup(world.deps, each(world))

    expect(report?.warnings[0]?.message).toMatch(/ended with exit 4: 0{200}…$/)
  })

  it('on_error run where the backup fails, and change nothing about why', async () => {
    const { world, lines } = await setUp({ after: 'echo after >> LOG', on_error: 'echo "$BORGBOI_RUN_ERROR" >> LOG' })
    await world.deps.repos.update((await world.record('docs')).name, (now) => ({ ...now, sources: ['/not/there'] }))

    const [report] = await dailyBackup(world.deps, each(world))

    expect(report?.failure?.code).toBe('source-missing')
    expect(await lines()).toEqual(['source-missing'])
  })

  it('tidy up after a run that was stopped', async () => {
    const { world, lines } = await setUp({ before: 'true', finally: 'echo "$BORGBOI_RUN_OUTCOME" >> LOG' })
    world.stop.abort('SIGTERM')

    const [report] = await runBackup(world.deps, each(world))

    expect(report).toMatchObject({ outcome: 'interrupted', exitCode: 130 })
    expect(await lines()).toEqual(['interrupted'])
  })

  it('run before what a scheduled run waits for: they may bring it', async () => {
    const { world, lines } = await setUp({ before: 'echo before >> LOG', finally: 'echo finally >> LOG' })
    const ready = async () => {
      expect(await lines()).toEqual(['before'])
      throw new AppError('skipped', 'the volume is not there')
    }

    const [report] = await dailyBackup(world.deps, { ...each(world), ready })

    expect(report).toMatchObject({ outcome: 'skipped', exitCode: 75 })
    expect(await lines()).toEqual(['before', 'finally'])
  })

  it('run around s3 sync, and not around a dry run of it', async () => {
    const { world, lines } = await setUp({ before: 'echo "$BORGBOI_RUN_WORKFLOW" >> LOG' })
    const url = await world.addVault('nas')

    await syncRepos(world.deps, { name: 'docs', vault: url, dryRun: true })
    await syncRepos(world.deps, { name: 'docs', vault: url, dryRun: false })

    expect(await lines()).toEqual(['s3 sync'])
  })
})
