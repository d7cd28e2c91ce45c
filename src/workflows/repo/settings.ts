// What a person may say of a repo when it is recorded, checked before anything has an effect.

import type { RepositoryInfo } from '../../borg/client.ts'
import type { Deps, PassphraseInput } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { type Compression, parseCompression } from '../../model/compression.ts'
import { isRemote, parseRepositoryPath } from '../../model/location.ts'
import { parseRepoName, type RepoName } from '../../model/names.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { parseRetentionText, type RetentionPolicy } from '../../model/retention.ts'
import { type ChosenVault, chooseVault } from '../shared/choose-vault.ts'
import { requireSource } from '../shared/require-source.ts'

/** As typed. Paths may be relative to `workingDirectory`. */
export interface RepoSettings {
  readonly name: string
  readonly path: string
  readonly sources: readonly string[]
  /** `daily=7,weekly=4`; absent: the configuration's. */
  readonly retention?: string | undefined
  readonly compression?: string | undefined
  /** A configured vault to copy it to. */
  readonly vault?: string | undefined
  readonly passphrase: PassphraseInput
  readonly workingDirectory: string
}

/** Of a repo that is new: also when it is backed up by itself. */
export interface NewRepoSettings extends RepoSettings {
  /** A calendar expression; absent: only when somebody says so. */
  readonly schedule?: string | undefined
}

export interface CheckedSettings {
  readonly name: RepoName
  readonly path: string
  readonly sources: readonly string[]
  readonly retention: RetentionPolicy | undefined
  readonly compression: Compression | undefined
  readonly vault: ChosenVault | undefined
}

/** @throws AppError `value-invalid`, `source-missing`, `repo-exists`, `vault-unknown`, `vault-unsafe` */
export async function checkSettings(
  deps: Pick<Deps, 'files' | 'sourceTrees' | 'repos' | 'config' | 'vaults'>,
  settings: RepoSettings,
): Promise<CheckedSettings> {
  const { workingDirectory } = settings
  const name = parseRepoName(settings.name)
  const path = parseRepositoryPath(settings.path, workingDirectory)
  const sources = settings.sources.map((source) => deps.files.resolve(workingDirectory, source))
  const checked = {
    name,
    path,
    sources,
    retention: settings.retention === undefined ? undefined : parseRetentionText(settings.retention),
    compression: settings.compression === undefined ? undefined : parseCompression(settings.compression),
  }
  for (const source of sources) await requireSource(deps, source, path)
  await requireUnrecorded(deps, { name, path })
  const vault = settings.vault === undefined ? undefined : await chooseVault(deps, settings.vault, path)
  return { ...checked, vault }
}

/** The record of a repository that Borg has just opened. `passphraseFile` undefined: none, or the usual one. */
export function newRecord(
  deps: Pick<Deps, 'clock' | 'host'>,
  { name, path, sources, retention, compression, vault }: CheckedSettings,
  { id, encryption }: RepositoryInfo,
  passphraseFile: string | undefined,
): RepoRecord {
  return {
    name,
    path,
    borgId: id,
    encryption,
    sources,
    hostname: deps.host.hostname,
    createdAt: deps.clock.now().toISOString(),
    ...optional('retention', retention),
    ...optional('compression', compression),
    ...optional('vault', vault?.vault),
    ...optional('passphraseFile', passphraseFile),
  }
}

/** @throws AppError `repo-exists` */
export async function requireUnrecorded(
  deps: Pick<Deps, 'repos'>,
  { name, path }: { readonly name?: RepoName; readonly path?: string },
): Promise<void> {
  const there = (name && (await deps.repos.get(name))) ?? (path && (await deps.repos.getByPath(path)))
  if (!there) return
  throw new AppError('repo-exists', `cannot record ${name ?? path}`, {
    reason: `the repo ${there.name} at ${there.path} is recorded already`,
    hint:
      there.name === name
        ? 'take another name, or back it up with: borgboi backup daily'
        : `use that one: --name ${there.name}`,
  })
}

/** For a new repository. @throws AppError `repository-exists` */
export async function requireFreePath(deps: Pick<Deps, 'files'>, path: string): Promise<void> {
  if (isRemote(path)) return
  const kind = await deps.files.kind(path)
  if (kind === undefined || (kind === 'directory' && (await deps.files.isEmptyDirectory(path)))) return
  throw new AppError('repository-exists', `cannot create a repository at ${path}`, {
    reason: kind === 'directory' ? 'there are files in that directory already' : 'it is not a directory',
    hint: 'take another path; if it is a Borg repository, record it with: borgboi repo import',
  })
}
