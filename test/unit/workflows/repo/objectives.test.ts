import { describe, expect, it } from 'vitest'
import { clearObjectives, setObjectives, showObjectives } from '../../../../src/workflows/repo/objectives.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const DAY_MS = 86_400_000

describe('the objectives of a repo', () => {
  it("are the configuration's until some are its own, and again when those are cleared", async () => {
    const { deps, addRepo, record } = await buildWorld({ 'objectives.drill_every': '90d' })
    await addRepo('docs')
    const { configured, own } = await showObjectives(deps, {})

    const first = await setObjectives(deps, { objectives: 'rpo=2d' })
    const second = await setObjectives(deps, { objectives: 'offsite=required' })

    expect(own).toEqual({})
    expect(configured).toMatchObject({ rpo: 26 * 3_600_000, verify_within: 0, drill_every: 90 * DAY_MS })
    expect(first.objectives).toEqual({ ...configured, rpo: 2 * DAY_MS })
    expect(second.own).toEqual({ rpo: 2 * DAY_MS, offsite: 'required' })
    expect((await record('docs')).objectives).toEqual(second.own)
    expect(await clearObjectives(deps, {})).toEqual({ name: 'docs', objectives: configured, own: {}, configured })
    expect(await record('docs')).not.toHaveProperty('objectives')
  })

  it('are refused where they make no sense, and of a copy that is only read', async () => {
    const { deps, addRepo } = await buildWorld()
    await addRepo('docs')
    await addRepo('copy', { readOnly: true })

    await expect(setObjectives(deps, { name: 'docs', objectives: 'rpo' })).rejects.toMatchObject({ exitCode: 2 })
    await expect(setObjectives(deps, { name: 'copy', objectives: 'rpo=1d' })).rejects.toMatchObject({
      code: 'repo-read-only',
    })
    await expect(setObjectives(deps, { name: 'none', objectives: 'rpo=1d' })).rejects.toMatchObject({
      code: 'repo-unknown',
    })
  })
})
