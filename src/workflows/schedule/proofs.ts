// What a scheduled run does behind the backups, for repos that have one from just now: the drills and verifications that
// keep what is promised. Each is a run of its own, by the workflow that a person would call; the orchestrator hands them in.
// One that fails takes nothing from the backup, and waits for another day.

import type { Deps } from '../../deps.ts'
import { SAMPLE_DEFAULT } from '../../model/drill.ts'
import { isRemote } from '../../model/location.ts'
import type { RepoName } from '../../model/names.ts'
import { isProofDue, PROOFS, type ProofWorkflow } from '../../model/proofs.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { CREATE } from '../../model/resume.ts'
import type { RunReport } from '../../model/run.ts'
import type { RunConditions } from '../../model/schedule.ts'
import type { Confirm } from '../shared/confirm.ts'
import type { ForEachInput } from '../shared/for-each-repo.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type StandingDeps, standingOf } from '../shared/standing.ts'
import { areMet, type ConditionDeps, requireConditions } from './conditions.ts'

export type ProofDeps = ConditionDeps & StandingDeps & RunDeps & Pick<Deps, 'repos'>

interface DrillChoice {
  readonly archive: string
  readonly sample: number
  readonly scratch: string
}

/** As `backup check` and `s3 verify` are without options. */
interface CheckChoice {
  readonly verifyData: boolean
  readonly scope: 'all'
  readonly repair: boolean
  readonly dryRun: boolean
  readonly confirm: Confirm
}
interface VerifyChoice {
  readonly level: 1
  readonly verifyData: boolean
  readonly workingDirectory: string
}

interface OneRepo extends Pick<ForEachInput, 'passphrase'> {
  readonly name: RepoName
}

/** The workflows that prove something, with what they are given here. */
export interface Proving {
  readonly drill: (input: ForEachInput & DrillChoice) => Promise<readonly RunReport[]>
  readonly check: (input: ForEachInput & CheckChoice) => Promise<readonly RunReport[]>
  readonly verifyCopy: (input: OneRepo & VerifyChoice) => Promise<RunReport>
  readonly drillCopy: (input: OneRepo & DrillChoice) => Promise<RunReport>
}

export interface ProveInput {
  /** How the backups ended. */
  readonly backups: readonly RunReport[]
  readonly conditions: RunConditions
  readonly jobs?: number | undefined
}

/** Never throws for one repo: what keeps a proof from beginning is the report of a run. */
export async function proveRepos(deps: ProofDeps, input: ProveInput, proving: Proving): Promise<readonly RunReport[]> {
  const due = new Map<ProofWorkflow, RepoRecord[]>(PROOFS.map((workflow) => [workflow, []]))
  const backedUp = new Set(input.backups.filter(hasBackup).map(({ repo }) => repo))
  const records = (await deps.repos.list()).filter(({ name }) => backedUp.has(name))
  for (const record of records) {
    for (const workflow of await dueProofs(deps, record)) due.get(workflow)?.push(record)
  }
  const reports: RunReport[] = []
  for (const [workflow, of] of due) {
    if (of.length > 0 && !deps.stop.aborted) reports.push(...(await prove(deps, input, proving, workflow, of)))
  }
  return reports
}

/** Whether there is an archive from this run, or from the one that it went on with. */
function hasBackup({ outcome, steps, continues }: RunReport): boolean {
  if (outcome === 'ok' || outcome === 'warnings') return true
  const isMade = steps.some((step) => step.name === CREATE && (step.outcome === 'ok' || step.outcome === 'warnings'))
  return outcome === 'failed' && (isMade || continues !== undefined)
}

/** How far back a proof that failed is looked for. */
const RUNS_READ = 50

async function dueProofs(deps: ProofDeps, record: RepoRecord): Promise<readonly ProofWorkflow[]> {
  const { proofs } = await standingOf(deps, record, [])
  if (proofs.length === 0) return []
  const [runs, now] = [await deps.runs.list(record.name, RUNS_READ), deps.clock.now()]
  return proofs.filter((proof) => isProofDue(proof, runs, now)).map(({ workflow }) => workflow)
}

async function prove(
  deps: ProofDeps,
  { conditions, jobs }: ProveInput,
  { drill, check, verifyCopy, drillCopy }: Proving,
  workflow: ProofWorkflow,
  records: readonly RepoRecord[],
): Promise<readonly RunReport[]> {
  const { scratch } = (await deps.config.load()).schedule
  const choice = { archive: 'latest', sample: SAMPLE_DEFAULT, scratch }
  const verification = { level: 1, verifyData: false, workingDirectory: scratch } as const
  const ready: ForEachInput['ready'] = (run, record) => {
    // A vault behind a network that does not come is not what these wait for.
    const network = conditions.network && isRemote(record.path)
    return requireConditions(deps, { ...conditions, network }, run, record)
  }
  // The hooks may be what brings the disk of the repository.
  const each = { all: true, among: records.map(({ name }) => name), jobs, passphrase: {}, ready, hooks: true } as const
  switch (workflow) {
    case 'backup drill':
      return await drill({ ...each, ...choice })
    case 'backup check':
      return await check({ ...each, ...CHECK })
    case 's3 verify':
      return await ofCopies(deps, conditions, records, workflow, (one) => verifyCopy({ ...one, ...verification }))
    case 's3 drill':
      return await ofCopies(deps, conditions, records, workflow, (one) => drillCopy({ ...one, ...choice }))
  }
}

const CHECK: CheckChoice = {
  verifyData: false,
  scope: 'all',
  repair: false,
  dryRun: false,
  confirm: async () => false,
}

/** One after another: they share a line. What needs a network that is not there waits for another day. */
async function ofCopies(
  deps: ProofDeps,
  conditions: RunConditions,
  records: readonly RepoRecord[],
  workflow: ProofWorkflow,
  act: (one: OneRepo) => Promise<RunReport>,
): Promise<readonly RunReport[]> {
  const reports: RunReport[] = []
  for (const record of records) {
    if (deps.stop.aborted || !(await areMet(deps, conditions, record, { vault: true }))) continue
    reports.push(await reported(deps, record, workflow, () => act({ name: record.name, passphrase: {} })))
  }
  return reports
}

/** What is thrown before a run began, such as for a vault that cannot be opened, is told and kept like any failure. */
async function reported(
  deps: RunDeps,
  record: RepoRecord,
  workflow: ProofWorkflow,
  act: () => Promise<RunReport>,
): Promise<RunReport> {
  try {
    return await act()
  } catch (error) {
    return await performRun(deps, { record, workflow, exclusive: false }, () => Promise.reject(error))
  }
}
