// Drills and verifications that scheduled runs do by themselves, with a Borg and a replication in memory.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import type { RunConditions } from '../../../../src/model/schedule.ts'
import { type RunScheduleInput, runSchedule } from '../../../../src/workflows/schedule/run-schedule.ts'
import { showStatus } from '../../../../src/workflows/status/show-status.ts'
import { scheduledWork } from '../../../support/scheduled-work.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NONE: RunConditions = { network: false, volume: false, mains: false, waitMs: 60_000 }
const DRILL = { 'objectives.drill_every': '90d' }
const VERIFY = { 'objectives.verify_within': '30d' }

async function setUp(flags: Record<string, string> = {}, names: readonly string[] = ['docs']) {
  const scratch = await tempDir()
  const world = await buildWorld({ 'schedule.scratch': scratch, ...flags })
  for (const name of names) await world.addRepo(name)
  /** One scheduled run, and what it did: `docs backup drill ok`. */
  const run = async (input: Partial<RunScheduleInput> = {}) => {
    world.deps.clock.advance(1000)
    const work = scheduledWork(world.deps)
    const { reports } = await runSchedule(world.deps, { all: true, jitterMs: 0, conditions: NONE, ...input }, work)
    return reports.map(({ repo, workflow, outcome }) => `${repo} ${workflow} ${outcome}`)
  }
  /** The run of so many days later, but its backups. */
  const daysOn = async (days: number) => {
    world.deps.clock.advance(days * DAY_MS)
    return (await run()).filter((line) => !line.includes('backup daily'))
  }
  const copyTo = async (vault: string, url?: string) => {
    if (url === undefined) await world.addVault(vault)
    else await world.deps.config.setVault(parseVaultName(vault), { url })
    const { name } = await world.record('docs')
    await world.deps.repos.update(name, (now) => ({ ...now, vault: parseVaultName(vault) }))
  }
  return { world, scratch, run, daysOn, copyTo }
}

describe('a scheduled run', () => {
  it('proves nothing that was not promised', async () => {
    const { run, daysOn } = await setUp()

    expect([await run(), await daysOn(100)]).toEqual([['docs backup daily ok'], []])
  })

  it('drills behind the first backup, and again before a quarter of the time is left', async () => {
    const { world, scratch, run, daysOn } = await setUp(DRILL)

    expect(await run()).toEqual(['docs backup daily ok', 'docs backup drill ok'])
    expect(await run()).toEqual(['docs backup daily ok'])
    expect([await daysOn(67), await daysOn(1)]).toEqual([[], ['docs backup drill ok']])

    const { repos } = await showStatus(world.deps, {})
    expect(repos[0]?.standing).toMatchObject({ verdict: 'met' })
    expect(repos[0]?.evidence.drill?.result).toBe('good')
    expect(await readdir(scratch)).toEqual([])
  })

  it('checks the repository, or verifies the copy where that is what counts', async () => {
    const [here, copied] = [await setUp(VERIFY), await setUp(VERIFY)]
    await copied.copyTo('nas')

    const done = async ({ daysOn }: typeof here) => [await daysOn(0), await daysOn(22), await daysOn(1)]

    expect(await done(here)).toEqual([['docs backup check ok'], [], ['docs backup check ok']])
    expect(await done(copied)).toEqual([['docs s3 verify ok'], [], ['docs s3 verify ok']])
    expect(copied.world.borg.calls).not.toContain('check')
  })

  it('drills from the vault only where that is asked for', async () => {
    const { run, copyTo } = await setUp({ ...DRILL, 'schedule.drill_from': 'vault' })
    await copyTo('nas')

    // The copy in memory is none that a Borg could open.
    expect(await run()).toEqual(['docs backup daily ok', 'docs s3 drill failed'])
  })

  it('asks each repo what holds for it', async () => {
    const own = { 'repos.photos.schedule.drill_from': 'none', 'repos.docs.schedule.verify': 'false' }
    const { run } = await setUp({ ...DRILL, ...VERIFY, ...own }, ['docs', 'photos'])

    expect((await run()).slice(2)).toEqual(['docs backup drill ok', 'photos backup check ok'])
  })
})

describe('a proof that fails', () => {
  it('takes nothing from the backup, waits for the next day, and is kept like any run', async () => {
    const { world, run, daysOn } = await setUp({ ...DRILL, ...VERIFY })
    world.borg.failures.set('extract', new AppError('repository-full', 'the disk is full'))

    const first = await run()
    const again = await run()
    const next = await daysOn(1)

    expect(first).toEqual(['docs backup daily ok', 'docs backup drill failed', 'docs backup check ok'])
    expect(again).toEqual(['docs backup daily ok'])
    expect(next).toEqual(['docs backup drill ok'])
    const { name } = await world.record('docs')
    const kept = (await world.deps.runs.list(name, 10)).map(({ workflow, outcome }) => `${workflow} ${outcome}`)
    expect(kept).toContain('backup drill failed')
    expect((await showStatus(world.deps, {})).exitCode).toBe(0)
  })

  it('before it begins is the report of a run, too', async () => {
    const { world, run, copyTo } = await setUp(VERIFY)
    await copyTo('nas')
    const open = world.deps.vaults.open.bind(world.deps.vaults)
    let opened = 0
    world.deps.vaults.open = async (...args) => {
      // The first is that of the backup.
      if (++opened > 1) throw new AppError('vault-denied', 'nas refused it')
      return await open(...args)
    }

    expect(await run()).toEqual(['docs backup daily ok', 'docs s3 verify failed'])
    expect(await run()).toEqual(['docs backup daily failed'])
  })
})

describe('proofs are not begun', () => {
  it('behind a backup that was skipped, or that there is none of', async () => {
    const { world, run } = await setUp({ ...DRILL, ...VERIFY })
    world.circumstances.battery = true
    const skipped = await run({ conditions: { ...NONE, mains: true } })
    world.borg.failures.set('create', new AppError('repository-full', 'the disk is full'))
    const failed = await run()

    expect([skipped, failed]).toEqual([['docs backup daily skipped'], ['docs backup daily failed']])
  })

  it('of a vault without the network that is waited for, and are behind one that is not needed', async () => {
    const { world, run, copyTo } = await setUp({ ...DRILL, ...VERIFY })
    await copyTo('s3main', 's3://acme/borg')
    world.circumstances.network = false
    const before = world.deps.clock.now().getTime()

    const done = await run({ conditions: { ...NONE, network: true } })

    expect(done.slice(1)).toEqual(['docs backup drill ok'])
    // Waited for once: by the backup.
    expect(world.deps.clock.now().getTime() - before).toBe(61_000)
  })

  it('when the person asks to stop', async () => {
    const { world, run } = await setUp(DRILL)
    const { prune } = world.borg
    world.borg.prune = async (...args) => {
      world.stop.abort('SIGTERM')
      return await prune.apply(world.borg, args)
    }

    expect((await run()).filter((line) => line.includes('drill'))).toEqual([])
  })
})

it('hooks run around proofs of a repository, which may be on a disk that they bring', async () => {
  const told = join(await tempDir(), 'told')
  const { run } = await setUp({ ...DRILL, 'hooks.before': `echo "$BORGBOI_RUN_WORKFLOW" >> ${told}` })

  await run()

  expect(await readFile(told, 'utf8')).toBe('backup daily\nbackup drill\n')
})
