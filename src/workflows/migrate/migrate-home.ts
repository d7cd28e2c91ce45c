// `migrate`: takes over what BorgBoi 1.x left in this home. Everything is planned before anything is written. Per repo:
// its exclusions, its passphrase (written, read back), its record, and only then is the passphrase taken out of the old
// record; all else of the old home stays as it is. Nothing is overwritten, so a run that was cut off anywhere is finished
// by the next one, and a run with nothing left to do changes nothing.

import { AppError } from '../../errors.ts'
import type { EarlierRepo } from '../../model/earlier-repo.ts'
import type { Finding } from '../../model/finding.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { type CopiedExclusions, copyExclusions } from './exclusions.ts'
import { gather } from './gather.ts'
import type { MigrateDeps, Migrating } from './migrating.ts'
import { blankPassphrases, type MovedPassphrase, movePassphrase } from './passphrases.ts'
import { type Plan, planRecord } from './plan.ts'
import { findInSettings } from './settings.ts'

export interface MigrateHomeInput {
  /** Only say what would be done. */
  readonly dryRun: boolean
}

export interface MigratedRepo {
  /** As it is called here. */
  readonly name: string
  /** As BorgBoi 1.x called it. */
  readonly formerName: string
  readonly path: string
  readonly foundIn: readonly string[]
  /** `refused`: nothing was done, a finding says why. */
  readonly record: 'recorded' | 'known' | 'refused' | 'failed'
  /** Absent where nothing was done. */
  readonly passphrase?: MovedPassphrase
  readonly exclusions?: CopiedExclusions
  /** Old records that the passphrase was taken out of. */
  readonly blanked: readonly string[]
  /** As the old record has it: the new one tells of backups that borgboi made. */
  readonly lastBackupAt?: string
}

export interface Migration {
  readonly dryRun: boolean
  readonly repos: readonly MigratedRepo[]
  readonly sharedExclusions: CopiedExclusions
  /** What needs a person; `error` where something failed that another run may finish. */
  readonly findings: readonly Finding[]
  /** What `config validate` has to say of the configuration: above all, keys that have no effect any more. */
  readonly settings: readonly Finding[]
}

export async function migrateHome(deps: MigrateDeps, { dryRun }: MigrateHomeInput): Promise<Migration> {
  const config = await deps.config.load()
  const found = await gather(deps, config)
  const findings: Finding[] = [...found.problems]
  const records: RepoRecord[] = [...(await deps.repos.list())]
  const plans: [EarlierRepo, Plan][] = []
  for (const earlier of found.repos) {
    const plan = await planRecord(deps, earlier, records, findings)
    if (plan.kind === 'new') records.push(plan.record)
    plans.push([earlier, plan])
  }

  const isFirst = plans.some(([, { kind }]) => kind === 'new')
  const migrating = { ...deps, dryRun, findings, isFirst, exclusionsFound: found.exclusions }
  const sharedExclusions = await copyExclusions(migrating, undefined)
  const repos: MigratedRepo[] = []
  for (const [earlier, plan] of plans) repos.push(await migrateRepo(migrating, earlier, plan))
  const isEmpty = repos.length === 0 && findings.length === 0 && found.exclusions.length === 0
  const settings = isEmpty ? { findings: [], remarks: [] } : await findInSettings(deps, config)
  return { dryRun, repos, sharedExclusions, findings: [...findings, ...settings.findings], settings: settings.remarks }
}

async function migrateRepo(migrating: Migrating, earlier: EarlierRepo, plan: Plan): Promise<MigratedRepo> {
  const { path, lastBackupAt } = earlier
  const row = {
    name: plan.kind === 'refused' ? earlier.name : plan.record.name,
    formerName: earlier.name,
    path,
    foundIn: earlier.places.map(({ file }) => file),
    blanked: [],
    ...optional('lastBackupAt', lastBackupAt),
  }
  if (plan.kind === 'refused') return { ...row, record: 'refused' }
  try {
    const { record } = plan
    const isNew = plan.kind === 'new'
    const exclusions = await copyExclusions(
      { ...migrating, isFirst: isNew },
      { name: record.name, former: earlier.name },
    )
    const { passphrase, kept } = await movePassphrase(migrating, record, earlier)
    if (isNew && !migrating.dryRun) await migrating.repos.add(record)
    const blanked = kept === undefined || migrating.dryRun ? [] : await blankPassphrases(migrating, earlier, kept)
    return { ...row, record: isNew ? 'recorded' : 'known', exclusions, passphrase, blanked }
  } catch (error) {
    // The others go on; another run finishes this one.
    if (!(error instanceof AppError)) throw error
    const message = `${error.message}: ${error.reason ?? error.code}`
    migrating.findings.push({ level: 'error', subject: earlier.name, message, ...optional('hint', error.hint) })
    return { ...row, record: 'failed' }
  }
}
