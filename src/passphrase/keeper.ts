// The keeper of passphrases: one 0600 file per repo in a 0700 directory, and the other places they may come from.

import { join } from 'node:path'
import type { PassphraseInput, PassphraseKeeper, ResolvedPassphrase } from '../deps.ts'
import { AppError } from '../errors.ts'
import type { EventSink } from '../model/events.ts'
import type { Finding } from '../model/finding.ts'
import type { RepoName } from '../model/names.ts'
import type { RepoRecord } from '../model/repo.ts'
import type { Secret } from '../model/secret.ts'
import { listIfAny, lstatIfAny, syncDirectory } from '../platform/files.ts'
import { shareFiles, unshareFiles } from '../platform/second-names.ts'
import { closeDirectory, createSecretFile, removeFile } from '../platform/secret-file.ts'
import { renameEntry } from '../platform/trees.ts'
import { auditPassphrases } from './audit.ts'
import { readPassphraseDescriptor, readPassphraseFile } from './file.ts'
import { type PassphraseSources, resolveExisting, resolveNew } from './resolve.ts'

/** Of a repo's files, behind `.key`: in use, prepared, former. */
const ENDINGS = /^(|\.new|\.old-\d{4}-\d\d-\d\dT\d{6})$/

export interface KeeperOptions extends Pick<PassphraseSources, 'env' | 'configured'> {
  /** `passphrases` in the home. */
  readonly directory: string
  /** Users whose files are believed. */
  readonly trustedUids: readonly number[]
  readonly events: EventSink
}

export class FilePassphraseKeeper implements PassphraseKeeper {
  readonly #options: KeeperOptions
  readonly #sources: PassphraseSources
  /** A descriptor gives its text once; several repos of one command may ask for it. */
  readonly #descriptors = new Map<number, Promise<Secret>>()
  #warnedOfArgument = false

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#sources = {
      env: options.env,
      configured: options.configured,
      readFile: (path) => this.#readFile(path),
      readDescriptor: (fd) => this.#readDescriptor(fd),
      warnOfArgument: () => this.#warnOfArgument(),
    }
  }

  path(repo: RepoName): string {
    return join(this.#options.directory, `${repo}.key`)
  }

  async resolveNew(repo: RepoName, input: PassphraseInput): Promise<ResolvedPassphrase> {
    return await resolveNew(this.#sources, this.path(repo), input)
  }

  async resolveExisting(
    record: Pick<RepoRecord, 'name' | 'passphraseFile'>,
    input: PassphraseInput,
  ): Promise<ResolvedPassphrase> {
    const repo = { name: record.name, file: record.passphraseFile ?? this.path(record.name) }
    const resolved = await resolveExisting(this.#sources, repo, input)
    const isBeingChanged = (await lstatIfAny(this.#nextPath(record.name))) !== undefined
    return isBeingChanged ? { ...resolved, isBeingChanged } : resolved
  }

  async store(repo: RepoName, secret: Secret): Promise<string> {
    return await this.#keep(repo, this.path(repo), secret)
  }

  async prepared(repo: RepoName): Promise<ResolvedPassphrase | undefined> {
    const file = this.#nextPath(repo)
    const secret = await this.#readFile(file)
    return secret && { secret, origin: 'file', file }
  }

  async prepareNext(repo: RepoName, input: PassphraseInput): Promise<ResolvedPassphrase> {
    const next = await resolveNew(this.#sources, this.#nextPath(repo), input)
    await this.#keep(repo, this.#nextPath(repo), next.secret)
    return next
  }

  async adoptNext(repo: RepoName, at: Date): Promise<{ readonly file: string; readonly former?: string }> {
    const file = this.path(repo)
    const [before, next] = [await this.#readFile(file), await this.#readFile(this.#nextPath(repo))]
    const isOther = before !== undefined && before.reveal() !== next?.reveal()
    const former = `${file}.old-${at.toISOString().slice(0, 19).replaceAll(':', '')}`
    if (isOther) await this.#keep(repo, former, before)
    await renameEntry(this.#nextPath(repo), file)
    await syncDirectory(this.#options.directory)
    return isOther ? { file, former } : { file }
  }

  async share(from: RepoName, to: RepoName): Promise<void> {
    await shareFiles(await this.#filesOf(from, to))
  }

  async unshare(from: RepoName, to: RepoName): Promise<number> {
    return await unshareFiles(await this.#filesOf(from, to))
  }

  /** The usual file, a prepared one and former ones, each with the place it has under another name. */
  async #filesOf(repo: RepoName, other: RepoName): Promise<(readonly [string, string])[]> {
    const { directory } = this.#options
    const usual = `${repo}.key`
    const endings = ((await listIfAny(directory)) ?? [])
      .filter((name) => name.startsWith(usual))
      .map((name) => name.slice(usual.length))
      .filter((ending) => ENDINGS.test(ending))
    return endings.map((ending) => [join(directory, `${usual}${ending}`), `${this.path(other)}${ending}`])
  }

  #nextPath(repo: RepoName): string {
    return `${this.path(repo)}.new`
  }

  async #keep(repo: RepoName, path: string, secret: Secret): Promise<string> {
    const created = await createSecretFile(path, `${secret.reveal()}\n`)
    // Read back also when it was just written: only what can be read again is kept.
    const kept = await this.#readFile(path)
    if (kept?.reveal() === secret.reveal()) return path
    throw new AppError('file-unusable', `cannot keep the passphrase of ${repo} in ${path}`, {
      reason: created ? 'what was read back is not what was written' : 'it holds another passphrase',
      hint: created ? 'check the disk it is on' : `if that one is needed no more: mv ${path} ${path}.old`,
    })
  }

  async forget(repo: RepoName): Promise<void> {
    await removeFile(this.path(repo))
  }

  async audit(): Promise<readonly Finding[]> {
    return await auditPassphrases(this.#options.directory, this.#options.trustedUids)
  }

  async #readFile(path: string): Promise<Secret | undefined> {
    const { directory, events } = this.#options
    if (path.startsWith(`${directory}/`)) {
      const mode = await closeDirectory(directory)
      if (mode !== undefined) {
        events({
          type: 'notice',
          level: 'warning',
          message: `${directory} was open to other users (0${mode.toString(8)}); it is now 0700`,
        })
      }
    }
    return await readPassphraseFile(path, this.#options)
  }

  #readDescriptor(fd: number): Promise<Secret> {
    const reading = this.#descriptors.get(fd) ?? readPassphraseDescriptor(fd)
    this.#descriptors.set(fd, reading)
    return reading
  }

  #warnOfArgument(): void {
    if (this.#warnedOfArgument) return
    this.#warnedOfArgument = true
    this.#options.events({
      type: 'notice',
      level: 'warning',
      message: 'a passphrase on the command line can be seen by other users of this machine',
      hint: 'use --passphrase-file FILE or --passphrase-fd N',
    })
  }
}
