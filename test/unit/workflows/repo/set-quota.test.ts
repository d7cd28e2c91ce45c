import { describe, expect, it } from 'vitest'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { setQuota } from '../../../../src/workflows/repo/set-quota.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  const set = (quota: string, changes = {}) =>
    setQuota(world.deps, { quota, dryRun: false, passphrase: {}, ...changes })
  const quota = () => world.borg.repositories.get(record.path)?.quotaBytes
  return { world, record, set, quota }
}

describe('setting a quota', () => {
  it('sets it, and takes it away', async () => {
    const { set, quota } = await setUp()

    expect(await set('100M')).toMatchObject({ quotaBytes: 100_000_000 })
    expect(quota()).toBe(100_000_000)
    await set('0')
    expect(quota()).toBe(0)
  })

  it('refuses less than the archives take', async () => {
    const { world, set, quota } = await setUp()
    await runBackup(world.deps, { passphrase: {} })
    const { info } = world.borg
    world.borg.info = async (...args) => ({ ...(await info.apply(world.borg, args)), deduplicatedBytes: 20_000_000 })

    await expect(set('20M')).rejects.toMatchObject({ code: 'value-invalid' })
    expect(quota()).toBeUndefined()
  })

  it('refuses what Borg would not take, copies that are only read, and repositories elsewhere', async () => {
    const { world, record, set } = await setUp()

    await expect(set('1M')).rejects.toMatchObject({ code: 'value-invalid' })
    await world.deps.repos.update(record.name, (now) => ({ ...now, readOnly: true as const }))
    await expect(set('1G')).rejects.toMatchObject({ code: 'repo-read-only' })
    await world.deps.repos.update(record.name, ({ readOnly: _, ...now }) => ({ ...now, path: 'ssh://nas/./docs' }))
    await expect(set('1G')).rejects.toMatchObject({ code: 'usage-invalid' })
  })

  it('changes nothing in a dry run', async () => {
    const { set, quota } = await setUp()

    await set('1G', { dryRun: true })

    expect(quota()).toBeUndefined()
  })
})
