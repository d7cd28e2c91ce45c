import { describe, expect, it } from 'vitest'
import { passThrough } from '../../../../src/workflows/repo/pass-through.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const { name } = await world.addRepo('docs')
  const run = (...args: string[]) => passThrough(world.deps, { name: 'docs', passphrase: {}, args })
  const makeCopy = () => world.deps.repos.update(name, (record) => ({ ...record, readOnly: true }))
  return { world, run, makeCopy }
}

describe('Borg itself on a repo', () => {
  it('gets its arguments as they are, and says how it went', async () => {
    const { world, run } = await setUp()

    expect(await run('list')).toBe(0)
    expect(await run('info', '::nope')).toBe(2)
    expect(world.borg.calls).toEqual(['list', 'info ::nope'])
  })

  it('may read a copy that may only be read, and not write into it', async () => {
    const { world, run, makeCopy } = await setUp()
    await makeCopy()

    expect(await run('list')).toBe(0)
    await expect(run('compact')).rejects.toMatchObject({ code: 'repo-read-only' })
    await expect(run('--critical', 'compact')).rejects.toMatchObject({ code: 'repo-read-only' })
    expect(world.borg.calls).toEqual(['list'])
  })

  it('needs to be told something', async () => {
    const { run } = await setUp()

    await expect(run()).rejects.toMatchObject({ code: 'usage-invalid' })
  })
})
