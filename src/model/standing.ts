// How a repo stands to what was promised of it: a pure judgement of facts. A time to come is never believed: a clock was
// wrong then, and a promise that it would keep for years would be none.

import type { ProofEvidence, RepoEvidence } from './evidence.ts'
import type { Objectives, StandingName } from './objectives.ts'
import type { RepoRecord } from './repo.ts'
import { DAILY } from './resume.ts'
import { type Upheaval, upheavalHint, upheavalInWords } from './upheaval.ts'
import { ageInWords, formatBytes } from './words.ts'

/** `at-risk`: kept, but not for long, or the last attempt to keep it failed. */
export type Verdict = 'met' | 'at-risk' | 'broken'

export interface ObjectiveStanding {
  readonly objective: StandingName
  readonly verdict: Verdict
  /** Until when it is kept if nothing happens; absent where that is no matter of time. RFC 3339 UTC. */
  readonly dueAt?: string
  /** Why it is not simply met, in one phrase. */
  readonly reason?: string
  /** What to do about it. */
  readonly hint?: string
}

export interface Standing {
  /** The worst of its objectives. */
  readonly verdict: Verdict
  /** A backup that counts: made, and where that is promised off-site and verified, all within its time. */
  readonly backedUp: boolean
  /** Those that are promised, and a change that waits to be accepted. */
  readonly objectives: readonly ObjectiveStanding[]
}

/** What is known without asking Borg or the network. */
export interface StandingFacts {
  readonly record: RepoRecord
  readonly evidence: RepoEvidence
  /** Of the repository's disk; undefined where nobody can tell. */
  readonly freeBytes?: number | undefined
  /** What the repo is in; undefined where nobody wants to know of any. */
  readonly upheaval?: Upheaval | undefined
  /** There is nothing at the repository's path. */
  readonly isMissing: boolean
  /** The newest run that was to make a backup, where it failed before there was an archive, or behind it. */
  readonly lastFailure?: (Cause & { readonly step: 'archive' | 'off-site' }) | undefined
  /** When the next run is due; undefined where nothing starts one. */
  readonly nextRunAt?: Date | undefined
  /** Why what is to start runs starts none. */
  readonly scheduleProblem?: Cause | undefined
}

/** Why a promise may be broken, and what to look at. */
export interface Cause {
  readonly reason: string
  readonly hint: string
}

/** An objective of which less than this share of its time is left is at risk. */
const SHARE_AT_RISK = 0.05
/** So far clocks of one machine and its file systems may be apart. */
const CLOCK_SLACK_MS = 300_000
/** How old the newest archive off-site may be where no rpo is promised. */
const OFFSITE_WITHOUT_RPO_MS = 26 * 3_600_000
/** Free space below this many times the promised amount is at risk. */
const SPACE_AT_RISK = 1.2

export function judge(facts: StandingFacts, objectives: Objectives, now: Date): Standing {
  const all = [
    judgeChange(facts),
    judgeRpo(facts, objectives, now),
    judgeOffsite(facts, objectives, now),
    judgeVerification(facts, objectives, now),
    judgeDrill(facts, objectives, now),
    judgeSpace(facts, objectives),
  ].filter((standing) => standing !== undefined)
  const isBroken = (name: StandingName) => all.some((one) => one.objective === name && one.verdict === 'broken')
  return {
    verdict: worst(all.map(({ verdict }) => verdict)),
    backedUp: facts.record.lastBackup !== undefined && !(['rpo', 'offsite', 'verify_within'] as const).some(isBroken),
    objectives: all,
  }
}

/** Whether a clock must have been wrong. */
export function isToCome(at: string, now: Date): boolean {
  return Date.parse(at) > now.getTime() + CLOCK_SLACK_MS
}

