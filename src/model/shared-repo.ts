// A repo as other hosts see it: what they need to find it, and to see that it is backed up.

import { type LastRun, optional, type RepoRecord } from './repo.ts'
import { isToCome, type Verdict } from './standing.ts'
import { type Upheaval, upheavalInWords } from './upheaval.ts'
import { ageInWords } from './words.ts'

export interface SharedRepo {
  readonly name: string
  readonly path: string
  readonly hostname: string
  readonly sources: readonly string[]
  readonly lastBackupAt?: string
  readonly lastBackupBytes?: number
  /** When it was recorded; absent where only BorgBoi 1.x knows. */
  readonly createdAt?: string
  /** Absent where no run of this version told of itself yet. */
  readonly lastRun?: LastRun
  /** Nothing is removed from it or copied off-site before somebody there accepts it. */
  readonly upheaval?: Upheaval
}

export function toSharedRepo({
  name,
  path,
  hostname,
  sources,
  createdAt,
  lastBackup,
  lastRun,
  upheaval,
}: RepoRecord): SharedRepo {
  return {
    name,
    path,
    hostname,
    sources,
    createdAt,
    ...optional('lastBackupAt', lastBackup?.at),
    ...optional('lastBackupBytes', lastBackup?.originalBytes),
    ...optional('lastRun', lastRun),
    ...optional('upheaval', upheaval),
  }
}

/** How a repo stands as far as its host told; `unknown`: it told nothing of what it promised. */
export interface StandingElsewhere {
  readonly verdict: Verdict | 'unknown'
  /** Why it is not simply met, in one phrase. */
  readonly reason?: string
}

export function judgeElsewhere(
  { createdAt, lastRun, lastBackupAt, upheaval }: SharedRepo,
  now: Date,
): StandingElsewhere {
  if (lastRun === undefined) {
    return createdAt === undefined
      ? { verdict: 'unknown', reason: 'it has told nothing' }
      : { verdict: 'at-risk', reason: 'no run yet' }
  }
  const { at, outcome, dueAt } = lastRun
  if (isToCome(at, now) || (lastBackupAt !== undefined && isToCome(lastBackupAt, now))) {
    return { verdict: 'broken', reason: 'what it told of is to come: its clock or this one is wrong' }
  }
  const ago = `${ageInWords(now.getTime() - Date.parse(at))} ago`
  const hasFailed = outcome === 'failed' || outcome === 'interrupted'
  if (dueAt !== undefined && Date.parse(dueAt) < now.getTime()) {
    return { verdict: 'broken', reason: hasFailed ? `its last run failed, ${ago}` : `silent: its last run was ${ago}` }
  }
  if (upheaval !== undefined) return { verdict: 'broken', reason: upheavalInWords(upheaval) }
  return hasFailed ? { verdict: 'at-risk', reason: `its last run failed, ${ago}` } : { verdict: 'met' }
}
