// `repo retention simulate`: which archives a policy would leave over the coming months. Nothing is changed.

import type { Deps } from '../../deps.ts'
import { isHeld } from '../../model/held.ts'
import type { RepoName } from '../../model/names.ts'
import { parseRetentionText, type RetentionPolicy } from '../../model/retention.ts'
import { type Simulation, simulateRetention } from '../../model/simulated.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { listOwnArchives, type ReadDeps, type ReadInput } from '../shared/read-repository.ts'

export interface SimulateInput extends ReadInput {
  /** A policy to try; absent: the one in force. */
  readonly policy?: string | undefined
  readonly months: number
}

export interface SimulatedRetention extends Simulation {
  readonly name: RepoName
  readonly retention: RetentionPolicy
}

export async function simulateRepoRetention(
  deps: ReadDeps & Pick<Deps, 'clock'>,
  input: SimulateInput,
): Promise<SimulatedRetention> {
  const tried = input.policy === undefined ? undefined : parseRetentionText(input.policy)
  const record = await findRecord(deps, input)
  const { borg } = await deps.config.load()
  const retention = tried ?? record.retention ?? borg.retention
  const access = await openRepository(deps, record, input.passphrase)
  const archives = await listOwnArchives(deps, record, access)
  const present = archives.map(({ name, startedAt }) => ({ name, at: startedAt, held: isHeld(name) }))
  return {
    name: record.name,
    retention,
    ...simulateRetention(present, retention, deps.clock.now(), input.months),
  }
}
