// `import borgmatic`: takes over what a configuration of borgmatic says: its local repositories with their sources,
// exclusions, retention and passphrase. borgmatic's file and its repositories stay as they are. Per repo: Borg opens the
// repository, the exclusions are written, the passphrase, and last the record. Nothing is overwritten, so a run that was
// cut off is finished by the next, and one with nothing left to do changes nothing.

import type { Deps, PassphraseInput, ResolvedPassphrase } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { BorgmaticConfig, BorgmaticRepository } from '../../model/borgmatic.ts'
import { usableExclusions } from '../../model/exclusions.ts'
import type { Finding } from '../../model/finding.ts'
import { isRemote } from '../../model/location.ts'
import type { RepoName } from '../../model/names.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { passphraseIfAny, unusual } from '../shared/keep-passphrase.ts'
import { accessTo } from '../shared/open-repository.ts'
import { requireSource } from '../shared/require-source.ts'
import {
  planCompression,
  planExclusions,
  planName,
  planRetention,
  planSources,
  type Tell,
  teller,
  tellSettings,
} from './borgmatic.ts'
import { newRecord } from './settings.ts'

type ImportDeps = Pick<
  Deps,
  'borgmatic' | 'config' | 'repos' | 'exclusions' | 'passphrases' | 'borg' | 'files' | 'sourceTrees' | 'clock' | 'host'
>

export interface ImportBorgmaticInput {
  /** Absolute. */
  readonly file: string
  /** Only say what would be done; no Borg is started. */
  readonly dryRun: boolean
  /** Where the file has none. */
  readonly passphrase: PassphraseInput
}

export interface BorgmaticRepo {
  /** As it is called here. */
  readonly name: string
  readonly path: string
  /** `refused`: a finding says why. */
  readonly record: 'recorded' | 'known' | 'refused'
  readonly sources: readonly string[]
  /** `written`; `kept`: there is a file already; `none`. */
  readonly exclusions: 'written' | 'kept' | 'none'
}

export interface BorgmaticImport {
  readonly dryRun: boolean
  readonly file: string
  readonly repos: readonly BorgmaticRepo[]
  /** What needs a person; `error` where a repo could not be taken over. */
  readonly findings: readonly Finding[]
}

/** @throws AppError `file-unusable`, `file-denied`, `value-invalid`; nothing was written then */
export async function importBorgmatic(deps: ImportDeps, input: ImportBorgmaticInput): Promise<BorgmaticImport> {
  const borgmatic = await deps.borgmatic.read(input.file)
  const findings: Finding[] = []
  const tell = teller(findings)
  tellSettings(borgmatic, await deps.config.load(), tell)
  const plan = {
    sources: planSources(borgmatic, tell),
    retention: planRetention(borgmatic, tell),
    compression: planCompression(borgmatic, tell),
    exclusions: await exclusionsText(deps, input.file, borgmatic, tell),
  }
  const repos: BorgmaticRepo[] = []
  for (const repository of borgmatic.repositories) {
    try {
      repos.push(await takeOver(deps, { ...input, repository, borgmatic, plan, tell }))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message, reason, hint } = error
      const told = reason === undefined ? message : `${message}: ${reason}`
      findings.push({ level: 'error', subject: repository.path, message: told, ...optional('hint', hint) })
      repos.push({ ...nothing(repository), record: 'refused' })
    }
  }
  return { dryRun: input.dryRun, file: input.file, repos, findings }
}

interface TakingOver extends ImportBorgmaticInput {
  readonly repository: BorgmaticRepository
  readonly borgmatic: BorgmaticConfig
  readonly plan: {
    readonly sources: readonly string[]
    readonly retention: RepoRecord['retention']
    readonly compression: RepoRecord['compression']
    readonly exclusions: string | undefined
  }
  readonly tell: Tell
}

function nothing(repository: BorgmaticRepository): Omit<BorgmaticRepo, 'record'> {
  return { name: planName(repository), path: repository.path, sources: [], exclusions: 'none' }
}

