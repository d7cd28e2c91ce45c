// `doctor`: looks at everything that backups rely on, and says what to do about what is not as it should be. Changes
// nothing, starts no Borg but for its version, and does not wait for what hangs.

import type { RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import { findRecords } from '../shared/find-record.ts'
import type { DoctorDeps, Runnable, Verdict } from './check.ts'
import { MACHINE_CHECKS, REPO_CHECKS } from './checks.ts'

export interface Diagnosis {
  /** The worst of all. */
  readonly level: 'ok' | 'warning' | 'error'
  readonly findings: readonly DoctorFinding[]
}

export interface DoctorFinding extends Verdict {
  readonly check: string
  /** Absent for the machine. */
  readonly repo?: RepoName
}

/** How long one check may take. */
const LIMIT_MS = 15_000

/** Every repo, unless one is named. @throws AppError `repo-unknown`, `usage-invalid` */
export async function runDoctor(deps: DoctorDeps, { name, path }: RepoTarget): Promise<Diagnosis> {
  const isNamed = name !== undefined || path !== undefined
  const records = isNamed ? await findRecords(deps, { name, path }) : await recordsIfReadable(deps)
  const machine = MACHINE_CHECKS.map((check) => findingsOf(deps, check, undefined))
  const config = await deps.config.load().catch(() => undefined)
  const repos = records.flatMap((record) =>
    config === undefined
      ? []
      : REPO_CHECKS.map(async (check) => {
          const found = await findingsOf(deps, check, { record, config })
          return found.map((finding) => ({ ...finding, repo: record.name }))
        }),
  )
  const findings = (await Promise.all([...machine, ...repos])).flat()
  return { level: worst(findings), findings }
}

/** What is wrong with the records, or the configuration, is for the checks of those to say. */
async function recordsIfReadable(deps: DoctorDeps) {
  try {
    return await deps.repos.list()
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}

async function findingsOf<Subject>(
  deps: DoctorDeps,
  check: Runnable<Subject>,
  subject: Subject,
): Promise<DoctorFinding[]> {
  const verdicts = await deps.clock.within(LIMIT_MS, verdictsOf(deps, check, subject))
  const late: Verdict = {
    level: 'error',
    message: `no answer within ${LIMIT_MS / 1000} s`,
    hint: 'a disk or a server that is away and hangs is the usual cause; look with: mount',
  }
  return (verdicts ?? [late]).map((verdict) => ({ check: check.name, ...verdict }))
}

/** A check that cannot be made is a finding itself. */
async function verdictsOf<Subject>(
  deps: DoctorDeps,
  check: Runnable<Subject>,
  subject: Subject,
): Promise<readonly Verdict[]> {
  try {
    return await check.run(deps, subject)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'config-invalid') return [{ level: 'skipped', message: 'needs a configuration without errors' }]
    const { message, reason, hint } = error
    const told = reason === undefined ? message : `${message}: ${reason}`
    return [{ level: 'error', message: told, ...(hint === undefined ? {} : { hint }) }]
  }
}

function worst(findings: readonly DoctorFinding[]): Diagnosis['level'] {
  if (findings.some(({ level }) => level === 'error')) return 'error'
  return findings.some(({ level }) => level === 'warning') ? 'warning' : 'ok'
}
