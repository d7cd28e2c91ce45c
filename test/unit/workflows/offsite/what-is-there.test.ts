import { describe, expect, it } from 'vitest'
import type { Vaults } from '../../../../src/deps.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import type { ObjectLocks } from '../../../../src/vault/vault.ts'
import { collectGarbage } from '../../../../src/workflows/offsite/collect-garbage.ts'
import { deleteCopy } from '../../../../src/workflows/offsite/delete-copy.ts'
import { describeGeneration, listGenerations } from '../../../../src/workflows/offsite/list-generations.ts'
import { measureVault } from '../../../../src/workflows/offsite/measure-vault.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import type { Loss } from '../../../../src/workflows/shared/confirm.ts'
import { probeVault } from '../../../../src/workflows/vault/probe-vault.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp(flags: Record<string, string> = {}) {
  const world = await buildWorld(flags)
  const url = await world.addVault('nas')
  const record = await world.addRepo('docs', { vault: parseVaultName('nas') })
  for (const _ of [1, 2]) await syncRepos(world.deps, { name: 'docs', dryRun: false })
  const losses: Loss[] = []
  const answer = (yes: boolean) => async (loss: Loss) => {
    losses.push(loss)
    return yes
  }
  return { world, url, record, losses, answer, calls: () => world.replication.calls.map(({ name }) => name) }
}

describe('s3 generations, describe and stats', () => {
  it('tell of the copies of a repo, or of what is in a vault', async () => {
    const { world, url, record } = await setUp()

    const ofRepo = await listGenerations(world.deps, { name: 'docs' })
    await world.deps.repos.remove(record.name)
    const ofVault = await listGenerations(world.deps, { vault: url })

    expect(ofRepo).toMatchObject({
      vault: 'nas',
      url,
      name: 'docs',
      generations: [{ seq: 2, state: 'head' }, { seq: 1 }],
    })
    expect(ofVault).toEqual(ofRepo)
  })

  it('take another vault than its own for a repo that is named by its path', async () => {
    const { world, record } = await setUp()
    const usb = await world.addVault('usb')
    await syncRepos(world.deps, { name: 'docs', vault: usb, dryRun: false })

    const list = await listGenerations(world.deps, { path: record.path, vault: 'usb' })

    expect(list).toMatchObject({ vault: 'usb', generations: [{ seq: 1 }] })
  })

  it('of a repo that is copied nowhere say how to choose a vault', async () => {
    const { world } = await setUp()
    await world.addRepo('pics')

    await expect(listGenerations(world.deps, { name: 'pics' })).rejects.toMatchObject({
      code: 'usage-invalid',
      hint: expect.stringContaining('borgboi vault use'),
    })
  })

  it('describe the newest, or the one that is meant', async () => {
    const { world } = await setUp()

    const [newest, first] = await Promise.all([
      describeGeneration(world.deps, { name: 'docs' }),
      describeGeneration(world.deps, { name: 'docs', generation: 1 }),
    ])

    expect([newest.manifest.seq, first.manifest.seq]).toEqual([2, 1])
    expect(first).toMatchObject({ vault: 'nas', ref: { seq: 1 } })
  })

  it('estimate what it costs where it costs something', async () => {
    const paidFor = { 'vaults.paid.url': await tempDir(), 'vaults.paid.price_per_gb_month': '0.01' }
    const { world } = await setUp(paidFor)
    await probeVault(world.deps, { vault: 'paid' })
    await syncRepos(world.deps, { name: 'docs', vault: 'paid', dryRun: false })

    const free = await measureVault(world.deps, { name: 'docs' })
    const paid = await measureVault(world.deps, { vault: 'paid' })

    expect(free).toMatchObject({ vault: 'nas', bytes: 2e9, generations: 2 })
    expect(free).not.toHaveProperty('costPerMonth')
    expect(paid.costPerMonth).toBeCloseTo(0.01)
  })
})