export function worst(verdicts: readonly Verdict[]): Verdict {
  return (['broken', 'at-risk'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'met'
}

/** Whether its newest archive has to be off-site, too. */
export function isOffsiteRequired({ offsite }: Objectives, { vault }: Pick<RepoRecord, 'vault'>): boolean {
  return offsite === 'required' || (offsite === undefined && vault !== undefined)
}

function judgeChange({ record: { name }, upheaval }: StandingFacts): ObjectiveStanding | undefined {
  if (upheaval === undefined) return undefined
  const reason = `${upheavalInWords(upheaval)}: nothing is pruned or copied before that is accepted`
  return { objective: 'change', verdict: 'broken', reason, hint: upheavalHint(name, upheaval, DAILY) }
}

function judgeRpo(facts: StandingFacts, { rpo }: Objectives, now: Date): ObjectiveStanding | undefined {
  if (rpo === 0) return undefined
  const { record, lastFailure, nextRunAt, scheduleProblem } = facts
  const again = `borgboi backup daily --name ${record.name}`
  const judged = judgeAge('rpo', record, {
    at: record.lastBackup?.at,
    limitMs: rpo,
    now,
    never: 'no backup yet',
    old: 'the newest backup',
    hint: again,
  })
  const missing = { reason: `there is nothing at ${record.path}`, hint: 'is its disk mounted?' }
  const late = { reason: 'the next run is due only after that', hint: `run it before: ${again}` }
  const isLate = nextRunAt !== undefined && judged.dueAt !== undefined && nextRunAt > new Date(judged.dueAt)
  return withCause(
    judged,
    (facts.isMissing ? missing : undefined) ??
      (lastFailure?.step === 'archive' ? lastFailure : undefined) ??
      scheduleProblem ??
      (isLate ? late : undefined),
  )
}

function judgeOffsite(facts: StandingFacts, objectives: Objectives, now: Date): ObjectiveStanding | undefined {
  const { record, evidence, lastFailure } = facts
  if (!isOffsiteRequired(objectives, record)) return undefined
  if (record.vault === undefined) {
    const hint = `choose one: borgboi vault use VAULT --name ${record.name}`
    return { objective: 'offsite', verdict: 'broken', reason: 'it is copied to no vault', hint }
  }
  const judged = judgeAge('offsite', record, {
    at: evidence.copy?.archiveAt,
    limitMs: objectives.rpo || OFFSITE_WITHOUT_RPO_MS,
    now,
    never: 'never copied off-site',
    old: 'the newest backup off-site',
    hint: `borgboi s3 sync --name ${record.name}`,
  })
  return withCause(judged, lastFailure?.step === 'off-site' ? lastFailure : undefined)
}

/** What may break it, or has. */
function withCause(judged: ObjectiveStanding, cause: Cause | undefined): ObjectiveStanding {
  if (cause === undefined) return judged
  const { reason, hint } = cause
  if (judged.verdict === 'met') return { ...judged, verdict: 'at-risk', reason, hint }
  return { ...judged, reason: `${judged.reason}; ${reason}`, hint }
}

function judgeVerification(facts: StandingFacts, objectives: Objectives, now: Date): ObjectiveStanding | undefined {
  const { record, evidence } = facts
  const { check, verification } = evidence
  const damaged = [check, verification].find((proof) => proof?.result === 'damaged')
  if (damaged !== undefined) return damageOf('verify_within', damaged, record, now)
  if (objectives.verify_within === 0) return undefined
  const ofCopy = isOffsiteRequired(objectives, record)
  return judgeAge('verify_within', record, {
    at: (ofCopy ? verification : newestProof(evidence))?.at,
    limitMs: objectives.verify_within,
    now,
    never: 'never verified',
    isPatient: true,
    old: 'the last verification',
    hint: `${ofCopy ? 'borgboi s3 verify' : 'borgboi backup check'} --name ${record.name}`,
  })
}

function judgeDrill(facts: StandingFacts, objectives: Objectives, now: Date): ObjectiveStanding | undefined {
  const { record, evidence } = facts
  const damaged = [evidence.drill, evidence.offsiteDrill].find((drill) => drill?.result === 'damaged')
  if (damaged !== undefined) return damageOf('drill_every', damaged, record, now)
  if (objectives.drill_every === 0) return undefined
  return judgeAge('drill_every', record, {
    at: newer(evidence.drill, evidence.offsiteDrill)?.at,
    limitMs: objectives.drill_every,
    now,
    never: 'no restore was ever tried',
    isPatient: true,
    old: 'the last drill',
    hint: `${record.vault === undefined ? 'borgboi backup drill' : 'borgboi s3 drill'} --name ${record.name}`,
  })
}

/** The newest proof that what is stored is right, of the copy or of the repository. */
export function newestProof({ check, verification }: RepoEvidence): ProofEvidence | undefined {
  return newer(check, verification)
}

export function newer<T extends ProofEvidence>(one: T | undefined, other: T | undefined): T | undefined {
  return one === undefined || (other !== undefined && other.at > one.at) ? other : one
}

function judgeSpace({ record, freeBytes }: StandingFacts, objectives: Objectives): ObjectiveStanding | undefined {
  const [objective, least] = ['min_free_space', objectives.min_free_space] as const
  if (least === 0 || freeBytes === undefined) return undefined
  if (freeBytes >= least * SPACE_AT_RISK) return { objective, verdict: 'met' }
  const reason = `${formatBytes(freeBytes)} are left on the disk of ${record.path}`
  const hint = `free some, or keep fewer archives: borgboi repo retention set POLICY --name ${record.name}`
  return { objective, verdict: freeBytes < least ? 'broken' : 'at-risk', reason, hint }
}

interface Age {
  /** When it was last so. */
  readonly at: string | undefined
  readonly limitMs: number
  readonly now: Date
  readonly never: string
  /** That it never was is no risk before its time is over. */
  readonly isPatient?: true
  /** What is old then. */
  readonly old: string
  readonly hint: string
}

function judgeAge(
  objective: StandingName,
  { createdAt }: RepoRecord,
  { at, limitMs, now, never, isPatient, old, hint }: Age,
): ObjectiveStanding {
  const last = Date.parse(at ?? createdAt)
  if (isToCome(at ?? createdAt, now)) {
    const reason = `${at === undefined ? 'the repo' : old} is of a time to come: a clock was wrong`
    return { objective, verdict: 'broken', reason, hint }
  }
  const due = last + limitMs
  const left = due - now.getTime()
  const dueAt = new Date(due).toISOString()
  if (left < 0) {
    const ageMs = now.getTime() - last
    const reason =
      at === undefined ? `${never}, ${ageInWords(ageMs)} after it was set up` : `${old} is ${ageInWords(ageMs)} old`
    return { objective, verdict: 'broken', dueAt, reason, hint }
  }
  if (at === undefined && !isPatient) return { objective, verdict: 'at-risk', dueAt, reason: never, hint }
  if (left >= limitMs * SHARE_AT_RISK) return { objective, verdict: 'met', dueAt }
  return { objective, verdict: 'at-risk', dueAt, reason: `due in ${ageInWords(left)}`, hint }
}

function damageOf(
  objective: StandingName,
  { at, vault }: ProofEvidence,
  { name }: RepoRecord,
  now: Date,
): ObjectiveStanding {
  const ago = ageInWords(now.getTime() - Date.parse(at))
  const [where, hint] =
    vault === undefined
      ? ['the repository', `see what it is: borgboi backup check --name ${name}`]
      : [vault, `borgboi s3 repair --name ${name}, and then: borgboi s3 verify --name ${name}`]
  return { objective, verdict: 'broken', reason: `damage was found in ${where} ${ago} ago`, hint }
}
