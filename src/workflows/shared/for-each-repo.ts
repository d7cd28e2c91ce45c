// A workflow over one repo or over all, several at once: each repo is a run of its own, and none hides another's end.

import pLimit from 'p-limit'
import type { RepositoryAccess } from '../../borg/client.ts'
import type { Config } from '../../config/schema.ts'
import type { Deps, PassphraseInput } from '../../deps.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { findRecords, type RepoSelection } from './find-record.ts'
import { openRepository } from './open-repository.ts'
import { performRun, type Run, type RunDeps } from './run.ts'
import { requireSameRepository } from './same-repository.ts'

export type ForEachDeps = RunDeps & Pick<Deps, 'repos' | 'passphrases' | 'borg'>

export interface ForEachInput extends RepoSelection {
  /** How many repos at once; 1 when absent. */
  readonly jobs?: number | undefined
  readonly passphrase: PassphraseInput
}

/** An opened repo, for the length of one run. */
export interface RepoSession {
  readonly record: RepoRecord
  readonly access: RepositoryAccess
  readonly config: Config
}

/** The reports in the order of the records. @throws AppError only for a selection that means no repo */
export async function forEachRepo(
  deps: ForEachDeps,
  input: ForEachInput,
  workflow: string,
  body: (run: Run, session: RepoSession) => Promise<void>,
): Promise<readonly RunReport[]> {
  const records = await findRecords(deps, input)
  const limit = pLimit(input.jobs ?? 1)
  return await limit.map(records, (record) =>
    performRun(deps, { record, workflow, exclusive: true }, async (run) => {
      const [access, config] = await Promise.all([openRepository(deps, record, input.passphrase), deps.config.load()])
      requireSameRepository(record, await deps.borg.repositoryId(access), 'nothing was changed')
      await body(run, { record, access, config })
    }),
  )
}
