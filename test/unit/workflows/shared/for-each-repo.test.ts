import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { forEachRepo } from '../../../../src/workflows/shared/for-each-repo.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const WORKFLOW = { workflow: 'backup run', writes: true }
const names = ['a', 'b', 'c', 'd', 'e']

async function setUp(flags: Record<string, string> = {}) {
  const world = await buildWorld(flags)
  for (const name of names) await world.addRepo(name)
  return world
}

describe('a workflow over repos', () => {
  it.each([
    [undefined, 1],
    [1, 1],
    [2, 2],
    [4, 4],
    [100, 5],
  ])('with --jobs %j has at most %i under way, and as many as that', async (jobs, most) => {
    const { deps } = await setUp()
    let underWay = 0
    let seen = 0

    const reports = await forEachRepo(deps, { all: true, jobs, passphrase: {} }, WORKFLOW, async () => {
      seen = Math.max(seen, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 20))
      underWay--
    })

    expect(seen).toBe(most)
    expect(reports.map(({ repo }) => repo)).toEqual(names)
  })

  it('gives each its own passphrase, access and configuration', async () => {
    const { root, deps } = await setUp({ 'borg.lock_wait': '90s' })
    const passphrases = new Set<string | undefined>()

    await forEachRepo(deps, { all: true, passphrase: {} }, WORKFLOW, async (_, { record, access, config }) => {
      passphrases.add(access.passphrase?.reveal())
      expect(access).toMatchObject({ path: record.path, lockWaitSeconds: 90 })
      expect(access.passphraseSource).toBe(
        `the passphrase in ${join(root, '.borgboi/passphrases', `${record.name}.key`)}`,
      )
      expect(config.borg.lock_wait).toBe(90_000)
    })

    expect(passphrases.size).toBe(5)
  })

  it('goes on with the others when one fails', async () => {
    const { root, deps } = await setUp()
    await rm(join(root, '.borgboi/passphrases/b.key'))

    const reports = await forEachRepo(deps, { all: true, passphrase: {} }, WORKFLOW, async () => {})

    expect(reports.map(({ exitCode }) => exitCode)).toEqual([0, 12, 0, 0, 0])
    expect(reports[1]?.failure).toMatchObject({ code: 'passphrase-missing' })
  })

  it('asks for no passphrase where there is no encryption', async () => {
    const { root, deps, record } = await setUp()
    await deps.repos.update((await record('a')).name, (now) => ({ ...now, encryption: 'none' }))
    await rm(join(root, '.borgboi/passphrases/a.key'))

    const [report] = await forEachRepo(deps, { name: 'a', passphrase: {} }, WORKFLOW, async (_, { access }) => {
      expect(access).not.toHaveProperty('passphrase')
    })

    expect(report?.exitCode).toBe(0)
  })

  it('writes into no copy that may only be read, and reads from it', async () => {
    const { deps, record } = await setUp()
    await deps.repos.update((await record('a')).name, (now) => ({ ...now, readOnly: true }))
    const touched: string[] = []
    const touch = async (_: unknown, { record }: { record: { name: string } }) => void touched.push(record.name)
    const one = { name: 'a', passphrase: {} }

    const [named] = await forEachRepo(deps, one, WORKFLOW, touch)
    const all = await forEachRepo(deps, { all: true, passphrase: {} }, WORKFLOW, touch)
    const [read] = await forEachRepo(deps, one, { ...WORKFLOW, writes: false }, touch)

    expect(named).toMatchObject({ exitCode: 2, failure: { code: 'repo-read-only' } })
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0])
    expect(all[0]?.steps).toMatchObject([{ name: 'open', outcome: 'skipped' }])
    expect(touched).toEqual(['b', 'c', 'd', 'e', 'a'])
    expect(read?.exitCode).toBe(0)
  })

  it('runs on none when it is told to stop, and says so of each', async () => {
    const { deps, stop } = await setUp()
    stop.abort('SIGINT')

    const reports = await forEachRepo(deps, { all: true, jobs: 2, passphrase: {} }, WORKFLOW, (run) =>
      run.step('never', async () => ({ value: undefined })),
    )

    expect(reports.map(({ outcome, steps }) => [outcome, steps.length])).toEqual(names.map(() => ['interrupted', 0]))
  })
})
