// What borgboi asks of Borg: the interface that the real client and the fake both keep (test/contract/borg-client).

import type { Archive, ArchiveChange, ArchiveDetails, ArchiveEntry, ArchiveStats } from '../model/archive.ts'
import type { Compression } from '../model/compression.ts'
import type { StepHandlers } from '../model/events.ts'
import type { ExclusionPattern } from '../model/exclusions.ts'
import type { RepoName } from '../model/names.ts'
import type { RetentionPolicy } from '../model/retention.ts'
import type { Secret } from '../model/secret.ts'

export interface BorgVersion {
  readonly text: string
  readonly major: number
  readonly minor: number
  readonly patch: number
}

/** How to open one repository. */
export interface RepositoryAccess {
  readonly path: string
  /** Absent for repositories without encryption. */
  readonly passphrase?: Secret | undefined
  /** Where the passphrase came from, in words for people: `the one in ~/.borgboi/passphrases/docs.key`. */
  readonly passphraseSource?: string
  /** A change of it was cut off, or is under way. */
  readonly isPassphraseBeingChanged?: boolean
  /** How long Borg waits for another process's lock. */
  readonly lockWaitSeconds: number
  /** Answer yes when Borg knows the repository at another place, or not at all: the caller has made sure of it. */
  readonly trustLocation?: boolean
  /** Where Borg keeps its cache and what it knows of repositories; absent: where this user's Borg does. Keys stay there. */
  readonly baseDirectory?: string
  /** Where Borg looks for keys instead of there, and puts them. */
  readonly keysDirectory?: string
}

export interface InitOptions {
  readonly encryption: string
  /** 0 or absent: no quota. */
  readonly quotaBytes?: number | undefined
  /** Absent: Borg's own 500 MiB. */
  readonly maxSegmentBytes?: number | undefined
  readonly additionalFreeBytes?: number | undefined
}

/** What the repository on this machine keeps to; 0: none. */
export interface RepositoryLimits {
  readonly quotaBytes: number
  /** Left free on its disk, whatever happens. */
  readonly additionalFreeBytes: number
}

export interface RepositoryInfo {
  readonly id: string
  readonly encryption: string
  readonly lastModified: Date
  /** Of all archives together. */
  readonly originalBytes: number
  readonly compressedBytes: number
  /** What the archives take in the repository. */
  readonly deduplicatedBytes: number
}

export interface CreateOptions {
  readonly archive: string
  /** Absolute directories or files. */
  readonly sources: readonly string[]
  readonly exclusions: readonly ExclusionPattern[]
  readonly compression: Compression
  readonly checkpointSeconds: number
  readonly oneFileSystem?: boolean | undefined
  readonly excludeCaches?: boolean | undefined
}

export interface CreateResult extends ArchiveStats {
  readonly archive: string
  /** 64 hex digits. */
  readonly archiveId: string
  readonly repositoryId: string
}

export interface ListOptions {
  /** A Borg `--glob-archives` pattern. */
  readonly glob?: string
  /** Only the newest that many. */
  readonly last?: number
  /** Also the comments, for each of which Borg has to open the archive. */
  readonly comments?: boolean
}

export interface DiffOptions {
  readonly before: string
  readonly after: string
  /** As in the archives, without a leading slash; empty: everything. */
  readonly paths: readonly string[]
  /** Leave out what differs in nothing but mode, owner or times. */
  readonly contentOnly: boolean
}

export interface ExtractOptions {
  readonly archive: string
  /** As in the archive, without a leading slash; empty: everything. */
  readonly paths: readonly string[]
  /** An existing directory. */
  readonly destination: string
  readonly stripComponents: number
  readonly dryRun: boolean
}

export interface ExtractResult {
  /** Entries other than directories cannot be told apart here: all entries. */
  readonly entries: number
  readonly bytes: number
  /** The asked-for paths that nothing in the archive matched. */
  readonly unmatched: readonly string[]
}

export interface ExportTarOptions {
  readonly archive: string
  /** As in the archive, without a leading slash; empty: everything. */
  readonly paths: readonly string[]
  /** A new file, compressed as its name says (`.tar.gz`, `.tar.zst`); absent: where this process prints. */
  readonly file?: string | undefined
}

export interface MountOptions {
  /** Absent: all of them. */
  readonly archive?: string | undefined
  /** An existing, empty directory. */
  readonly directory: string
  readonly foreground: boolean
}