describe('s3 gc', () => {
  const plan = { expired: [1], deletedObjects: 3, freedBytes: 11_900_000, waiting: { objects: 2, bytes: 5 } }

  it('names what would go, asks, and goes by the policy of the vault', async () => {
    const { world, losses, answer, calls } = await setUp()
    world.replication.collected = plan

    const report = await collectGarbage(world.deps, {
      name: 'docs',
      dryRun: false,
      extendLock: false,
      confirm: answer(true),
    })

    expect(losses[0]?.consequences).toEqual(['expired: generation 1', 'deleted: 3 objects of 11.9 MB'])
    expect(calls().filter((name) => name === 'collect')).toHaveLength(2)
    expect(world.replication.calls.at(-1)?.input).toMatchObject({
      policy: { within: '30d', last: 1 },
      graceMs: 3 * 86_400_000,
      dryRun: false,
    })
    expect(report).toMatchObject({
      exitCode: 0,
      steps: [
        { figures: { objects: 3, freedBytes: 11_900_000 }, detail: expect.stringContaining('not for long enough') },
      ],
    })
  })

  it('collects nothing after a no, and only looks in a dry run', async () => {
    const { world, losses, answer } = await setUp()
    world.replication.collected = plan

    const refused = await collectGarbage(world.deps, {
      name: 'docs',
      dryRun: false,
      extendLock: false,
      confirm: answer(false),
    })
    const dry = await collectGarbage(world.deps, {
      name: 'docs',
      dryRun: true,
      extendLock: false,
      confirm: answer(false),
    })

    const inputs = world.replication.calls.flatMap(({ name, input }) => (name === 'collect' ? [input] : []))
    expect(inputs).toMatchObject([{ dryRun: true }, { dryRun: true }])
    expect(refused.failure?.code).toBe('confirmation-needed')
    expect(dry.steps[0]?.detail).toBe(
      'would expire: generation 1 · would delete: 3 objects of 11.9 MB · 2 objects not for long enough yet',
    )
    expect(dry.steps[0]?.figures).toEqual({ kept: 2, freeableBytes: 11_900_000 })
    expect(losses).toHaveLength(1)
  })

  it('asks nothing where nothing would go, and warns of what holds it up', async () => {
    const { world, losses, answer } = await setUp()
    world.replication.collected = { held: ['generation 2 looks like a loss: nothing expires'] }

    const report = await collectGarbage(world.deps, {
      name: 'docs',
      dryRun: false,
      extendLock: false,
      confirm: answer(false),
    })

    expect(losses).toEqual([])
    expect(report).toMatchObject({
      exitCode: 3,
      warnings: [{ message: 'generation 2 looks like a loss: nothing expires' }],
    })
  })
})

