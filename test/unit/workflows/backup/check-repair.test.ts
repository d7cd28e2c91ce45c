import { describe, expect, it } from 'vitest'
import { type CheckInput, checkRepos } from '../../../../src/workflows/backup/check-repos.ts'
import type { Loss } from '../../../../src/workflows/shared/confirm.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp(answer = true) {
  const world = await buildWorld()
  const { path } = await world.addRepo('docs')
  world.borg.damaged.add(path)
  const asked: Loss[] = []
  const confirm = async (loss: Loss) => {
    asked.push(loss)
    return answer
  }
  const check = async (changes: Partial<CheckInput>) => {
    const base = {
      name: 'docs',
      passphrase: {},
      verifyData: false,
      scope: 'all',
      repair: false,
      dryRun: false,
    } as const
    const [report] = await checkRepos(world.deps, { ...base, confirm, ...changes })
    return report
  }
  return { world, path, asked, check }
}

describe('repairing a repository', () => {
  it('says first what may be lost, then what was mended', async () => {
    const { world, path, asked, check } = await setUp()

    const report = await check({ repair: true })

    expect(asked).toMatchObject([{ action: `repair the repository of docs at ${path}` }])
    expect(asked[0]?.consequences.join()).toMatch(/zeroes.*removed for good.*copy the repository first/s)
    expect(report).toMatchObject({ exitCode: 3, warnings: [{ kind: 'borg', message: 'a segment is broken' }] })
    expect(world.borg.damaged.size).toBe(0)
  })

  it('says when there was nothing to repair', async () => {
    const { world, check } = await setUp()
    world.borg.damaged.clear()

    expect(await check({ repair: true })).toMatchObject({ exitCode: 0, steps: [{ detail: 'nothing to repair' }] })
  })

  it('does nothing when the answer is no', async () => {
    const { world, check } = await setUp(false)

    expect(await check({ repair: true })).toMatchObject({ exitCode: 2, failure: { code: 'confirmation-needed' } })
    expect(world.borg.calls).not.toContain('check')
  })

  it('only checks in a dry run', async () => {
    const { world, asked, check } = await setUp()

    expect(await check({ repair: true, dryRun: true })).toMatchObject({
      exitCode: 13,
      failure: { hint: expect.stringContaining('backup check --repair --name docs') },
    })
    expect(asked).toEqual([])
    expect(world.borg.damaged.size).toBe(1)
  })

  it('leaves a copy alone that may only be read', async () => {
    const { world, check } = await setUp()
    await world.deps.repos.update((await world.record('docs')).name, (record) => ({ ...record, readOnly: true }))

    expect(await check({ repair: true })).toMatchObject({ failure: { code: 'repo-read-only' } })
  })
})

describe('a check for a while', () => {
  it('does not claim more than it knows', async () => {
    const { world, check } = await setUp()
    world.borg.damaged.clear()

    const report = await check({ scope: 'repository', maxDuration: 60_000 })

    expect(report?.steps[0]?.detail).toBe('consistent as far as the time allowed')
  })

  it.each([
    { maxDuration: 1000 },
    { maxDuration: 1000, scope: 'repository', repair: true },
    { verifyData: true, scope: 'repository' },
  ] as const)('is refused as %j', async (changes) => {
    await expect(check(changes)).rejects.toMatchObject({ code: 'usage-invalid' })

    async function check(input: Partial<CheckInput>) {
      return await (await setUp()).check(input)
    }
  })
})