export interface RecreateOptions {
  readonly archive: string
  readonly exclusions: readonly ExclusionPattern[]
  /** Absent: data stays as it is compressed. */
  readonly compression?: Compression | undefined
  readonly dryRun: boolean
}

export interface RecreateResult {
  /** Entries that were, or would be, left out. */
  readonly excluded: number
  /** Paths of the first few. */
  readonly examples: readonly string[]
}

export interface PruneOptions {
  readonly policy: RetentionPolicy
  /** Which archives it may look at: a Borg `--glob-archives` pattern. */
  readonly glob: string
  readonly dryRun: boolean
}

export interface PruneResult {
  readonly kept: readonly string[]
  readonly removed: readonly string[]
  /** Bytes the removed archives alone used; freed by the next compact. 0 in a dry run. */
  readonly reclaimableBytes: number
}

export interface CheckOptions {
  readonly verifyData: boolean
  readonly scope: 'all' | 'repository' | 'archives'
  /** Put right what can be, and remove what cannot. */
  readonly repair?: boolean
  /** Stop after so long; the next such check goes on from there. Only with the scope `repository`. */
  readonly maxSeconds?: number | undefined
}

/** Damage is a result, not an error: the caller decides what stops. */
export interface CheckResult {
  /** What was found and repaired is none any more. */
  readonly damaged: boolean
  /** What Borg said about it, in its words; with `repair` also where it is mended. */
  readonly problems: readonly string[]
}

export interface OpenedWithKey {
  /** What the repository is. */
  readonly id: string
  /** Oldest first; checkpoints left out. */
  readonly archives: readonly Archive[]
  /** False where the repository's own key was used: it is on another machine and keeps the key itself, or has none. */
  readonly usedKey: boolean
}

/** Who holds Borg's lock on a repository. */
export interface LockedBy {
  /** `borg create (pid 4121 on this machine, since 02:30:05)` */
  readonly description: string
  /** Running on this machine; of this machine and no longer there; or nothing that can be told from here. */
  readonly state: 'alive' | 'gone' | 'elsewhere'
}

export interface RepositoryHold {
  /** Safe to repeat. `path`: where the repository is by now, if it was renamed. */
  release(path?: string): Promise<void>
}

/** For `borg key import`, for typing in from paper, or a page to print with a QR code. */
export type KeyForm = 'file' | 'paper' | 'qr-html'

/**
 * Every method throws AppError with the code that Borg's exit code and message id stand for (src/borg/exit-code.ts);
 * `interrupted` when the client's stop signal fired. Warnings go to `handlers.onWarning` and never throw.
 */
