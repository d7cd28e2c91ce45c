// `s3 repair`: finds what is damaged in the vault, and uploads it again where this machine has a file of exactly that
// content. What only the vault had stays lost, and is named.

import { AppError } from '../../errors.ts'
import type { RunReport } from '../../model/run.ts'
import { numberOf } from '../../model/words.ts'
import type { DamagedObject, VerifyInput } from '../../replication/replication.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type OffsiteDeps, type OffsiteTarget, withRecorded } from './target.ts'
import { figuresOf, tellDamage } from './verification.ts'

export interface RepairInput extends OffsiteTarget {
  /** How deep damage is looked for. */
  readonly level: VerifyInput['level']
  readonly dryRun: boolean
}

export async function repairCopy(deps: OffsiteDeps & RunDeps, input: RepairInput): Promise<RunReport> {
  return await withRecorded(deps, input, async ({ vault }, record) => {
    const { name, borgId, path: directory } = record
    return await performRun(deps, { record, workflow: 's3 repair', exclusive: true }, async (run) => {
      const damaged = await run.step('verify', async (handlers) => {
        const result = await deps.replication.verify(vault, { borgId, level: input.level }, handlers)
        if (input.dryRun) tellDamage(result.damaged, handlers)
        return { value: result.damaged, figures: figuresOf(result), detail: `V${input.level}` }
      })
      if (damaged.length === 0) return run.skip('repair', 'nothing is damaged')
      if (input.dryRun) return run.skip('repair', `would try to upload ${numberOf(damaged.length, 'object')} again`)
      await run.step('repair', async (handlers) => {
        const { repaired, lost } = await deps.replication.repair(vault, { directory, borgId, name }, damaged, handlers)
        tellDamage(lost, handlers)
        if (lost.length > 0) throw notAllRepaired(repaired.length, lost)
        return { value: undefined, figures: { objects: repaired.length }, detail: 'uploaded again' }
      })
    })
  })
}

function notAllRepaired(repaired: number, lost: readonly DamagedObject[]): AppError {
  return new AppError('vault-damaged', `${numberOf(lost.length, 'object')} cannot be repaired`, {
    reason: `this machine has no file of that content any more; ${numberOf(repaired, 'other was', 'others were')} uploaded again`,
    hint: 'copy the present state with borgboi s3 sync; generations that need what is lost cannot be restored',
    context: { keys: lost.map(({ key }) => key) },
  })
}
