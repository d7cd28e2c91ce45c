// `repo create`: a new Borg repository and its record. Order: everything is checked; the passphrase is stored; Borg makes
// the repository; the record is written; what starts backups by itself comes last. Cut off in between, the repository and its passphrase are there and
// `repo import` records them; the passphrase is taken back only when the repository provably does not exist.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseOrigin, ResolvedPassphrase } from '../../deps.ts'
import { AppError, toAppError } from '../../errors.ts'
import { parseCalendar } from '../../model/calendar.ts'
import { isRemote } from '../../model/location.ts'
import type { RepoName } from '../../model/names.ts'
import { parseQuota } from '../../model/quantities.ts'
import { ENCRYPTIONS, optional, type RepoRecord } from '../../model/repo.ts'
import { type Schedule, usualSchedule } from '../../model/schedule.ts'
import { refuse } from '../../model/validate.ts'
import type { ChosenVault } from '../shared/choose-vault.ts'
import { keepPassphrase, unusual } from '../shared/keep-passphrase.ts'
import { accessTo } from '../shared/open-repository.ts'
import { type InstalledResult, placeSchedule } from '../shared/place-schedule.ts'
import { type CheckedSettings, checkSettings, type NewRepoSettings, newRecord, requireFreePath } from './settings.ts'

type CreateDeps = Pick<
  Deps,
  'config' | 'repos' | 'passphrases' | 'borg' | 'files' | 'sourceTrees' | 'clock' | 'host' | 'vaults' | 'scheduler'
>

export interface CreateRepoInput extends NewRepoSettings {
  readonly encryption?: string | undefined
  /** A size such as `100G`; absent: the configuration's. */
  readonly quota?: string | undefined
}

export interface CreatedRepo {
  readonly record: RepoRecord
  /** Absent for a repository without encryption. Never the passphrase itself. */
  readonly passphrase?: { readonly origin: PassphraseOrigin; readonly file: string }
  /** What the vault was seen to keep, where one was chosen. */
  readonly vault?: ChosenVault
  /** What starts its backups, where that was asked for. */
  readonly schedule?: InstalledResult
}

export async function createRepo(deps: CreateDeps, input: CreateRepoInput): Promise<CreatedRepo> {
  const settings = await checkSettings(deps, input)
  const encryption = requireEncryption(input.encryption ?? 'repokey-blake2')
  const quotaBytes = input.quota === undefined ? undefined : parseQuota(input.quota)
  if (settings.sources.length === 0) {
    throw new AppError('usage-invalid', `cannot set up ${settings.name}`, {
      reason: 'no directory to back up was named',
      hint: 'name one or more with --source DIR',
    })
  }
  await requireFreePath(deps, settings.path)
  const schedule =
    input.schedule === undefined ? undefined : usualSchedule(settings.name, parseCalendar(input.schedule))
  if (schedule) await deps.scheduler.install(schedule, { dryRun: true })
  await deps.borg.version()

  const passphrase =
    encryption === 'none' ? undefined : await deps.passphrases.resolveNew(settings.name, input.passphrase)
  const file = passphrase && (await keepPassphrase(deps, settings.name, passphrase))
  const access = await makeRepository(deps, settings, { encryption, quotaBytes, passphrase })
  const record = newRecord(deps, settings, await deps.borg.info(access), unusual(deps, settings.name, file))
  await deps.repos.add(record)
  return {
    record,
    ...(passphrase && file !== undefined ? { passphrase: { origin: passphrase.origin, file } } : {}),
    ...optional('vault', settings.vault),
    ...optional('schedule', schedule && (await startByItself(deps, schedule, settings.name))),
  }
}

/** Where it fails although it could be done a moment ago, that is no reason to hide that the repo is there. */
async function startByItself(deps: CreateDeps, schedule: Schedule, name: RepoName): Promise<InstalledResult> {
  try {
    return await placeSchedule(deps, schedule, { dryRun: false })
  } catch (cause) {
    const { code, message, reason } = toAppError(cause)
    throw new AppError(code, `set up ${name}, but nothing backs it up by itself`, {
      reason: reason === undefined ? message : `${message}: ${reason}`,
      hint: `then install its schedule: borgboi schedule install --name ${name}; make a recovery kit: borgboi repo kit create --name ${name}`,
      cause,
    })
  }
}

function requireEncryption(value: string): string {
  if ((ENCRYPTIONS as readonly string[]).includes(value)) return value
  refuse('encryption', value, 'Borg 1.x has no such mode', `use one of ${ENCRYPTIONS.join(', ')}`)
}

async function makeRepository(
  deps: CreateDeps,
  { name, path }: CheckedSettings,
  options: { encryption: string; quotaBytes: number | undefined; passphrase: ResolvedPassphrase | undefined },
): Promise<RepositoryAccess> {
  const { borg } = await deps.config.load()
  const access = await accessTo(deps, path, options.passphrase)
  try {
    await deps.borg.init(access, {
      encryption: options.encryption,
      quotaBytes: options.quotaBytes ?? borg.storage_quota,
      maxSegmentBytes: borg.max_segment_size,
      additionalFreeBytes: borg.additional_free_space,
    })
    return access
  } catch (error) {
    const written = options.passphrase !== undefined && options.passphrase.file === undefined
    if (written && !isRemote(path) && (await deps.files.kind(path)) === undefined) await deps.passphrases.forget(name)
    throw error
  }
}
