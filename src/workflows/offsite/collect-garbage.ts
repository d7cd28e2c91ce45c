// `s3 gc`: expires generations by the vault's policy, and deletes what has been expired, or needed by nobody, for long
// enough. What would be lost is worked out first and named.

import { AppError } from '../../errors.ts'
import { parseRepoName } from '../../model/names.ts'
import type { Figures, RunReport } from '../../model/run.ts'
import { formatBytes, formatCount, numberOf } from '../../model/words.ts'
import type { CollectResult, ExtendLocksInput, ExtendLocksResult } from '../../replication/replication.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { type OpenVault, requireSafeVault } from '../shared/open-vault.ts'
import { performRun, type Run, type RunDeps } from '../shared/run.ts'
import { type AcceptInput, passUpheaval, upheavalOf, warnOfUpheaval } from '../shared/upheaval.ts'
import { type OffsiteDeps, type OffsiteTarget, withRepository } from './target.ts'

const COLLECT = 's3 gc'

export interface CollectGarbageInput extends OffsiteTarget, AcceptInput {
  readonly dryRun: boolean
  /** Also lock anew what the kept generations need, in a bucket with an object lock. */
  readonly extendLock: boolean
  readonly confirm: Confirm
}

export async function collectGarbage(deps: OffsiteDeps & RunDeps, input: CollectGarbageInput): Promise<RunReport> {
  return await withRepository(deps, input, async (repository) => {
    const { vault, borgId, config, label, record } = repository
    const name = parseRepoName(repository.name)
    const subject = { name, path: vault.url, sources: [] }
    const wanted = { borgId, policy: config.retention, graceMs: config.grace }
    return await performRun(deps, { record: subject, workflow: COLLECT, exclusive: true }, async (run) => {
      await requireSafeVault(deps, repository)
      const lock = input.extendLock ? await requireLock(repository) : undefined
      const extendLocks = async () => {
        if (lock !== undefined) await extend(deps, run, repository, { ...wanted, ...lock, dryRun: input.dryRun })
      }
      if (record && !input.dryRun) {
        // Not to be put off with what removes: a lock that runs out meanwhile protects nothing.
        const isStopped = !input.acceptChange && upheavalOf(record, await deps.config.load()) !== undefined
        if (isStopped) await extendLocks()
        await passUpheaval(deps, run, record, COLLECT, input)
      }
      if (!input.dryRun) {
        const plan = await deps.replication.collect(vault, { ...wanted, dryRun: true }, {})
        const losses = lossesOf(plan, false)
        if (losses.length > 0) {
          const action = `collect what ${name} no longer needs in ${label}`
          await requireConfirmation(input.confirm, { action, consequences: losses })
        }
      }
      await run.step('collect', async (handlers) => {
        if (record && input.dryRun) await warnOfUpheaval(deps, record, input, handlers)
        const result = await deps.replication.collect(vault, { ...wanted, dryRun: input.dryRun }, handlers)
        for (const reason of result.held) handlers.onWarning({ kind: 'off-site', message: reason })
        return { value: undefined, figures: figuresOf(result, input.dryRun), detail: detailOf(result, input.dryRun) }
      })
      await extendLocks()
    })
  })
}

async function extend(
  { replication }: OffsiteDeps,
  run: Run,
  { vault, label }: OpenVault,
  wanted: ExtendLocksInput,
): Promise<void> {
  await run.step('extend locks', async (handlers) => {
    const result = await replication.extendLocks(vault, wanted, handlers)
    if (result.missing.length > 0) handlers.onWarning({ kind: 'off-site', message: missingIn(label, result) })
    const figures = { objects: result.objects, locked: result.extended }
    return { value: undefined, figures, detail: extendedIn(result, wanted.dryRun) }
  })
}

/** @throws AppError `usage-invalid` */
async function requireLock({ vault, label }: OpenVault): Promise<Pick<ExtendLocksInput, 'lock' | 'locks'>> {
  const { locks } = vault
  const { objectLock: lock } = await vault.facilities()
  if (locks !== undefined && lock !== undefined) return { lock, locks }
  throw new AppError('usage-invalid', `cannot extend locks in ${label}`, {
    reason: 'it locks no new objects: it is no bucket, or the bucket has no default retention',
    hint: "leave --extend-lock out, or set a default retention of the bucket's object lock",
  })
}

function extendedIn({ extended, until }: ExtendLocksResult, dryRun: boolean): string {
  if (extended === 0) return 'all are locked for long enough'
  return `${formatCount(extended)} ${dryRun ? 'would be ' : ''}locked until ${until.toISOString().slice(0, 10)}`
}

function missingIn(label: string, { missing }: ExtendLocksResult): string {
  return `${numberOf(missing.length, 'object is', 'objects are')} not in ${label}: look with borgboi s3 verify`
}

function lossesOf(
  { expired, deletedGenerations, deletedObjects, freedBytes }: CollectResult,
  dryRun: boolean,
): string[] {
  const list = (generations: readonly number[]) => generations.join(', ')
  const [expire, remove] = dryRun ? ['would expire', 'would delete'] : ['expired', 'deleted']
  return [
    ...(expired.length === 0 ? [] : [`${expire}: generation ${list(expired)}`]),
    ...(deletedGenerations.length === 0 ? [] : [`${remove} for good: generation ${list(deletedGenerations)}`]),
    ...(deletedObjects === 0 ? [] : [`${remove}: ${numberOf(deletedObjects, 'object')} of ${formatBytes(freedBytes)}`]),
  ]
}

/** What there was none of is left out, besides what is kept. */
function figuresOf(result: CollectResult, dryRun: boolean): Figures {
  const { kept, expired, deletedGenerations, deletedObjects, freedBytes } = result
  const done = { expired: expired.length, removed: deletedGenerations.length, objects: deletedObjects, freedBytes }
  const possible = { removable: deletedGenerations.length, freeableBytes: freedBytes }
  const found = Object.entries(dryRun ? possible : done)
  return { kept: kept.length, ...Object.fromEntries(found.filter(([, figure]) => figure > 0)) }
}

function detailOf(result: CollectResult, dryRun: boolean): string {
  const losses = lossesOf(result, dryRun)
  return [...(losses.length === 0 ? ['nothing to collect'] : losses), ...waitingOf(result)].join(' · ')
}

function waitingOf({ waiting }: CollectResult): string[] {
  return waiting.objects === 0 ? [] : [`${numberOf(waiting.objects, 'object')} not for long enough yet`]
}
