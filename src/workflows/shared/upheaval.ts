// The breaker: while a repo is in upheaval nothing is removed from its repository or copied off-site, by whatever command,
// before a person says with --accept-change that the change is meant.

import type { Config } from '../../config/schema.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { StepHandlers } from '../../model/events.ts'
import { ACCEPT } from '../../model/ordinary-archives.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { type Upheaval, upheavalHint, upheavalInWords } from '../../model/upheaval.ts'
import type { Run } from './run.ts'

type BreakerDeps = Pick<Deps, 'repos' | 'config'>

/** What a command that removes or copies is told of the change. */
export interface AcceptInput {
  /** A person has said that it is meant. */
  readonly acceptChange?: boolean | undefined
}

/** The share of a repo that may be gone or rewritten; 0: all of it. */
export function maxChangeOf({ repos, breaker }: Config, { name }: Pick<RepoRecord, 'name'>): number {
  return repos[name]?.breaker.max_change ?? breaker.max_change
}

/** The upheaval a repo is in; undefined where the configuration wants to know of none. */
export function upheavalOf(record: Pick<RepoRecord, 'name' | 'upheaval'>, config: Config): Upheaval | undefined {
  return maxChangeOf(config, record) === 0 ? undefined : record.upheaval
}

/** Accepts the change where that was said; what there is is ordinary from now on. @throws AppError `change-unaccepted` */
export async function passUpheaval(
  deps: BreakerDeps,
  run: Run,
  { name }: Pick<RepoRecord, 'name'>,
  workflow: string,
  { acceptChange = false }: AcceptInput,
): Promise<void> {
  const record = await deps.repos.get(name)
  const upheaval = record && upheavalOf(record, await deps.config.load())
  if (upheaval === undefined) return
  if (!acceptChange) throw unaccepted(name, upheaval, workflow)
  await run.step(ACCEPT, async () => {
    const { lastBackup } = await deps.repos.update(name, ({ upheaval: _, ...current }) => current)
    return { value: undefined, detail: lastBackup?.archive ?? upheaval.archive }
  })
}

/** For dry runs: says that `passUpheaval` would stop. */
export async function warnOfUpheaval(
  deps: BreakerDeps,
  record: Pick<RepoRecord, 'name' | 'upheaval'>,
  { acceptChange = false }: AcceptInput,
  { onWarning }: Required<StepHandlers>,
): Promise<void> {
  const upheaval = upheavalOf(record, await deps.config.load())
  if (upheaval === undefined || acceptChange) return
  const message = `it would stop without --accept-change: ${upheavalInWords(upheaval)}`
  onWarning({ kind: 'change', message })
}

function unaccepted(name: string, upheaval: Upheaval, workflow: string): AppError {
  return new AppError('change-unaccepted', upheavalInWords(upheaval), {
    reason: `${upheaval.archive} is stored; nothing is removed or copied off-site before you accept that`,
    hint: upheavalHint(name, upheaval, workflow),
    context: { archive: upheaval.archive, since: upheaval.since.archive },
  })
}
