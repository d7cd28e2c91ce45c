// A workflow over one repo or over all, several at once: each repo is a run of its own, and none hides another's end.

import pLimit from 'p-limit'
import type { RepositoryAccess } from '../../borg/client.ts'
import type { Config } from '../../config/schema.ts'
import type { Deps, PassphraseInput } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { findRecord, findRecords, type RepoSelection } from './find-record.ts'
import { type HookDeps, withHooks } from './hooks.ts'
import { openRepository } from './open-repository.ts'
import { requireWritable } from './require-writable.ts'
import { performRun, type Run, type RunDeps } from './run.ts'
import { requireSameRepository } from './same-repository.ts'

export type ForEachDeps = RunDeps & HookDeps & Pick<Deps, 'repos' | 'passphrases' | 'borg'>

/** One repo or all, and how many of them at once; 1 when absent. */
export interface EachInput extends RepoSelection {
  readonly jobs?: number | undefined
  /** A person has said that what changed is meant: of one repo, whose change they have looked at. */
  readonly acceptChange?: boolean | undefined
  /** Comes first in each run, holding its lock; what it throws ends the run. */
  readonly ready?: ((run: Run, record: RepoRecord) => Promise<void>) | undefined
  /** Whether the person's hooks run around it, also where they usually do not. */
  readonly hooks?: boolean
}

export interface ForEachInput extends EachInput {
  readonly passphrase: PassphraseInput
}

export interface Work {
  /** The command's words: `backup daily`. */
  readonly workflow: string
  /** Whether it changes repositories: copies that may only be read are left alone then. */
  readonly writes: boolean
  /** Whether the person's hooks run around it, whoever asks for it. */
  readonly hooks?: boolean
  /** Comes behind each run, when its report is final. Must not throw. */
  readonly afterwards?: ((record: RepoRecord, report: RunReport) => Promise<void>) | undefined
}

/** An opened repo, for the length of one run. */
export interface RepoSession {
  readonly record: RepoRecord
  readonly access: RepositoryAccess
  readonly config: Config
}

/** As `forEachRecord`, with the repository opened. */
export function forEachRepo(
  deps: ForEachDeps,
  input: ForEachInput,
  work: Work,
  body: (run: Run, session: RepoSession) => Promise<void>,
): Promise<readonly RunReport[]> {
  return forEachRecord(deps, input, work, async (run, record) => {
    const [access, config] = await Promise.all([openRepository(deps, record, input.passphrase), deps.config.load()])
    requireSameRepository(record, await deps.borg.repositoryId(access), 'nothing was changed')
    await body(run, { record, access, config })
  })
}

/**
 * For what needs neither Borg nor a passphrase. The reports in the order of the records.
 * @throws AppError only for a selection that means no repo
 */
export async function forEachRecord(
  deps: RunDeps & HookDeps & Pick<Deps, 'repos'>,
  input: EachInput,
  { workflow, writes, hooks, afterwards }: Work,
  body: (run: Run, record: RepoRecord) => Promise<void>,
): Promise<readonly RunReport[]> {
  if (input.all && input.acceptChange) throw severalChanges()
  const records = await findRecords(deps, input)
  const limit = pLimit(input.jobs ?? 1)
  return await limit.map(records, async (record) => {
    const report = await performRun(deps, { record, workflow, exclusive: true }, async (run, soFar) => {
      // While this waited for its turn, the repo may have got another name or place.
      const current = await findRecord(deps, { name: record.name })
      // All means all that it can be done to; one that was named has to be told why not.
      if (writes && current.readOnly && input.all) return run.skip('open', 'a copy that may only be read')
      if (writes) requireWritable(current)
      // Behind the before hooks: they may bring what is waited for, a volume above all.
      const act = async () => {
        await input.ready?.(run, current)
        await body(run, current)
      }
      await (hooks || input.hooks ? withHooks(deps, { run, record: current, soFar }, act) : act())
    })
    await afterwards?.(record, report)
    return report
  })
}

function severalChanges(): AppError {
  return new AppError('usage-invalid', '--accept-change is of one repo', {
    reason: 'it was given together with --all',
    hint: 'look at the change of each, then name it: --name NAME --accept-change',
  })
}
