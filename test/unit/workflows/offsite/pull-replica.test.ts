import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../../src/deps.ts'
import { AppError } from '../../../../src/errors.ts'
import type { RepoRecord } from '../../../../src/model/repo.ts'
import { promoteReplica } from '../../../../src/workflows/offsite/promote-replica.ts'
import { type PullReplicaInput, pullReplica } from '../../../../src/workflows/offsite/pull-replica.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const url = await world.addVault('nas')
  const record = await world.addRepo('docs')
  await push(world, url)
  await world.deps.repos.remove(record.name)
  await rm(join(world.root, '.borgboi/passphrases/docs.key'))
  const directory = join(world.root, 'replica')
  const pull = (changes: Partial<PullReplicaInput> = {}) =>
    pullReplica(world.deps, {
      vault: 'nas',
      directory,
      keep: 2,
      register: true,
      sources: [],
      passphrase: {},
      ...changes,
    })
  return { world, url, record, directory, pull }
}

const push = (world: World, vault: string) => syncRepos(world.deps, { name: 'docs', vault, dryRun: false })
const pulls = ({ replication }: World) => replication.calls.filter(({ name }) => name === 'pull')
const unreachable = () => new AppError('vault-unreachable', 'no answer', { reason: 'timeout', hint: 'again' })

/** Another machine pushes on. */
async function pushElsewhere(world: World, url: string, record: RepoRecord): Promise<void> {
  await world.deps.repos.add({ ...record, path: '/elsewhere' })
  await push(world, url)
  await world.deps.repos.remove(record.name)
}

describe('s3 pull', () => {
  it('brings the replica up, and records its repository to be read only', async () => {
    const { world, directory, pull } = await setUp()

    const report = await pull()
    const again = await pull()

    expect(report.steps).toMatchObject([{ name: 'pull', figures: { generation: 1, files: 5 } }, { name: 'record' }])
    expect(again.steps).toMatchObject([{ name: 'pull' }])
    expect(pulls(world)[0]?.input).toMatchObject({ directory, keep: 2 })
    expect(await world.record('docs')).toMatchObject({ path: join(directory, 'current'), readOnly: true, vault: 'nas' })
  })

  it('says that there is nothing new', async () => {
    const { world, pull } = await setUp()
    world.replication.unchanged = true

    expect((await pull()).steps[0]).toMatchObject({ detail: 'nothing new', figures: { generation: 1 } })
  })

  it('watching pulls what is new, and ends when it is told to', async () => {
    const { world, url, record, pull } = await setUp()
    let looks = 0
    const clock = {
      ...clockOf(world),
      sleep: async (_: number, signal?: AbortSignal) => {
        looks++
        if (looks === 3) await pushElsewhere(world, url, record)
        if (looks === 5) world.stop.abort('SIGTERM')
        signal?.throwIfAborted()
      },
    }

    const watching = pullReplica(
      { ...world.deps, clock },
      {
        vault: url,
        directory: join(world.root, 'replica'),
        keep: 2,
        everyMs: 60_000,
        register: false,
        sources: [],
        passphrase: {},
      },
    )

    await expect(watching).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(looks).toBe(5)
    expect(pulls(world)).toHaveLength(2)
    await pull({ register: false }).catch(() => undefined)
  })

  it('watching lets an outage of the network pass by, telling of it once', async () => {
    const { world, url } = await setUp()
    const clock = {
      ...clockOf(world),
      sleep: async (_: number, signal?: AbortSignal) => {
        if (pulls(world).length < 3) world.replication.failures.set('pull', unreachable())
        world.replication.failures.set('repositories', unreachable())
        if (++looks === 4) world.stop.abort('SIGTERM')
        signal?.throwIfAborted()
      },
    }
    let looks = 0

    const watching = pullReplica(
      { ...world.deps, clock },
      {
        vault: url,
        directory: join(world.root, 'replica'),
        keep: 2,
        everyMs: 60_000,
        register: false,
        sources: [],
        passphrase: {},
      },
    )

    await expect(watching).rejects.toMatchObject({ code: 'interrupted' })
    expect(world.events.filter(({ type }) => type === 'notice')).toHaveLength(1)
  })

  it('watching ends with what a person has to look at', async () => {
    const { world, pull } = await setUp()
    const diverged = new AppError('replica-diverged', 'it was changed', { reason: 'config differs', hint: 'look' })
    world.replication.failures.set('pull', diverged)

    expect(await pull({ everyMs: 1000 })).toMatchObject({ failure: { code: 'replica-diverged' } })
  })
})

describe('s3 promote', () => {
  it('makes the replica the repository to back up into', async () => {
    const { world, directory, pull } = await setUp()
    await pull()

    const report = await promoteReplica(world.deps, { name: 'docs' })

    expect(report.steps).toMatchObject([{ name: 'promote', figures: { generation: 2 } }])
    expect(world.replication.calls.at(-1)).toMatchObject({ name: 'promote', input: { directory } })
    expect(await world.record('docs')).toMatchObject({ path: join(directory, 'current') })
    expect(await world.record('docs')).not.toHaveProperty('readOnly')
  })

  it('that is refused leaves the record as it is', async () => {
    const { world, pull } = await setUp()
    await pull()
    const conflict = new AppError('push-conflict', 'somebody pushed', { reason: 'just now', hint: 'pull again' })
    world.replication.failures.set('promote', conflict)

    const report = await promoteReplica(world.deps, { name: 'docs' })

    expect(report).toMatchObject({ exitCode: 1, failure: { code: 'push-conflict' } })
    expect(await world.record('docs')).toMatchObject({ readOnly: true })
  })

  it('asks for the vault of a copy that came by address', async () => {
    const { world, url, pull } = await setUp()
    await pull({ register: true })
    await world.deps.repos.update((await world.record('docs')).name, ({ vault: _gone, ...record }) => record)

    await expect(promoteReplica(world.deps, { name: 'docs' })).rejects.toMatchObject({ code: 'usage-invalid' })
    expect(await promoteReplica(world.deps, { name: 'docs', vault: url })).toMatchObject({ exitCode: 0 })
    expect(await world.record('docs')).toMatchObject({ vault: 'nas' })
  })
})

function clockOf({ deps: { clock } }: World): Omit<Clock, 'sleep'> {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    within: (ms, act) => clock.within(ms, act),
  }
}