async function takeOver(deps: ImportDeps, taking: TakingOver): Promise<BorgmaticRepo> {
  const { repository, dryRun, tell } = taking
  const path = repository.path.replace(/^file:\/\//, '')
  const name = planName(repository)
  if (isRemote(path) || !path.startsWith('/')) {
    const hint = `record it with: borgboi repo import --name ${name} --path ${path} --source DIR`
    tell(path, isRemote(path) ? 'is on another machine, and is not taken over' : 'is not an absolute path', hint)
    return { ...nothing(repository), record: 'refused' }
  }
  const id = await deps.borg.repositoryId({ path, lockWaitSeconds: 0 })
  if (id === undefined) {
    throw new AppError('repository-missing', `there is no Borg repository at ${path}`, {
      reason: 'nothing there says that it is one',
      hint: 'mount its disk, then run the same command again',
    })
  }
  const known =
    (await deps.repos.getByPath(path)) ?? (await deps.repos.getByBorgId(id)).find(({ readOnly }) => !readOnly)
  if (known)
    return {
      name: known.name,
      path,
      record: 'known',
      sources: known.sources,
      exclusions: await writeExclusions(deps, taking, known.name),
    }
  await requireFreeName(deps, name)
  const sources = await usableSources(deps, taking, path)
  const exclusions = dryRun
    ? await writeExclusions(deps, taking, name)
    : await record(deps, taking, { name, path, sources })
  return { name, path, record: 'recorded', sources, exclusions }
}

async function requireFreeName(deps: ImportDeps, name: RepoName): Promise<void> {
  const other = await deps.repos.get(name)
  if (other === undefined) return
  throw new AppError('repo-exists', `another repo, at ${other.path}, is called ${name} already`, {
    hint: "give this one another label in borgmatic's file, or rename the other: borgboi repo rename",
  })
}

/** One that is not there now would keep every backup from running. */
async function usableSources(
  { files, sourceTrees }: ImportDeps,
  { plan, tell }: TakingOver,
  repositoryPath: string,
): Promise<string[]> {
  const usable: string[] = []
  for (const source of plan.sources.map((written) => files.resolve('/', written))) {
    try {
      await requireSource({ files, sourceTrees }, source, repositoryPath)
      usable.push(source)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      tell(source, `is not backed up: ${error.reason}`, error.hint ?? 'borgboi repo info')
    }
  }
  if (usable.length > 0) return usable
  throw new AppError('source-missing', `there is nothing to back up into ${repositoryPath}`, {
    reason: "none of borgmatic's source_directories can be used",
    hint: 'set right what is said of them, then run the same command again',
  })
}

async function record(
  deps: ImportDeps,
  taking: TakingOver,
  { name, path, sources }: { readonly name: RepoName; readonly path: string; readonly sources: readonly string[] },
): Promise<BorgmaticRepo['exclusions']> {
  const { borgmatic, plan } = taking
  const given: ResolvedPassphrase | undefined =
    borgmatic.passphrase === undefined
      ? await passphraseIfAny(deps, { name }, taking.passphrase)
      : { secret: borgmatic.passphrase, origin: 'config' }
  // The person's own statement that this is the repository, wherever it was before.
  const info = await deps.borg.info({ ...(await accessTo(deps, path, given)), trustLocation: true })
  const exclusions = await writeExclusions(deps, taking, name)
  const isNeeded = info.encryption !== 'none' && given !== undefined
  const file = isNeeded ? (given.file ?? (await deps.passphrases.store(name, given.secret))) : undefined
  const { retention, compression } = plan
  const settings = { name, path, sources, retention, compression, vault: undefined }
  await deps.repos.add(newRecord(deps, settings, info, unusual(deps, name, file)))
  return exclusions
}

async function writeExclusions(
  { exclusions }: ImportDeps,
  { plan, dryRun, tell }: TakingOver,
  name: RepoName,
): Promise<BorgmaticRepo['exclusions']> {
  if (plan.exclusions === undefined) return 'none'
  const there = await exclusions.read(name)
  if (there === undefined) {
    if (!dryRun) await exclusions.write(name, plan.exclusions)
    return 'written'
  }
  if (there !== plan.exclusions) {
    tell(
      exclusions.path(name),
      "differs from borgmatic's exclusions, and stays as it is",
      'edit it if patterns are missing',
    )
  }
  return 'kept'
}

/** Undefined where nothing is left out. */
async function exclusionsText(
  { exclusions }: ImportDeps,
  file: string,
  borgmatic: BorgmaticConfig,
  tell: Tell,
): Promise<string | undefined> {
  const { patterns, undecided } = planExclusions(borgmatic)
  if (undecided.length > 0) {
    const message = `what stands behind an include pattern (+) may be included again, and is backed up here: ${undecided.join(', ')}`
    tell('patterns', message, 'leave out what you do not want: borgboi exclusions add --name NAME PATTERN')
  }
  const parts = patterns.length === 0 ? [] : [`# From ${file}`, ...patterns]
  for (const other of undecided.length > 0 ? [] : borgmatic.excludeFrom) {
    try {
      parts.push(`# From ${other}`, (await exclusions.readOther(other)).trimEnd())
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      tell(other, `is not taken over: ${error.reason ?? error.message}`, 'its patterns leave nothing out here')
    }
  }
  if (parts.length === 0) return undefined
  const { text, refused } = usableExclusions(`${parts.join('\n')}\n`)
  for (const { line, reason } of refused) {
    tell('exclusions', `line ${line} is taken over as a comment, without effect: ${reason}`, 'borgboi exclusions show')
  }
  return text
}
