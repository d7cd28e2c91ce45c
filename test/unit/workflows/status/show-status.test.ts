// What status knows: records, evidence, runs and schedules of this machine, by a clock that goes on and jumps.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseCalendar } from '../../../../src/model/calendar.ts'
import { type AppEvent, hasChanged, type ObjectivesJudged } from '../../../../src/model/events.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import { checkRepos } from '../../../../src/workflows/backup/check-repos.ts'
import { dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { verifyCopy } from '../../../../src/workflows/offsite/verify-copy.ts'
import { showStatus } from '../../../../src/workflows/status/show-status.ts'
import { broken } from '../../../fakes/faults.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const HOUR_MS = 3_600_000
const DENIED = new AppError('vault-denied', 'nas refused it', { reason: '403', hint: 'check the policy' })

async function setUp(flags: Record<string, string> = {}) {
  const world = await buildWorld(flags)
  await world.addRepo('docs')
  const status = async (deps: World['deps'] = world.deps) => {
    const shown = await showStatus(deps, {})
    const [repo] = shown.repos
    return { ...shown, repo, reasons: repo?.standing.objectives.flatMap(({ reason }) => reason ?? []) ?? [] }
  }
  const daily = async (deps: World['deps'] = world.deps) => {
    world.deps.clock.advance(1000)
    const [report] = await dailyBackup(deps, { name: 'docs', passphrase: {} })
    return report ?? expect.unreachable('no report')
  }
  const later = (hours: number) => world.deps.clock.advance(hours * HOUR_MS)
  const isChange = (event: AppEvent): event is ObjectivesJudged =>
    event.type === 'objectives-judged' && hasChanged(event)
  const changes = () => world.events.filter(isChange)
  return { world, status, daily, later, changes }
}

/** As `setUp`, copied to the vault `nas`. */
async function setUpCopied(flags: Record<string, string> = {}) {
  const stage = await setUp(flags)
  await stage.world.addVault('nas')
  const { name } = await stage.world.record('docs')
  await stage.world.deps.repos.update(name, (now) => ({ ...now, vault: parseVaultName('nas') }))
  return stage
}

/** A schedule for all repos, every night. */
function schedule(world: World, active: boolean): void {
  world.scheduler.installed.push({
    id: 'borgboi',
    schedule: {
      at: parseCalendar('02:30'),
      jitterMs: 0,
      conditions: { network: false, volume: false, mains: false, waitMs: 0 },
    },
    scheduler: 'systemd',
    scope: 'user',
    since: world.deps.clock.now().toISOString(),
    files: [],
    active,
    problems: active ? [] : [{ message: 'the timer is not active', hint: 'systemctl --user start borgboi.timer' }],
  })
}

describe('status', () => {
  it('is met after a backup, at risk or not by the last run, and broken when the rpo has passed', async () => {
    const { world, status, daily, later } = await setUp()
    expect(await status()).toMatchObject({ verdict: 'at-risk', exitCode: 0, reasons: ['no backup yet'] })

    await daily()
    expect(await status()).toMatchObject({ verdict: 'met', exitCode: 0 })
    later(20)
    world.borg.failures.set('create', new AppError('repository-full', 'the disk is full'))
    const failed = await daily()
    expect(await status()).toMatchObject({ verdict: 'at-risk', reasons: ['the last run failed: the disk is full'] })
    expect((await status()).repo?.standing.objectives[0]?.hint).toBe(`borgboi history show ${failed.id.slice(-6)}`)
    later(7)
    expect(await status()).toMatchObject({ verdict: 'broken', exitCode: 14 })
    await daily()
    expect(await status()).toMatchObject({ verdict: 'met', exitCode: 0, reasons: [] })
  })

  it('breaks when the rpo passes and nothing runs, and names the timer that starts nothing', async () => {
    const { world, status, daily, later } = await setUp()
    schedule(world, true)
    await daily()
    const running = await status()

    world.scheduler.installed.pop()
    schedule(world, false)
    later(30)
    const stopped = await status()

    expect(running).toMatchObject({ verdict: 'met', repo: { nextRunAt: expect.any(Date) } })
    expect(stopped).toMatchObject({ verdict: 'broken', exitCode: 14 })
    expect(stopped.reasons).toEqual(['the newest backup is 30 hours old; the timer is not active'])
  })

  it('does not need to know what starts runs', async () => {
    const { world, status, daily } = await setUp()
    await daily()

    expect((await status({ ...world.deps, scheduler: broken(world.scheduler, 'list') })).verdict).toBe('met')
  })

  it('believes no backup of a time to come', async () => {
    const { status, daily, later } = await setUp()
    later(24 * 3650)
    await daily()
    later(-24 * 3650)

    expect(await status()).toMatchObject({
      verdict: 'broken',
      reasons: ['the newest backup is of a time to come: a clock was wrong'],
    })
    await daily()
    expect((await status()).verdict).toBe('met')
  })

  it('is of the copy, too, where there is one', async () => {
    const { world, status, daily, later } = await setUpCopied()
    await daily()
    const copied = await status()
    later(20)
    world.replication.failures.set('push', DENIED)
    await daily()
    const failed = await status()
    later(10)
    world.replication.failures.set('push', DENIED)
    await daily()

    expect(copied.repo).toMatchObject({
      evidence: { copy: { vault: 'nas', generation: 1 } },
      standing: { backedUp: true },
    })
    expect(failed.reasons).toEqual(['the last run failed: the backup is complete, the off-site copy is not'])
    expect((await status()).repo?.standing).toMatchObject({
      backedUp: false,
      objectives: [
        { objective: 'rpo', verdict: 'met' },
        { objective: 'offsite', verdict: 'broken', hint: expect.stringMatching(/^borgboi history show/) },
      ],
    })
  })

  it('knows what was verified and checked, whole', async () => {
    const { world, status, daily, later } = await setUpCopied({ 'objectives.verify_within': '30d' })
    await daily()
    const verify = (changes: { generation?: number; sample?: { part: number; of: number } }) =>
      verifyCopy(world.deps, { level: 2, verifyData: false, passphrase: {}, workingDirectory: world.root, ...changes })
    await verify({ generation: 1 })
    await verify({ sample: { part: 1, of: 2 } })
    expect((await status()).repo?.evidence.verification).toBeUndefined()

    await verify({})
    later(24 * 31)
    await daily()
    const old = await status()
    await checkRepos(world.deps, {
      ...{ passphrase: {}, verifyData: false, scope: 'all', repair: false, dryRun: false },
      confirm: async () => true,
    })

    expect(old.reasons).toEqual(['the last verification is 31 days old'])
    expect((await status()).repo?.evidence).toMatchObject({
      verification: { result: 'good', level: 2, generation: 1, vault: 'nas' },
      check: { result: 'good' },
    })
    expect((await status()).verdict).toBe('broken')
  })

  it('is broken while damage is known', async () => {
    const { world, status, daily } = await setUp()
    const record = await world.record('docs')
    const check = () =>
      checkRepos(world.deps, {
        ...{ passphrase: {}, verifyData: false, scope: 'all', repair: false, dryRun: false },
        confirm: async () => true,
      })
    await daily()
    world.borg.damaged.add(record.path)
    await check()
    expect((await status()).reasons).toEqual(['damage was found in the repository 0 minutes ago'])

    world.borg.damaged.clear()
    await check()

    expect((await status()).verdict).toBe('met')
  })

  it('has no use for what was seen of another repository, or in another vault', async () => {
    const { world, status, daily } = await setUpCopied()
    await daily()
    const { name } = await world.record('docs')

    await world.deps.repos.update(name, (now) => ({ ...now, vault: parseVaultName('other') }))
    const elsewhere = await status()
    await world.deps.repos.update(name, (now) => ({ ...now, borgId: 'f'.repeat(64), vault: parseVaultName('nas') }))

    expect(elsewhere.reasons).toContain('never copied off-site')
    expect((await status()).repo?.evidence).toEqual({})
  })

  it('tells that the disk of the repository is not there', async () => {
    const { world, status, daily } = await setUp()
    await daily()
    await rm(join(world.root, 'docs'), { recursive: true })

    expect((await status()).reasons).toEqual([`there is nothing at ${join(world.root, 'docs')}`])
  })

  it('promises nothing of a copy that may only be read', async () => {
    const { world, status, later } = await setUp()
    const { name } = await world.record('docs')
    await world.deps.repos.update(name, (now) => ({ ...now, readOnly: true }))
    later(1000)

    expect(await status()).toMatchObject({ verdict: 'met', repo: { standing: { objectives: [] } } })
  })

  it('of a home without a repo is an error: nothing is backed up', async () => {
    const { deps } = await buildWorld()

    await expect(showStatus(deps, {})).rejects.toMatchObject({ code: 'repo-unknown', exitCode: 2 })
  })
})

describe('that a promise broke, or is kept again', () => {
  it('is told once, by status or by the run that noticed it', async () => {
    const { status, daily, later, changes, world } = await setUp()
    await daily()
    later(30)

    await status()
    await status()
    const noticed = changes().splice(0)
    world.events.length = 0
    await daily()
    await status()

    expect(noticed).toEqual([
      {
        type: 'objectives-judged',
        repo: 'docs',
        broken: [expect.objectContaining({ objective: 'rpo', reason: 'the newest backup is 30 hours old' })],
        broke: ['rpo'],
        recovered: [],
      },
    ])
    expect(changes()).toEqual([{ type: 'objectives-judged', repo: 'docs', broken: [], broke: [], recovered: ['rpo'] }])
  })

  it('is told again where it cannot be remembered', async () => {
    const { world, status, daily, later, changes } = await setUp()
    await daily()
    later(30)
    const deps = { ...world.deps, evidence: broken(world.deps.evidence, 'keep') }

    await status(deps)
    expect((await status(deps)).exitCode).toBe(14)

    expect(changes()).toHaveLength(2)
  })
})

describe('the heartbeat', () => {
  it('says when the last run was, how it ended, and until when the next backup is promised', async () => {
    const { world, daily, later } = await setUp()
    const good = await daily()
    const { lastRun, lastBackup } = await world.record('docs')
    later(1)
    world.borg.failures.set('create', new AppError('repository-full', 'full'))
    const failed = await daily()

    expect(lastRun).toEqual({
      at: good.startedAt,
      outcome: 'ok',
      dueAt: new Date(Date.parse(lastBackup?.at ?? '') + 26 * HOUR_MS).toISOString(),
    })
    expect((await world.record('docs')).lastRun).toEqual({ ...lastRun, at: failed.startedAt, outcome: 'failed' })
  })

  it('promises what comes first, here or off-site', async () => {
    const { world, daily, later } = await setUpCopied()
    await daily()
    const promised = (await world.record('docs')).lastRun?.dueAt
    later(1)
    world.replication.failures.set('push', DENIED)
    await daily()

    expect((await world.record('docs')).lastRun).toMatchObject({ outcome: 'failed', dueAt: promised })
  })

  it('that cannot be recorded does not make a backup fail', async () => {
    const { world, daily } = await setUp()
    const update: World['deps']['repos']['update'] = async (name, change) => {
      const current = await world.record(name)
      if (change(current).lastRun !== current.lastRun) throw new AppError('disk-full', 'cannot write')
      return await world.deps.repos.update(name, change)
    }
    const repos = new Proxy(world.deps.repos, {
      get: (target, name) => (name === 'update' ? update : Reflect.get(target, name).bind(target)),
    })

    const report = await daily({ ...world.deps, repos })

    expect(report.outcome).toBe('ok')
    expect(world.events.at(-1)).toMatchObject({
      type: 'notice',
      message: expect.stringContaining('could not be recorded'),
    })
  })
})
