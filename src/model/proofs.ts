// What a scheduled run does besides the backup, so that promises are kept without anybody thinking of them: which drill
// or verification keeps them, from when on it is due, and when one that failed is tried again.

import { isAbsolute } from 'node:path'
import type { RepoEvidence } from './evidence.ts'
import type { ObjectiveName, Objectives } from './objectives.ts'
import type { RepoRecord } from './repo.ts'
import type { RunReport } from './run.ts'
import { isOffsiteRequired, isToCome, newer, newestProof } from './standing.ts'
import { refuse } from './validate.ts'

/** The workflows that prove something, in the order in which they are done: what costs least comes first. */
export const PROOFS = ['backup drill', 's3 verify', 'backup check', 's3 drill'] as const
export type ProofWorkflow = (typeof PROOFS)[number]

const DRILL_PLACES = ['repository', 'vault', 'none'] as const
/** Where scheduled drills restore from; `none`: there are none. */
export type DrillPlace = (typeof DRILL_PLACES)[number]

export interface ProofSettings {
  readonly drill_from: DrillPlace
  /** Whether scheduled runs verify. */
  readonly verify: boolean
}

/** What keeps a promise the next time. */
export interface NextProof {
  readonly objective: Extract<ObjectiveName, 'drill_every' | 'verify_within'>
  readonly workflow: ProofWorkflow
  /** From then on a scheduled run does it. RFC 3339 UTC. */
  readonly from: string
}

export interface ProofFacts {
  readonly record: RepoRecord
  readonly evidence: RepoEvidence
  /** False where its vault is on a network that is not to be used. */
  readonly reachesVault: boolean
}

const DAY_MS = 86_400_000
/** It is due when this share of the time is left, */
const LEAD_SHARE = 0.25
/** or so much, so that a machine that runs daily is never late, */
const LEAD_MIN_MS = 2 * DAY_MS
/** but never more than this share: it would be done all the time. */
const LEAD_SHARE_MAX = 0.5
/** One that failed waits so long: somebody has to look, and the next day's run may do better. */
const RETRY_AFTER_MS = 20 * 3_600_000

/** Those that are promised and done by scheduled runs; by the same evidence as `judge`. */
export function nextProofs(
  facts: ProofFacts,
  objectives: Objectives,
  { drill_from: place, verify }: ProofSettings,
  now: Date,
): readonly NextProof[] {
  const { record, evidence, reachesVault } = facts
  if (record.readOnly) return []
  const due = (last: string | undefined, limitMs: number) => dueFrom(last, limitMs, record.createdAt, now)
  const found: NextProof[] = []
  const { drill_every: drillEvery, verify_within: verifyWithin } = objectives
  if (drillEvery > 0 && place !== 'none') {
    const isFromVault = place === 'vault' && record.vault !== undefined
    const last = isFromVault ? evidence.offsiteDrill : newer(evidence.drill, evidence.offsiteDrill)
    const workflow = isFromVault ? 's3 drill' : 'backup drill'
    found.push({ objective: 'drill_every', workflow, from: due(last?.at, drillEvery) })
  }
  if (verifyWithin > 0 && verify) {
    const isOfCopy = record.vault !== undefined && isOffsiteRequired(objectives, record)
    const last = isOfCopy ? evidence.verification : newestProof(evidence)
    const workflow = isOfCopy ? 's3 verify' : 'backup check'
    found.push({ objective: 'verify_within', workflow, from: due(last?.at, verifyWithin) })
  }
  return found.filter(({ workflow }) => reachesVault || !workflow.startsWith('s3 '))
}

/** What was never proved is due at once, and so is what a wrong clock has proved. */
function dueFrom(last: string | undefined, limitMs: number, createdAt: string, now: Date): string {
  if (last === undefined) return createdAt
  if (isToCome(last, now)) return now.toISOString()
  const leadMs = Math.min(Math.max(limitMs * LEAD_SHARE, LEAD_MIN_MS), limitMs * LEAD_SHARE_MAX)
  return new Date(Date.parse(last) + limitMs - leadMs).toISOString()
}

/** Whether a scheduled run does it now. `runs`: of the repo, the newest first. */
export function isProofDue({ workflow, from }: NextProof, runs: readonly RunReport[], now: Date): boolean {
  if (Date.parse(from) > now.getTime()) return false
  const last = runs.find((run) => run.workflow === workflow && (run.outcome === 'failed' || isGood(run)))
  if (last?.outcome !== 'failed') return true
  const agoMs = now.getTime() - Date.parse(last.startedAt)
  return agoMs < 0 || agoMs >= RETRY_AFTER_MS
}

function isGood({ outcome }: RunReport): boolean {
  return outcome === 'ok' || outcome === 'warnings'
}

/** @throws AppError `value-invalid` */
export function parseDrillPlace(value: string): DrillPlace {
  const found = DRILL_PLACES.find((place) => place === value)
  return found ?? refuse('place of drills', value, 'there is no such place', `use ${DRILL_PLACES.join(', ')}`)
}

/** @throws AppError `value-invalid` */
export function parseScratch(value: string): string {
  if (isAbsolute(value)) return value
  refuse('scratch directory', value, 'it is not an absolute path', 'begin it with /')
}
