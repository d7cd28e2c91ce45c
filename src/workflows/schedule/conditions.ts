// What a run that nobody watches waits for. A condition that is met says nothing; one that is not is a step of the run,
// which ends well when it comes to be met, and otherwise as skipped.

import { join } from 'node:path'
import type { Config } from '../../config/schema.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isRemote } from '../../model/location.ts'
import { formatSpan } from '../../model/quantities.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { CONDITION_STEPS, type RunConditions } from '../../model/schedule.ts'
import { isOnNetwork } from '../../model/vault-url.ts'
import type { Run } from '../shared/run.ts'

export type ConditionDeps = Pick<Deps, 'circumstances' | 'config' | 'files' | 'clock' | 'stop'>

/** How often it is looked whether what is waited for is there. */
const LOOK_EVERY_MS = 5000

interface Condition {
  readonly step: (typeof CONDITION_STEPS)[number]
  isMet(): Promise<boolean>
  /** Why the run is skipped without it; undefined where it goes on all the same. */
  readonly otherwise: string | undefined
  readonly waitMs: number
}

/** @throws AppError `skipped`, `interrupted` */
export async function requireConditions(
  deps: ConditionDeps,
  conditions: RunConditions,
  run: Run,
  record: RepoRecord,
): Promise<void> {
  for (const condition of conditionsOf(deps, conditions, record, await deps.config.load())) {
    if (await condition.isMet()) continue
    await run.step(condition.step, async () => {
      const waitedMs = await wait(deps, condition)
      if (waitedMs !== undefined) return { value: undefined, detail: `there after ${formatSpan(waitedMs)}` }
      if (condition.otherwise !== undefined) {
        throw new AppError('skipped', condition.otherwise, { hint: 'the next run tries again' })
      }
      return { value: undefined, detail: `none after ${formatSpan(condition.waitMs)}` }
    })
  }
}

/** Whether a run would not be skipped now; `vault`: one that is nothing without its vault. Waits for nothing. */
export async function areMet(
  deps: ConditionDeps,
  conditions: RunConditions,
  record: RepoRecord,
  { vault = false }: { readonly vault?: boolean } = {},
): Promise<boolean> {
  for (const condition of conditionsOf(deps, conditions, record, await deps.config.load())) {
    const isNeeded = vault || condition.otherwise !== undefined
    if (isNeeded && !(await condition.isMet())) return false
  }
  return true
}

/** Whether a run ended here, before it had done anything. */
export function isSkippedHere({ outcome, steps }: RunReport): boolean {
  const names: readonly string[] = CONDITION_STEPS
  // Hooks and what tells of the run come after it.
  return outcome === 'skipped' && steps.some((step) => step.outcome === 'skipped' && names.includes(step.name))
}

function conditionsOf(
  { circumstances, files }: ConditionDeps,
  { mains, network, volume, waitMs }: RunConditions,
  { path, vault }: RepoRecord,
  config: Config,
): Condition[] {
  const vaultUrl = vault === undefined ? undefined : config.vaults[vault]?.url
  const needsNetwork = isRemote(path) || (vaultUrl !== undefined && isOnNetwork(vaultUrl) && !config.offline)
  const found: Condition[] = []
  if (mains) {
    const isMet = async () => !(await circumstances.onBattery())
    found.push({ step: 'power', isMet, otherwise: 'this machine runs on its battery', waitMs: 0 })
  }
  if (network && needsNetwork) {
    // An archive in a repository of this machine is worth having, also where it cannot be copied off-site.
    const otherwise = isRemote(path) ? 'there is no network' : undefined
    found.push({ step: 'network', isMet: () => circumstances.hasNetwork(), otherwise, waitMs })
  }
  if (volume && !isRemote(path)) {
    // A mount point is there without its volume: what is looked for is the repository itself.
    const isMet = async () => (await files.kind(join(path, 'config'))) === 'file'
    found.push({ step: 'volume', isMet, otherwise: `${path} is not there`, waitMs })
  }
  return found
}

/** How long it took; undefined where it did not come. @throws AppError `interrupted` */
async function wait({ clock, stop }: ConditionDeps, { isMet, waitMs }: Condition): Promise<number | undefined> {
  for (let waitedMs = 0; waitedMs < waitMs; ) {
    const pauseMs = Math.min(LOOK_EVERY_MS, waitMs - waitedMs)
    await sleep({ clock, stop }, pauseMs)
    waitedMs += pauseMs
    if (await isMet()) return waitedMs
  }
  return undefined
}

/** @throws AppError `interrupted` when the person or the system asks to stop meanwhile */
export async function sleep({ clock, stop }: Pick<Deps, 'clock' | 'stop'>, ms: number): Promise<void> {
  try {
    await clock.sleep(ms, stop)
  } catch (error) {
    if (!stop.aborted) throw error
    throw new AppError('interrupted', 'stopped waiting', {
      reason: `borgboi got ${String(stop.reason)}`,
      hint: 'nothing was done; the next run tries again',
      cause: error,
    })
  }
}
