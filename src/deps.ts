// The outside world on one page: one interface per capability, with the contract its implementations are tested for.
// Workflows see these and nothing else; app.ts alone knows who implements them.

import type { BorgClient } from './borg/client.ts'
import type { Config, VaultConfig } from './config/schema.ts'
import type { HookRunner } from './hooks/hook-runner.ts'
import type { BorgmaticFiles } from './model/borgmatic.ts'
import type { ConfigEntry } from './model/config-entry.ts'
import type { EarlierHome } from './model/earlier-repo.ts'
import type { EventSink, Outlet } from './model/events.ts'
import type { Files } from './model/file-system.ts'
import type { Finding } from './model/finding.ts'
import type { Kit } from './model/kit.ts'
import type { NamedFiles } from './model/named-files.ts'
import type { RepoName, VaultName } from './model/names.ts'
import type { RepoRecord } from './model/repo.ts'
import type { Secret } from './model/secret.ts'
import type { SourceTrees } from './model/source-tree.ts'
import type { Notifiers } from './notify/notifiers.ts'
import type { Relocation } from './relocation/relocation.ts'
import type { Replication } from './replication/replication.ts'
import type { Rollback } from './rollback/rollback.ts'
import type { Circumstances, Scheduler } from './schedule/scheduler.ts'
import type { EvidenceStore, ExclusionStore, RepoStore, RunHistory, SharedRepos } from './store/records.ts'
import type { Vault } from './vault/vault.ts'

export type { Hook, HookEnd, HookRunner } from './hooks/hook-runner.ts'
export type { DiskSpace, Files } from './model/file-system.ts'
export type { NotifierFacts, Notifiers } from './notify/notifiers.ts'
export type {
  Circumstances,
  InstalledSchedule,
  InstallOptions,
  ScheduleInstallation,
  Scheduler,
} from './schedule/scheduler.ts'
export type {
  EvidenceStore,
  ExclusionStore,
  RepoStore,
  RepoTarget,
  RunHistory,
  SharedRepos,
  StoreHealth,
  StoreRebuild,
} from './store/records.ts'

export interface Deps {
  readonly config: ConfigSource
  readonly repos: RepoStore
  readonly sharedRepos: SharedRepos
  readonly exclusions: ExclusionStore
  readonly earlierHome: EarlierHome
  readonly borgmatic: BorgmaticFiles
  readonly runs: RunHistory
  readonly evidence: EvidenceStore
  readonly passphrases: PassphraseKeeper
  readonly kits: Kits
  readonly borg: BorgClient
  readonly vaults: Vaults
  readonly replication: Replication
  readonly relocation: Relocation
  readonly rollback: Rollback
  readonly jobs: JobLocks
  readonly hooks: HookRunner
  readonly notifiers: Notifiers
  readonly metrics: Metrics
  readonly scheduler: Scheduler
  readonly circumstances: Circumstances
  readonly files: Files
  readonly sourceTrees: SourceTrees
  readonly clock: Clock
  readonly host: Host
  readonly events: EventSink
  /** What tells of runs outside, in this order; `events` gives them every event. */
  readonly outlets: readonly Outlet[]
  /** Aborted when the person or the system asks borgboi to stop; the reason is the signal's name. */
  readonly stop: AbortSignal
}