describe('s3 gc --extend-lock', () => {
  /** As if `nas` were a bucket that locks what is new for 30 days. */
  async function setUpLocked() {
    const stage = await setUp()
    const { vaults } = stage.world.deps
    const locks: ObjectLocks = { read: async () => 'none', extend: async () => {} }
    const facilities = async () => ({ versioning: true, objectLock: { mode: 'GOVERNANCE', days: 30 } })
    const open: Vaults['open'] = async (settings) => Object.assign(await vaults.open(settings), { locks, facilities })
    const changed: Vaults = { open, probe: (...of) => vaults.probe(...of), lastProbe: (of) => vaults.lastProbe(of) }
    const deps = { ...stage.world.deps, vaults: changed }
    const gc = (dryRun: boolean) =>
      collectGarbage(deps, { name: 'docs', dryRun, extendLock: true, confirm: stage.answer(true) })
    return { ...stage, locks, gc }
  }

  it('locks anew what is kept, after the collection, for as long as the bucket locks what is new', async () => {
    const { world, locks, gc } = await setUpLocked()

    const report = await gc(false)

    expect(world.replication.calls.at(-1)).toMatchObject({
      name: 'extendLocks',
      input: { lock: { mode: 'GOVERNANCE', days: 30 }, locks, dryRun: false, policy: { within: '30d', last: 1 } },
    })
    const until = new Date(world.deps.clock.now().getTime() + 30 * 86_400_000).toISOString().slice(0, 10)
    expect(report).toMatchObject({
      exitCode: 0,
      steps: [
        { name: 'collect' },
        { name: 'extend locks', figures: { objects: 6 }, detail: `2 locked until ${until}` },
      ],
    })
  })

  it('says in a dry run what would be, and warns of what is missing', async () => {
    const { world, gc } = await setUpLocked()
    world.replication.extendedLocks = { missing: ['x'] }

    const report = await gc(true)

    expect(report).toMatchObject({
      exitCode: 3,
      warnings: [{ message: expect.stringContaining('1 object is not in nas') }],
    })
    expect(report.steps[1]?.detail).toContain('2 would be locked until')
  })

  it('locks anew also where a change waits to be accepted, and collects nothing then', async () => {
    const { world, record, gc } = await setUpLocked()
    const since = { archive: 'docs-1', files: 300, originalBytes: 1 }
    const figures = { goneFiles: 270, goneBytes: 0, rewrittenBytes: 0 }
    const upheaval = { archive: 'docs-2', at: '2026-11-20T02:30:04.000Z', since, ...figures }
    await world.deps.repos.update(record.name, (now) => ({ ...now, upheaval }))

    const report = await gc(false)

    expect(report.failure?.code).toBe('change-unaccepted')
    expect(report.steps).toMatchObject([{ name: 'extend locks', outcome: 'ok' }])
  })

  it('is refused before anything is collected where nothing is locked', async () => {
    const { world, calls, answer } = await setUp()

    const input = { name: 'docs', dryRun: false, extendLock: true, confirm: answer(true) }
    const report = await collectGarbage(world.deps, input)

    expect(report.failure).toMatchObject({ code: 'usage-invalid', hint: expect.stringContaining('default retention') })
    expect(calls()).not.toContain('collect')
  })
})

describe('s3 delete', () => {
  it('names what is lost, asks, and deletes the copy only', async () => {
    const { world, url, record, losses, answer } = await setUp()

    const report = await deleteCopy(world.deps, { name: 'docs', dryRun: false, confirm: answer(true) })

    expect(losses[0]).toEqual({
      action: 'delete docs from nas',
      consequences: [
        `everything of it in ${url}: 2 generations, 6 objects, 2.00 GB, for good`,
        `the repository at ${record.path} stays`,
        'the next daily backup copies it anew, unless: borgboi vault use --none --name docs',
      ],
    })
    expect(report).toMatchObject({ exitCode: 0, steps: [{ figures: { generations: 2, objects: 6 } }] })
    expect(world.replication.vaults.get(url)?.size).toBe(0)
    expect(await world.record('docs')).toEqual(record)
  })

  it('says that it may be the last copy where this machine has no other', async () => {
    const { world, url, record, losses, answer } = await setUp()
    await world.deps.repos.remove(record.name)

    const report = await deleteCopy(world.deps, { vault: url, dryRun: false, confirm: answer(false) })

    expect(report.failure?.code).toBe('confirmation-needed')
    expect(losses[0]?.consequences[1]).toContain('this may be the last copy')
    expect(world.replication.vaults.get(url)?.size).toBe(1)
  })

  it('only looks in a dry run, and tells what a vault refuses to delete', async () => {
    const { world, url, answer } = await setUp()
    const input = { name: 'docs', confirm: answer(true) }

    const dry = await deleteCopy(world.deps, { ...input, dryRun: true })
    const there = world.replication.vaults.get(url)?.size
    world.replication.refused = [{ key: 'x/head.json', reason: 'locked until May' }]
    const refused = await deleteCopy(world.deps, { ...input, dryRun: false })

    expect(dry.steps[0]).toMatchObject({ detail: 'would be deleted', figures: { bytes: 2e9 } })
    expect(there).toBe(1)
    expect(refused.failure).toMatchObject({ code: 'vault-denied', reason: 'x/head.json: locked until May' })
  })
})
