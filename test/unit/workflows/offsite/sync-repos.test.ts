import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { VaultProbe, VaultSettings } from '../../../../src/deps.ts'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import type { RunReport } from '../../../../src/model/run.ts'
import { dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { type SyncInput, syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { probeVault } from '../../../../src/workflows/vault/probe-vault.ts'
import { MemoryVault } from '../../../fakes/memory-vault.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const nas = parseVaultName('nas')

/** Two repos: `docs` is copied to the vault `nas`, `pics` nowhere. */
async function setUp(flags: Record<string, string> = {}) {
  const world = await buildWorld(flags)
  const url = await world.addVault('nas')
  await world.addRepo('docs', { vault: nas })
  await world.addRepo('pics')
  const sync = (input: Partial<SyncInput> = {}) => syncRepos(world.deps, { name: 'docs', dryRun: false, ...input })
  const daily = async (name = 'docs') => {
    world.deps.clock.advance(86_400_000)
    const [report] = await dailyBackup(world.deps, { name, passphrase: {} })
    return report ?? expect.unreachable('no report')
  }
  return { world, url, sync, daily }
}

const steps = (report: RunReport | undefined) => report?.steps.map(({ name, outcome }) => `${name}: ${outcome}`)
const pushes = ({ replication }: World) => replication.calls.filter(({ name }) => name === 'push')
const broken = new AppError('vault-denied', 'nas refused it', { reason: '403 AccessDenied', hint: 'check the policy' })

describe('s3 sync', () => {
  it('makes a generation, needs no passphrase, and says what went', async () => {
    const { world, sync } = await setUp()
    await rm(join(world.root, '.borgboi/passphrases/docs.key'))

    const [report] = await sync()

    expect(report).toMatchObject({
      workflow: 's3 sync',
      exitCode: 0,
      steps: [{ name: 'off-site', outcome: 'ok', figures: { generation: 1, objects: 3, bytes: 1000 } }],
    })
    expect(world.borg.calls).toEqual([])
    expect(world.events[0]).toMatchObject({ type: 'run-started', vault: 'nas' })
  })

  it.each([
    [{ mirror: 's3://acme/docs' }, 'value-invalid'],
    [{ mirror: 'file:///mnt/docs' }, 'value-invalid'],
    [{ mirror: 's3://acme/docs', all: true, name: undefined }, 'usage-invalid'],
  ])('refuses a mirror that cannot be copied from: %j', async (input, code) => {
    const { world, sync } = await setUp()

    const failure = await sync(input).then(
      ([report]) => report?.failure,
      (error: unknown) => error,
    )

    expect(failure).toMatchObject({ code })
    expect(pushes(world)).toEqual([])
  })

  it('opens a mirror in the vault’s server, outside of the vault only, and says what it had', async () => {
    const { world } = await setUp()
    const opened: string[] = []
    const open = async ({ url }: VaultSettings) => {
      opened.push(url)
      return new MemoryVault()
    }
    const lastProbe = async () => ({ conditionalWrites: true }) as VaultProbe
    const deps = { ...world.deps, vaults: { open, lastProbe, probe: lastProbe } }
    const sync = async (mirror: string) =>
      (await syncRepos(deps, { name: 'docs', dryRun: false, vault: 's3://acme/borg/docs', mirror }))[0]
    world.replication.copied = { objects: 7, bytes: 9 }

    const inside = await sync('s3://acme/borg')
    const done = await sync('s3://acme/mirrors/docs')

    expect(inside?.failure).toMatchObject({ code: 'value-invalid', reason: expect.stringContaining('lies inside it') })
    expect(opened).toEqual(['s3://acme/borg/docs', 's3://acme/borg/docs', 's3://acme/mirrors/docs'])
    expect(done?.steps).toMatchObject([
      {
        figures: { objects: 3, copiedObjects: 7, copiedBytes: 9 },
        detail: 'the mirror was not whole: 3 files of this state came from here',
      },
    ])
  })

  it('hands the settings of the vault on', async () => {
    const usb = {
      'vaults.usb.url': await tempDir(),
      'vaults.usb.upload_index_max': '5M',
      'vaults.usb.single_writer': 'yes',
    }
    const { world, sync } = await setUp({ 'borg.lock_wait': '90s', ...usb })
    await probeVault(world.deps, { vault: 'usb' })

    await sync({ vault: 'usb', acceptLoss: true })

    expect(pushes(world)[0]?.input).toEqual({
      repository: { directory: join(world.root, 'docs'), borgId: (await world.record('docs')).borgId, name: 'docs' },
      options: {
        lockWaitMs: 90_000,
        auxMaxBytes: 5e6,
        singleWriter: true,
        conditionalWrites: true,
        acceptLoss: true,
      },
    })
  })

  it('says that there is nothing new', async () => {
    const { world, sync } = await setUp()
    await sync()
    world.replication.unchanged = true

    const [report] = await sync()

    expect(report?.steps[0]).toMatchObject({ figures: { generation: 1 }, detail: 'nothing new' })
  })

  it('in a dry run says what would go, and sends nothing', async () => {
    const { world, sync } = await setUp()

    const [report] = await sync({ dryRun: true })

    expect(report?.steps[0]).toMatchObject({
      detail: expect.stringMatching(/^would make generation 1 with .*data.0.1$/),
      figures: { files: 1, bytes: 1000, requests: 5 },
    })
    expect(pushes(world)).toEqual([])
  })

  it('of all copies those that have a vault', async () => {
    const { world, sync } = await setUp()

    const reports = await sync({ name: undefined, all: true, jobs: 2 })

    expect(reports.map(steps)).toEqual([['off-site: ok'], ['off-site: skipped']])
    expect(pushes(world)).toHaveLength(1)
  })

  it('of one that has no vault is refused, unless it is told one', async () => {
    const { world, sync } = await setUp()
    const other = await world.addVault('usb')

    const [refused] = await sync({ name: 'pics' })
    const [copied] = await sync({ name: 'pics', vault: other })

    expect(refused?.failure).toMatchObject({ code: 'usage-invalid', hint: expect.stringContaining('vault use') })
    expect(copied?.exitCode).toBe(0)
    expect([...(world.replication.vaults.get(other)?.values() ?? [])]).toMatchObject([{ name: 'pics' }])
  })

  it('warns of a generation that looks like a loss', async () => {
    const { world, sync } = await setUp()
    world.replication.suspicious = 'more than half of the bytes are gone'

    const [report] = await sync()

    expect(report).toMatchObject({ exitCode: 3, warningCounts: { 'off-site': 1 } })
    expect(report?.warnings[0]?.message).toContain('more than half of the bytes are gone')
  })

  it('is refused for a copy that may only be read', async () => {
    const { world, sync } = await setUp()
    await world.deps.repos.update((await world.record('docs')).name, (now) => ({ ...now, readOnly: true }))

    const [report] = await sync()

    expect(report?.failure).toMatchObject({ code: 'repo-read-only' })
    expect(pushes(world)).toEqual([])
  })

  it('tries a vault that was never tried, once', async () => {
    const { world, sync } = await setUp()
    await rm(join(world.root, '.borgboi/vaults'), { recursive: true })

    await sync()

    expect(await world.deps.vaults.lastProbe({ url: `file://${world.root}/vaults/nas` })).toBeDefined()
  })
})

describe('the off-site step of the daily backup', () => {
  it('comes last, with its figures', async () => {
    const { daily } = await setUp()

    const report = await daily()

    expect(steps(report)).toEqual(['create archive: ok', 'prune: ok', 'compact: skipped', 'off-site: ok'])
    expect(report.steps[3]?.figures).toEqual({ generation: 1, objects: 3, bytes: 1000 })
  })

  it('is no step of a repo without a vault', async () => {
    const { daily } = await setUp()

    expect(steps(await daily('pics'))).toEqual(['create archive: ok', 'prune: ok', 'compact: skipped'])
  })

  it('when it fails says that the backup is complete, and what to do', async () => {
    const { world, daily } = await setUp()
    world.replication.failures.set('push', broken)

    const report = await daily()

    const [archive] = world.archives('docs')
    expect(steps(report)).toEqual(['create archive: ok', 'prune: ok', 'compact: skipped', 'off-site: failed'])
    expect(report).toMatchObject({
      outcome: 'failed',
      exitCode: 15,
      failure: {
        code: 'offsite-failed',
        message: 'the backup is complete, the off-site copy is not',
        reason: `archive ${archive} is in ${join(world.root, 'docs')}; nas: nas refused it: 403 AccessDenied`,
        hint: 'check the policy; then: borgboi s3 sync --name docs',
        context: { cause: 'vault-denied' },
      },
    })
    expect((await world.record('docs')).lastBackup?.archive).toBe(archive)
  })

  it('fails the same way for a vault that is gone from the configuration, or from the disk', async () => {
    const { world, daily } = await setUp()
    await rm(join(world.root, 'vaults/nas'), { recursive: true })
    const unmounted = await daily()
    await world.deps.config.removeVault(nas)
    const forgotten = await daily()

    expect([unmounted.exitCode, forgotten.exitCode]).toEqual([15, 15])
    expect(unmounted.failure?.context).toMatchObject({ cause: 'vault-missing' })
    expect(forgotten.failure?.context).toMatchObject({ cause: 'vault-unknown' })
  })

  it('is interrupted, not failed, when the person asks to stop', async () => {
    const { world, daily } = await setUp()
    world.replication.failures.set('push', new AppError('interrupted', 'stopped', { reason: 'SIGINT', hint: 'again' }))

    expect(await daily()).toMatchObject({ outcome: 'interrupted', exitCode: 130 })
  })

  it('is skipped where it would need a network that may not be used', async () => {
    const { world, daily } = await setUp({ offline: 'true' })
    await world.deps.config.setVault(nas, { url: 's3://acme/borg' })

    const report = await daily()

    expect(report).toMatchObject({ outcome: 'ok', exitCode: 0 })
    expect(report.steps[3]).toMatchObject({
      name: 'off-site',
      outcome: 'skipped',
      detail: 'offline: not copied to nas',
    })
    expect(pushes(world)).toEqual([])
  })

  it('is not skipped for a directory when offline', async () => {
    const { daily } = await setUp({ offline: 'true' })

    expect(steps(await daily())?.at(-1)).toBe('off-site: ok')
  })
})