/** Time, so that tests can hold it. */
export interface Clock {
  now(): Date
  /** Milliseconds that never jump, for durations. */
  monotonicMs(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** What `act` resolves to, or undefined where that takes longer; nothing is waited for then. */
  within<T>(ms: number, act: Promise<T>): Promise<T | undefined>
}

/** Facts of this machine and new random ids. */
export interface Host {
  readonly hostname: string
  /** A new sortable id, 26 characters (ULID). */
  newId(): string
}

// --- configuration -------------------------------------------------------------------------------------------------

/** What its file says of a repo by its name is shared and unshared as files of the home are. */
export interface ConfigSource extends NamedFiles {
  /** The file that is read, whether or not it exists. */
  readonly path: string
  /** Default < file < environment < flag. Read once. @throws AppError `config-invalid` */
  load(): Promise<Config>
  /** Every key with its value and origin, in the schema's order. @throws AppError `config-invalid` */
  entries(): Promise<readonly ConfigEntry[]>
  /** A commented file with every key at its default. */
  template(): Promise<string>
  /** Writes the template to `path`. @throws AppError `config-exists` where there is a file and `overwrite` is not set */
  writeTemplate(options: { readonly overwrite: boolean }): Promise<void>
  /**
   * Writes a vault into the file, which is made when it is missing; everything else in it stays, comments too.
   * @throws AppError `config-invalid`, `disk-full`, `file-denied`
   */
  setVault(name: VaultName, vault: NewVault): Promise<void>
  /** Takes a vault out of the file. @throws AppError `vault-unknown` where the file does not have it */
  removeVault(name: VaultName): Promise<void>
  /** What holds for a vault that is not in the configuration: everything but its address as by default. */
  vaultAt(url: string): Promise<VaultConfig>
  /**
   * Everything the sources themselves tell, changing nothing: bad keys and values, keys that have no effect, who may
   * read the home and the file. Never throws for what it finds; no error in it means that `load` works.
   */
  audit(): Promise<readonly Finding[]>
}

// --- secrets -------------------------------------------------------------------------------------------------------

/** Ways a person can hand in a passphrase with one command. */
export interface PassphraseInput {
  /** The value of `--passphrase`: visible to others on the machine, so it is warned about. */
  readonly value?: string | undefined
  readonly file?: string | undefined
  readonly fd?: number | undefined
  /** Typed by a person who was asked. */
  readonly typed?: Secret | undefined
  /** `--allow-env-passphrase`: existing repositories look at the environment only then. */
  readonly allowEnv?: boolean | undefined
}

export type PassphraseOrigin = 'terminal' | 'flag' | 'file' | 'environment' | 'config' | 'generated' | 'kit'

export interface ResolvedPassphrase {
  readonly secret: Secret
  readonly origin: PassphraseOrigin
  /** The file it was read from. */
  readonly file?: string
  /** A change of the repo's passphrase was begun and not finished: another one may be right by now. */
  readonly isBeingChanged?: true
}

export interface PassphraseKeeper extends NamedFiles {
  /** The usual file of a repo: `passphrases/<repo>.key`. */
  path(repo: RepoName): string
  /**
   * Flag > file > `BORG_NEW_PASSPHRASE` > config > generated.
   * @throws AppError `passphrase-missing`, `passphrase-file-unusable`
   */
  resolveNew(repo: RepoName, input: PassphraseInput): Promise<ResolvedPassphrase>
  /**
   * Flag > the record's own file, or the usual one > a credential of systemd > config; the environment only with
   * `allowEnv`.
   * @throws AppError `passphrase-missing`, `passphrase-file-unusable`
   */
  resolveExisting(
    record: Pick<RepoRecord, 'name' | 'passphraseFile'>,
    input: PassphraseInput,
  ): Promise<ResolvedPassphrase>
  /** Writes the usual file: 0600, in a 0700 directory, never over another passphrase. @throws AppError `file-unusable` */
  store(repo: RepoName, secret: Secret): Promise<string>
  /** The next passphrase that an interrupted change left. @throws AppError `passphrase-file-unusable` */
  prepared(repo: RepoName): Promise<ResolvedPassphrase | undefined>
  /** Flag > file > prepared before > `BORG_NEW_PASSPHRASE` > config > generated; on disk beside the usual file. */
  prepareNext(repo: RepoName, input: PassphraseInput): Promise<ResolvedPassphrase>
  /** The prepared one takes the usual file's place; what was there stays as `former`. */
  adoptNext(repo: RepoName, at: Date): Promise<{ readonly file: string; readonly former?: string }>
  /** Removes the usual file; not there is fine. */
  forget(repo: RepoName): Promise<void>
  /** Looks at the owner and permissions of every usual file and their directory; changes nothing. */
  audit(): Promise<readonly Finding[]>
}

/** Recovery kits as files. */
export interface Kits {
  /** 64 hex digits that are others when the key or its passphrase has changed. Of a key as Borg exports it to a file. */
  fingerprint(key: string): Promise<string>
  /** The text that `read` takes, and a page to print. */
  render(kit: Kit): Promise<{ readonly text: string; readonly page: string }>
  /** @throws AppError `file-unusable`: it is no kit, of a newer format, or damaged; `file-denied` */
  read(path: string): Promise<Kit>
}

// --- off-site ------------------------------------------------------------------------------------------------------

/** How to reach a vault: its address, and what S3 needs besides. */
export interface VaultSettings {
  /** `s3://bucket/prefix` or `file:///directory` */
  readonly url: string
  readonly endpoint?: string | undefined
  readonly region?: string | undefined
  readonly profile?: string | undefined
  /** `bucket.host` instead of `host/bucket`; absent: as the endpoint usually wants it. */
  readonly virtualStyle?: boolean | undefined
}

/** A vault as it is added to the configuration. */
export interface NewVault extends VaultSettings {
  /** A person has said that nobody else writes. */
  readonly singleWriter?: boolean | undefined
}

/** What an endpoint was seen to do when it was tried. */
export interface VaultProbe {
  readonly settings: VaultSettings
  readonly at: string
  /** Create-only and compare-and-swap are kept. Without it forks are only found afterwards. */
  readonly conditionalWrites: boolean
  readonly readAfterWrite: boolean
  /** Content that differs from its announced digest is refused. */
  readonly refusesWrongContent: boolean
  readonly ranges: boolean
  readonly deletes: boolean
  readonly versioning: boolean
  readonly objectLock?: { readonly mode: string; readonly days: number }
  /** What is weaker than it should be, in words; empty when all is well. */
  readonly weaknesses: readonly string[]
}

export interface Vaults {
  /** Errors come from the first request. `asOf`: to read it as it was then. @throws AppError `value-invalid` if it cannot be */
  open(settings: VaultSettings, asOf?: Date): Promise<Vault>
  /** Tries what borgboi relies on, with objects it removes again; keeps the result. `mayMark`: a directory may become a vault. */
  probe(settings: VaultSettings, options: { readonly mayMark: boolean }): Promise<VaultProbe>
  /** The kept result for exactly these settings; undefined where they were never tried. */
  lastProbe(settings: VaultSettings): Promise<VaultProbe | undefined>
}

// --- the machine ---------------------------------------------------------------------------------------------------

/** What only one borgboi at a time may do: work on a repo, or what no repo can be called. */
export type JobName = RepoName | `@${string}`

/** One borgboi at a time on one repo of this home. Locks of processes that are gone are taken over. */
export interface JobLocks {
  /** @throws AppError `locked`, naming the holder, when it is still held after `waitMs`. */
  acquire(job: JobName, purpose: string, waitMs: number): Promise<AsyncDisposable>
  /** Whether a process holds it that may be running. */
  isHeld(repo: string): Promise<boolean>
}

/** Figures of all repos and their runs, for Prometheus. */
export interface Metrics {
  text(): Promise<string>
  /** Whole or not at all, for everybody to read. @throws AppError `file-unusable`, `file-denied`, `disk-full` */
  write(path: string): Promise<void>
}