export interface BorgClient {
  /** Cached by the binary's path and modification time. @throws AppError `borg-missing`, `borg-unresponsive` */
  version(): Promise<BorgVersion>
  /** What the repository says its id is, without a Borg process; undefined where that cannot be told. */
  repositoryId(access: RepositoryAccess): Promise<string | undefined>
  /** Without a Borg process; undefined where that cannot be told. */
  limits(access: RepositoryAccess): Promise<RepositoryLimits | undefined>
  /**
   * For `RepositoryAccess.baseDirectory`: one of this home for a repo that is only read, so that what Borg learns of a
   * copy never stands beside what it knows of the original. Borg makes it, for this user alone; it may be removed.
   */
  baseDirectory(repo: RepoName): Promise<string>
  /** Where this user's Borg has its caches: no archive ever has what is in it. It need not exist. */
  cacheDirectory(): Promise<string>
  /**
   * What Borg knows of a newer state of the repository, of its place, and its cache are gone: it takes the repository as
   * it is. The counter Borg keeps here stays, so that no number is used twice. Starts no Borg, reads no repository; safe
   * to repeat. The caller has made sure that it is the right one. @throws AppError `file-denied`, `file-unusable`
   */
  forgetNewerState(access: Pick<RepositoryAccess, 'baseDirectory'>, repositoryId: string): Promise<void>
  init(access: RepositoryAccess, options: InitOptions): Promise<void>
  info(access: RepositoryAccess): Promise<RepositoryInfo>
  create(access: RepositoryAccess, options: CreateOptions, handlers: StepHandlers): Promise<CreateResult>
  /** @throws AppError `archive-unknown` */
  archiveDetails(access: RepositoryAccess, archive: string): Promise<ArchiveDetails>
  /** Oldest first; checkpoints left out. */
  list(access: RepositoryAccess, options?: ListOptions): Promise<readonly Archive[]>
  /** Streams in constant memory however large the archive; stopping early ends Borg. */
  contents(access: RepositoryAccess, archive: string, paths: readonly string[]): AsyncIterable<ArchiveEntry>
  /** Streams as `contents` does, in Borg's order. A path that is in neither archive is a warning. */
  diff(access: RepositoryAccess, options: DiffOptions, handlers: StepHandlers): AsyncIterable<ArchiveChange>
  extract(access: RepositoryAccess, options: ExtractOptions, handlers: StepHandlers): Promise<ExtractResult>
  /** A path that is not in the archive is a warning. */
  exportTar(access: RepositoryAccess, options: ExportTarOptions, handlers: StepHandlers): Promise<void>
  /**
   * Shows archives below a directory until `umount`, and resolves when they are there; in the foreground when it is
   * over. Borg goes on with the repository's lock. @throws AppError `fuse-missing`
   */
  mount(access: RepositoryAccess, options: MountOptions): Promise<void>
  /** @throws AppError `file-unusable` where nothing is mounted, or it is in use */
  umount(directory: string): Promise<void>
  /** Never removes an archive that is held, whatever the glob matches. */
  prune(access: RepositoryAccess, options: PruneOptions, handlers: StepHandlers): Promise<PruneResult>
  /** `freedBytes` as Borg reports it, 0 when it freed nothing worth a message. */
  compact(access: RepositoryAccess, handlers: StepHandlers): Promise<{ readonly freedBytes: number }>
  check(access: RepositoryAccess, options: CheckOptions, handlers: StepHandlers): Promise<CheckResult>
  deleteArchives(
    access: RepositoryAccess,
    options: { readonly archives: readonly string[]; readonly dryRun: boolean },
  ): Promise<{ readonly reclaimableBytes: number }>
  /** The archive gets a new id with its new name. @throws AppError `archive-unknown`, `archive-exists` */
  rename(access: RepositoryAccess, archive: string, name: string): Promise<void>
  /**
   * Writes an archive anew, which gets a new id. @throws AppError `archive-unknown`; unless dry, `borg-unsupported` as
   * `comment`
   */
  recreate(access: RepositoryAccess, options: RecreateOptions): Promise<RecreateResult>
  /**
   * Replaces the comment of an archive, which gets a new id. @throws AppError `archive-unknown`; `borg-unsupported`
   * where this Borg would leave an archive that newer ones refuse
   */
  comment(access: RepositoryAccess, archive: string, comment: string): Promise<void>
  /**
   * Runs Borg with these arguments on the streams of this process, the repository in `BORG_REPO` and its passphrase at
   * hand. Resolves to Borg's exit code, whatever it is.
   */
  passThrough(access: RepositoryAccess, args: readonly string[]): Promise<number>
  deleteRepository(access: RepositoryAccess): Promise<void>
  /** Starts no Borg. Undefined where nobody holds it. */
  lockedBy(access: RepositoryAccess): Promise<LockedBy | undefined>
  /**
   * Keeps every Borg off a repository of this machine as one that writes would do it. Starts none, waits for nobody; what
   * a process of this machine that is gone left does not count. @throws AppError `locked`, `file-denied`
   */
  hold(access: RepositoryAccess): Promise<RepositoryHold>
  /** Breaks the lock whoever holds it. Needs no passphrase. */
  breakLock(access: RepositoryAccess): Promise<void>
  /** Of a repository on this machine; 0: none. */
  setQuota(access: RepositoryAccess, bytes: number): Promise<void>
  /** The key stays as it is; `next` unlocks it from now on. */
  changePassphrase(access: RepositoryAccess, next: Secret): Promise<void>
  /** The repository's key, still locked by its passphrase, as text. Needs no passphrase. @throws AppError `key-missing` */
  exportKey(access: RepositoryAccess, form: KeyForm): Promise<string>
  /**
   * Opens a repository with a key that `exportKey` gave as `file`, in place of its own, and with nothing that this user's
   * Borg knows or keeps; nothing in the repository changes. Starts without looking at locks where it is on this machine:
   * nobody may be writing. @throws AppError `passphrase-wrong`, `file-unusable` for the key of another repository
   */
  openWithKey(access: RepositoryAccess, encryption: string, key: string | undefined): Promise<OpenedWithKey>
  /** Replaces the key by one that `exportKey` gave as `file`. @throws AppError `file-unusable` where it is of another */
  importKey(access: RepositoryAccess, file: string): Promise<void>
}
