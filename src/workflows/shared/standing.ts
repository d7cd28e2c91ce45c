// How repos stand to what was promised of them, from what is known on this machine: neither Borg nor the network is
// asked. What broke, or is kept again, is told once.

import type { Config } from '../../config/schema.ts'
import type { Deps, InstalledSchedule } from '../../deps.ts'
import { toAppError } from '../../errors.ts'
import { nextDue } from '../../model/calendar.ts'
import { hasChanged } from '../../model/events.ts'
import { evidenceOf, type RepoEvidence } from '../../model/evidence.ts'
import { isRemote } from '../../model/location.ts'
import { inForce, type Objectives, type StandingName } from '../../model/objectives.ts'
import { type NextProof, nextProofs } from '../../model/proofs.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { CREATE, DAILY } from '../../model/resume.ts'
import { type RunReport, toCutOff } from '../../model/run.ts'
import { judge, type Standing, type StandingFacts } from '../../model/standing.ts'
import { isOnNetwork } from '../../model/vault-url.ts'
import { upheavalOf } from './upheaval.ts'

export type StandingDeps = Pick<Deps, 'config' | 'evidence' | 'runs' | 'jobs' | 'files' | 'clock' | 'events'>

export interface RepoStatus {
  readonly record: RepoRecord
  readonly objectives: Objectives
  readonly evidence: RepoEvidence
  readonly standing: Standing
  /** What scheduled runs do to keep it so. */
  readonly proofs: readonly NextProof[]
  /** When the next run is due; absent where nothing starts one. */
  readonly nextRunAt?: Date
}

/** How far back the newest run is looked for that was to make a backup. */
const RUNS_READ = 20
const BACKUPS = [DAILY, 'backup run']

/** `schedules`: what is installed on this machine, of whatever repos. Tells nobody. */
export async function standingOf(
  deps: StandingDeps,
  record: RepoRecord,
  schedules: readonly InstalledSchedule[],
): Promise<RepoStatus> {
  const now = deps.clock.now()
  const [config, all, lastRun] = await Promise.all([
    deps.config.load(),
    deps.evidence.read(record.name),
    lastBackupRun(deps, record),
  ])
  const objectives = inForce(config.objectives, record.objectives)
  const evidence = evidenceOf(record, all)
  const facts: StandingFacts = {
    record,
    evidence,
    ...(await spaceOf(deps, record)),
    upheaval: upheavalOf(record, config),
    lastFailure: failureOf(lastRun),
    ...scheduledFor(record, schedules, now),
  }
  // A copy that may only be read: whoever backs up into the original promises something.
  const standing = record.readOnly ? NOTHING_PROMISED : judge(facts, objectives, now)
  const reachesVault = isReachable(config, record)
  const settings = { ...config.schedule, ...config.repos[record.name]?.schedule }
  const proofs = nextProofs({ record, evidence, reachesVault }, objectives, settings, now)
  return { record, objectives, evidence, standing, proofs, ...optional('nextRunAt', facts.nextRunAt) }
}

/** Whether the network may be used, where its vault is on it. */
function isReachable({ offline, vaults }: Config, { vault }: RepoRecord): boolean {
  const url = vault === undefined ? undefined : vaults[vault]?.url
  return !offline || url === undefined || !isOnNetwork(url)
}

const NOTHING_PROMISED: Standing = { verdict: 'met', backedUp: false, objectives: [] }

/** Tells how it stands, with what broke and what is kept again since that was told last, and remembers that it was told. */
export async function tellStanding(deps: StandingDeps, { record, evidence, standing }: RepoStatus): Promise<void> {
  const broken = standing.objectives.filter(({ verdict }) => verdict === 'broken')
  const now = broken.map(({ objective }) => objective)
  const before = evidence.told?.broken ?? []
  const broke = now.filter((objective) => !before.includes(objective))
  const recovered = before.filter((objective: StandingName) => !now.includes(objective))
  const judged = { type: 'objectives-judged', repo: record.name, broken, broke, recovered } as const
  deps.events(judged)
  if (!hasChanged(judged)) return
  try {
    const at = deps.clock.now().toISOString()
    await deps.evidence.keep(record.name, { told: { at, repoId: record.borgId, broken: now } })
  } catch {
    // A home that cannot be written is told again, and has been told of by whoever has to write more important things.
  }
}

/** As `tellStanding`, of every repo of this home: also of those that nothing runs for any more. Never throws. */
export async function tellStandings(deps: StandingDeps & Pick<Deps, 'repos'>): Promise<void> {
  try {
    for (const record of await deps.repos.list()) await tellStanding(deps, await standingOf(deps, record, []))
  } catch (error) {
    const { message, hint } = toAppError(error)
    const told = `whether every repo is as promised could not be looked at: ${message}`
    deps.events({ type: 'notice', level: 'warning', message: told, ...optional('hint', hint) })
  }
}

async function lastBackupRun({ runs, jobs }: StandingDeps, { name }: RepoRecord): Promise<RunReport | undefined> {
  const [noted] = await runs.underWay(name)
  const cutOff = noted === undefined || (await jobs.isHeld(name)) ? [] : [toCutOff(noted)]
  return [...cutOff, ...(await runs.list(name, RUNS_READ))].find(({ workflow }) => BACKUPS.includes(workflow))
}

function failureOf(run: RunReport | undefined): StandingFacts['lastFailure'] {
  if (run === undefined || (run.outcome !== 'failed' && run.outcome !== 'interrupted')) return undefined
  // That is told by itself, for as long as it is so.
  if (run.failure?.code === 'change-unaccepted') return undefined
  const isMade = run.steps.some(({ name, outcome }) => name === CREATE && (outcome === 'ok' || outcome === 'warnings'))
  return {
    step: isMade || run.continues !== undefined ? 'off-site' : 'archive',
    reason: `the last run failed: ${run.failure?.message}`,
    hint: `borgboi history show ${run.id.slice(-6)}`,
  }
}

async function spaceOf(
  { files }: StandingDeps,
  { path }: RepoRecord,
): Promise<Pick<StandingFacts, 'freeBytes' | 'isMissing'>> {
  if (isRemote(path)) return { isMissing: false }
  try {
    if ((await files.kind(path)) === undefined) return { isMissing: true }
    return { freeBytes: (await files.space(path)).freeBytes, isMissing: false }
  } catch {
    // This user may not look there: that is for the runs to tell.
    return { isMissing: false }
  }
}

function scheduledFor(
  { name }: RepoRecord,
  schedules: readonly InstalledSchedule[],
  now: Date,
): Pick<StandingFacts, 'nextRunAt' | 'scheduleProblem'> {
  const own = schedules.filter(({ schedule }) => schedule.repo === undefined || schedule.repo === name)
  const active = own.filter((schedule) => schedule.active)
  const times = active.map(({ schedule }) => nextDue(schedule.at, now).getTime() + schedule.jitterMs)
  if (times.length > 0) return { nextRunAt: new Date(Math.min(...times)) }
  const [problem] = own.flatMap(({ problems }) => problems)
  return { scheduleProblem: problem && { reason: problem.message, hint: problem.hint } }
}
