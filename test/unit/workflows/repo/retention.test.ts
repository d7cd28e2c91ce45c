import { describe, expect, it } from 'vitest'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { clearRetention, setRetention, showRetention } from '../../../../src/workflows/repo/retention.ts'
import { simulateRepoRetention } from '../../../../src/workflows/repo/simulate-retention.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

describe('the retention policy of a repo', () => {
  it("is the configuration's until it has its own, and again when that is cleared", async () => {
    const { deps, addRepo, record } = await buildWorld()
    await addRepo('docs')
    const { configured } = await showRetention(deps, {})

    expect(await showRetention(deps, {})).toMatchObject({ origin: 'configuration', retention: configured })
    expect(await setRetention(deps, { policy: 'daily=3' })).toMatchObject({ origin: 'repo', retention: { daily: 3 } })
    expect((await record('docs')).retention).toEqual({ daily: 3 })
    expect(await clearRetention(deps, {})).toMatchObject({ origin: 'configuration', retention: configured })
    expect((await record('docs')).retention).toBeUndefined()
  })

  it('is none that keeps nothing, and none of a copy that is only read', async () => {
    const { deps, addRepo } = await buildWorld()
    await addRepo('docs')
    await addRepo('copy', { readOnly: true })

    await expect(setRetention(deps, { name: 'docs', policy: 'daily=0' })).rejects.toMatchObject({
      code: 'value-invalid',
    })
    await expect(setRetention(deps, { name: 'copy', policy: 'daily=1' })).rejects.toMatchObject({
      code: 'repo-read-only',
    })
  })
})

describe('simulating the retention of a repo', () => {
  it('takes its archives and the policy that is tried, and changes nothing', async () => {
    const { deps, borg, addRepo, archives } = await buildWorld()
    await addRepo('docs', { retention: { daily: 3 } })
    await runBackup(deps, { passphrase: {} })
    borg.calls.length = 0

    const inForce = await simulateRepoRetention(deps, { passphrase: {}, months: 1 })
    const tried = await simulateRepoRetention(deps, { passphrase: {}, months: 1, policy: 'daily=9' })

    expect(inForce).toMatchObject({ retention: { daily: 3 }, present: [{ name: archives('docs')[0] }] })
    expect(tried.retention).toEqual({ daily: 9 })
    expect(new Set(borg.calls)).toEqual(new Set(['list']))
  })
})
