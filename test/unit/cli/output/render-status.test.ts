// What status shows of a repo besides how it stands to its objectives.

import { describe, expect, it } from 'vitest'
import { renderStatus, statusJson } from '../../../../src/cli/output/render-status.ts'
import type { Vaults } from '../../../../src/deps.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import { showStatus } from '../../../../src/workflows/status/show-status.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

/** `docs` is copied to `nas`, whose probe is kept as it was; no vault may be opened or tried. */
async function setUp(conditionalWrites: boolean | undefined, singleWriter = false) {
  const { deps, addVault, addRepo } = await buildWorld()
  const nas = parseVaultName('nas')
  await deps.config.setVault(nas, { url: await addVault('nas'), singleWriter })
  await addRepo('docs', { vault: nas })
  const never = () => expect.unreachable('status reached a vault')
  const vaults: Vaults = {
    open: never,
    probe: never,
    lastProbe: async (settings) => {
      const probe = await deps.vaults.lastProbe(settings)
      return conditionalWrites === undefined ? undefined : probe && { ...probe, conditionalWrites }
    },
  }
  const status = await showStatus({ ...deps, vaults }, {})
  return { text: renderStatus(status, deps.clock.now()), vault: statusJson(status).repos[0]?.vault }
}

describe('the vault of a repo in status', () => {
  it('is told of where it keeps no two writers apart', async () => {
    const refused = await setUp(false)
    const accepted = await setUp(false, true)

    expect(refused.vault).toEqual({ name: 'nas', singleWriter: false, degraded: true })
    expect(refused.text).toContain(
      '    nas is in degraded mode, it keeps no two writers apart: nothing is copied there',
    )
    expect(accepted.vault).toEqual({ name: 'nas', singleWriter: true, degraded: true })
    expect(accepted.text).toContain('apart: only one machine may copy there     borgboi vault probe nas')
  })

  it('is not worth a line where it does, or was never tried', async () => {
    const kept = await setUp(true)
    const untried = await setUp(undefined)

    expect(kept.vault).toEqual({ name: 'nas', singleWriter: false, degraded: false })
    expect(untried.vault).toEqual({ name: 'nas', singleWriter: false })
    expect(kept.text + untried.text).not.toContain('degraded')
  })
})
