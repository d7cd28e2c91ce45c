// A Borg in memory: it reads real source directories, keeps archives as maps from path to content, and fails as the real
// one does. It passes the same contract suite.

import { createHash } from 'node:crypto'
import { type Dirent, existsSync, mkdirSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type {
  BorgClient,
  CheckOptions,
  CreateOptions,
  DiffOptions,
  ExportTarOptions,
  ExtractOptions,
  InitOptions,
  KeyForm,
  ListOptions,
  MountOptions,
  PruneOptions,
  RecreateOptions,
  RepositoryAccess,
} from '../../src/borg/client.ts'
import { holdRepository } from '../../src/borg/hold-repository.ts'
import { findLockHolder, lockedBy } from '../../src/borg/lock-holder.ts'
import { AppError, type ErrorCode } from '../../src/errors.ts'
import type { Archive, ArchiveChange, ArchiveEntry } from '../../src/model/archive.ts'
import type { StepHandlers } from '../../src/model/events.ts'
import { isHeld } from '../../src/model/held.ts'
import type { RepoName } from '../../src/model/names.ts'
import type { Secret } from '../../src/model/secret.ts'
import { paperKey } from '../support/paper-key.ts'

interface FakeArchive extends Archive {
  readonly files: ReadonlyMap<string, Buffer>
  readonly directories: readonly string[]
  /** When each file was modified. */
  readonly modified: ReadonlyMap<string, Date>
}

interface FakeRepository {
  readonly id: string
  readonly encryption: string
  passphrase: string | undefined
  /** Absent where a test said that it is there, without any files. */
  readonly hasFiles?: true
  archives: FakeArchive[]
  /** Absent or 0: none. */
  quotaBytes?: number
  /** Rises with every change, and falls when somebody goes back. */
  state: number
  /** Rises with every change. */
  transaction: number
  /** What every transaction since the last compact was. */
  history: Map<number, { readonly archives: readonly FakeArchive[]; readonly state: number }>
}

/** What Borg knows of a repository it met before. */
interface Known {
  readonly path: string
  readonly state: number
}

/** What this Borg would write into its locks. */
export const FAKE_HOST_ID = 'anna@fake'

export class FakeBorg implements BorgClient {
  readonly repositories = new Map<string, FakeRepository>()
  /** Every call, in order: `create`, `prune`, … */
  readonly calls: string[] = []
  /** Thrown by the next call of that name, once. */
  readonly failures = new Map<string, AppError>()
  /** Given to the handlers of the next create. */
  readonly warnings: Parameters<NonNullable<StepHandlers['onWarning']>>[0][] = []
  /** Paths of repositories that check finds damaged. */
  readonly damaged = new Set<string>()
  /** Where archives are mounted. */
  readonly mounted = new Set<string>()
  /** What prunes say they gave up. */
  reclaimableBytes = 1000
  /** By base directory (empty: the user's own), then by Borg's id. */
  readonly #known = new Map<string, Map<string, Known>>()
  /** By id. */
  readonly #made = new Map<string, FakeRepository>()
  readonly #home: string
  #archivesMade = 0

  constructor(home = '/dev/null') {
    this.#home = home
  }

  /** What a person does with `cp -a`. */
  async copyRepository(from: string, to: string) {
    const repository = this.repositories.get(from)
    if (repository) this.repositories.set(to, { ...repository, archives: [...repository.archives] })
    await cp(from, to, { recursive: true })
  }

  async version() {
    return { text: '1.4.0', major: 1, minor: 4, patch: 0 }
  }

  async repositoryId(access: RepositoryAccess) {
    await this.#followMove(access.path)
    return this.repositories.get(access.path)?.id
  }

  async limits(access: RepositoryAccess) {
    const repository = this.repositories.get(access.path)
    return repository && { quotaBytes: repository.quotaBytes ?? 0, additionalFreeBytes: 0 }
  }

  async baseDirectory(repo: RepoName) {
    return join(this.#home, 'borg', repo)
  }

  async cacheDirectory() {
    return join(this.#home, 'cache')
  }

  async forgetNewerState({ baseDirectory }: Pick<RepositoryAccess, 'baseDirectory'>, repositoryId: string) {
    this.#called('forget')
    this.#knownIn(baseDirectory).delete(repositoryId)
  }

  async init(access: RepositoryAccess, options: InitOptions) {
    this.#called('init')
    if (this.repositories.has(access.path)) throw failure('repository-exists')
    const id = digest(access.path + this.repositories.size)
    const passphrase = access.passphrase?.reveal()
    const { encryption } = options
    const made: FakeRepository = {
      id,
      encryption,
      passphrase,
      hasFiles: true,
      archives: [],
      state: 0,
      transaction: 0,
      history: new Map(),
    }
    this.repositories.set(access.path, made)
    this.#made.set(id, made)
    await mkdir(access.path, { recursive: true })
    await writeFile(join(access.path, 'README'), 'a repository')
    await writeFile(join(access.path, 'config'), `[repository]\nid = ${id}\n`)
  }

  async info(access: RepositoryAccess) {
    this.#called('info')
    const { id, encryption, archives } = await this.#open(access)
    const bytes = archives.flatMap((archive) => [...archive.files.values()]).reduce((sum, file) => sum + file.length, 0)
    const sizes = { originalBytes: bytes, compressedBytes: bytes, deduplicatedBytes: bytes }
    return { id, encryption, lastModified: new Date(), ...sizes }
  }

  async create(access: RepositoryAccess, options: CreateOptions, handlers: StepHandlers) {
    this.#called('create')
    const repository = await this.#open(access)
    if (repository.archives.some(({ name }) => name === options.archive)) throw failure('archive-exists')
    const files = new Map<string, Buffer>()
    const directories: string[] = []
    const excluded = options.exclusions.map((pattern) => pattern.replace(/^(sh|pp):/, ''))
    for (const source of options.sources) await this.#read(source, excluded, files, directories, handlers)
    for (const warning of this.warnings.splice(0)) handlers.onWarning?.(warning)
    const originalBytes = bytesIn(files.values())
    const stored = new Set(repository.archives.flatMap((archive) => [...archive.files.values()].map(contentOf)))
    const deduplicatedBytes = bytesIn([...files.values()].filter((file) => !stored.has(contentOf(file))))
    if (repository.quotaBytes && originalBytes > repository.quotaBytes) throw failure('repository-full')
    handlers.onProgress?.({ files: files.size, bytes: originalBytes, path: '' })
    const made = {
      name: options.archive,
      id: digest(`${options.archive}${this.#archivesMade++}`),
      startedAt: new Date(),
    }
    const times = [...files.keys()].map(
      async (path) => [path, new Date(Math.floor((await stat(`/${path}`)).mtimeMs))] as const,
    )
    repository.archives.push({ ...made, files, directories, modified: new Map(await Promise.all(times)) })
    this.#changed(access, repository)
    const sizes = { originalBytes, compressedBytes: originalBytes, deduplicatedBytes }
    return {
      archive: options.archive,
      archiveId: made.id,
      repositoryId: repository.id,
      files: files.size,
      ...sizes,
    }
  }

  async archiveDetails(access: RepositoryAccess, name: string) {
    this.#called('archive details')
    const { id, startedAt, files } = archiveOf(await this.#open(access), name)
    const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0)
    const sizes = { originalBytes: bytes, compressedBytes: bytes, deduplicatedBytes: bytes }
    return { name, id, startedAt, files: files.size, ...sizes }
  }

  async list(access: RepositoryAccess, { glob, last, comments }: ListOptions = {}) {
    this.#called('list')
    const matching = (await this.#open(access)).archives.filter(({ name }) => glob === undefined || matches(glob, name))
    const shown = last === undefined ? matching : matching.slice(-last)
    return shown.map((archive) => ({ ...toArchive(archive), ...(comments && { comment: archive.comment ?? '' }) }))
  }

  async *contents(access: RepositoryAccess, archive: string, paths: readonly string[]): AsyncGenerator<ArchiveEntry> {
    this.#called('contents')
    const { files, directories, startedAt, modified } = archiveOf(await this.#open(access), archive)
    const wanted = (path: string) => paths.length === 0 || paths.some((prefix) => isBelow(path, prefix))
    for (const path of directories.filter(wanted)) {
      yield { path, type: 'directory', sizeBytes: 0, mode: 'drwxr-xr-x', modifiedAt: startedAt }
    }
    for (const [path, content] of files) {
      if (wanted(path))
        yield {
          ...{ path, type: 'file', sizeBytes: content.length, mode: '-rw-r--r--' },
          modifiedAt: modified.get(path) ?? startedAt,
        }
    }
  }

  async *diff(
    access: RepositoryAccess,
    { before, after, paths, contentOnly }: DiffOptions,
    handlers: StepHandlers,
  ): AsyncGenerator<ArchiveChange> {
    this.#called('diff')
    const repository = await this.#open(access)
    const [old, now] = [archiveOf(repository, before).files, archiveOf(repository, after).files]
    const all = [...new Set([...old.keys(), ...now.keys()])]
    for (const prefix of paths.filter((prefix) => !all.some((path) => isBelow(path, prefix)))) {
      handlers.onWarning?.({ kind: 'pattern-unmatched', message: `${prefix} never matched`, path: prefix })
    }
    for (const path of all.filter((path) => paths.length === 0 || paths.some((prefix) => isBelow(path, prefix)))) {
      const [removed, added] = [old.get(path), now.get(path)]
      if (removed && added?.equals(removed)) continue
      const times: ArchiveChange['attributes'] =
        contentOnly || !removed || !added ? [] : [{ name: 'mtime', before: '2026-01-01', after: '2026-01-02' }]
      yield {
        path,
        kind: removed === undefined ? 'added' : added === undefined ? 'removed' : 'modified',
        ...(added && { addedBytes: added.length }),
        ...(removed && { removedBytes: removed.length }),
        attributes: times,
      }
    }
  }

  async extract(access: RepositoryAccess, options: ExtractOptions, handlers: StepHandlers) {
    this.#called('extract')
    const { files } = archiveOf(await this.#open(access), options.archive)
    const { paths } = options
    const wanted = [...files].filter(([path]) => paths.length === 0 || paths.some((prefix) => isBelow(path, prefix)))
    for (const [path, content] of wanted) {
      const rest = path.split('/').slice(options.stripComponents)
      if (options.dryRun || rest.length === 0) continue
      const target = join(options.destination, ...rest)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, content)
    }
    const bytes = wanted.reduce((sum, [, content]) => sum + content.length, 0)
    handlers.onProgress?.({ files: wanted.length, bytes, totalBytes: bytes })
    const unmatched = paths.filter((prefix) => ![...files.keys()].some((path) => isBelow(path, prefix)))
    return { entries: wanted.length, bytes, unmatched }
  }

  async exportTar(access: RepositoryAccess, { archive, paths, file }: ExportTarOptions, handlers: StepHandlers) {
    this.#called('export tar')
    const { files } = archiveOf(await this.#open(access), archive)
    for (const prefix of paths.filter((prefix) => ![...files.keys()].some((path) => isBelow(path, prefix)))) {
      handlers.onWarning?.({ kind: 'pattern-unmatched', message: `${prefix} never matched`, path: prefix })
    }
    if (file !== undefined) await writeFile(file, [...files.keys()].join('\n'))
  }

  async passThrough(access: RepositoryAccess, args: readonly string[]) {
    this.#called(args.join(' '))
    const { archives } = await this.#open(access)
    return args[1] === undefined || archives.some(({ name }) => `::${name}` === args[1]) ? 0 : 2
  }

  async mount(access: RepositoryAccess, { archive, directory }: MountOptions) {
    this.#called('mount')
    const repository = await this.#open(access)
    if (archive !== undefined) archiveOf(repository, archive)
    this.mounted.add(directory)
  }

  async umount(directory: string) {
    this.#called('umount')
    if (!this.mounted.delete(directory)) throw failure('file-unusable')
  }

  async prune(access: RepositoryAccess, options: PruneOptions) {
    this.#called('prune')
    const repository = await this.#open(access)
    const newestFirst = repository.archives.filter(({ name }) => matches(options.glob, name)).reverse()
    // Only `last` and `daily` of one day matter to the tests that use this fake.
    const keep = Math.max(options.policy.last ?? 0, options.policy.daily ? 1 : 0)
    const isKept = ({ name }: Archive, index: number) => index < keep || isHeld(name)
    const kept = newestFirst.filter(isKept).map(({ name }) => name)
    const removed = newestFirst.map(({ name }) => name).filter((name) => !kept.includes(name))
    if (!options.dryRun) {
      repository.archives = repository.archives.filter(({ name }) => !removed.includes(name))
      this.#changed(access, repository)
    }
    return { kept, removed, reclaimableBytes: options.dryRun || removed.length === 0 ? 0 : this.reclaimableBytes }
  }

  async compact(access: RepositoryAccess) {
    this.#called('compact')
    const repository = await this.#open(access)
    repository.history.clear()
    return { freedBytes: this.reclaimableBytes }
  }

  async check(access: RepositoryAccess, { repair }: CheckOptions, _handlers: StepHandlers) {
    this.#called('check')
    await this.#open(access)
    const damaged = this.damaged.has(access.path)
    if (repair) this.damaged.delete(access.path)
    return { damaged: damaged && !repair, problems: damaged ? ['a segment is broken'] : [] }
  }

  async deleteArchives(
    access: RepositoryAccess,
    options: { readonly archives: readonly string[]; readonly dryRun: boolean },
  ) {
    this.#called('delete')
    const repository = await this.#open(access)
    if (options.dryRun) return { reclaimableBytes: 0 }
    repository.archives = repository.archives.filter(({ name }) => !options.archives.includes(name))
    this.#changed(access, repository)
    return { reclaimableBytes: this.reclaimableBytes }
  }

  async rename(access: RepositoryAccess, archive: string, name: string) {
    this.#called('rename')
    const repository = await this.#open(access)
    archiveOf(repository, archive)
    if (repository.archives.some((other) => other.name === name)) throw failure('archive-exists')
    this.#rewrite(access, repository, archive, { name })
  }

  async comment(access: RepositoryAccess, archive: string, comment: string) {
    this.#called('comment')
    const repository = await this.#open(access)
    archiveOf(repository, archive)
    this.#rewrite(access, repository, archive, { comment })
  }

  async recreate(access: RepositoryAccess, { archive, exclusions, dryRun }: RecreateOptions) {
    this.#called(dryRun ? 'recreate (dry)' : 'recreate')
    const repository = await this.#open(access)
    const { files } = archiveOf(repository, archive)
    const excluded = exclusions.map((pattern) => pattern.replace(/^(sh|pp):\/?/, ''))
    const gone = [...files.keys()].filter((path) => excluded.some((prefix) => isBelow(path, prefix)))
    const left = new Map([...files].filter(([path]) => !gone.includes(path)))
    if (!dryRun) this.#rewrite(access, repository, archive, { files: left })
    return { excluded: gone.length, examples: gone.slice(0, 3) }
  }

  #rewrite(access: RepositoryAccess, repository: FakeRepository, name: string, changes: Partial<FakeArchive>): void {
    repository.archives = repository.archives.map((archive) =>
      archive.name === name ? { ...archive, id: digest(`${name}${this.#archivesMade++}`), ...changes } : archive,
    )
    this.#changed(access, repository)
  }

  async deleteRepository(access: RepositoryAccess) {
    this.#called('delete repository')
    const { id } = await this.#open(access)
    this.#knownIn(access.baseDirectory).delete(id)
    this.repositories.delete(access.path)
    await rm(access.path, { recursive: true })
  }

  async lockedBy(access: RepositoryAccess) {
    return await lockedBy(access, async () => FAKE_HOST_ID)
  }

  async hold(access: RepositoryAccess) {
    this.#called('hold')
    return await holdRepository(access, FAKE_HOST_ID)
  }

  async breakLock(access: RepositoryAccess) {
    this.#called('break lock')
    await this.#find(access)
    await rm(join(access.path, 'lock.exclusive'), { recursive: true, force: true })
    await rm(join(access.path, 'lock.roster'), { force: true })
  }

  async setQuota(access: RepositoryAccess, bytes: number) {
    this.#called('set quota')
    const repository = await this.#find(access)
    repository.quotaBytes = bytes
  }

  async changePassphrase(access: RepositoryAccess, next: Secret) {
    this.#called('change passphrase')
    const repository = await this.#open(access)
    repository.passphrase = next.reveal()
  }

  async exportKey(access: RepositoryAccess, form: KeyForm) {
    this.#called('export key')
    const { id, passphrase = '' } = await this.#find(access)
    const key = `BORG_KEY ${id}\n${Buffer.from(passphrase).toString('base64')}\n`
    return { file: key, paper: paperKey(id, Buffer.from(passphrase)), 'qr-html': `<html>${key}</html>\n` }[form]
  }

  async importKey(access: RepositoryAccess, file: string) {
    this.#called('import key')
    const repository = await this.#find(access)
    const text = await readFile(file, 'utf8').catch(() => '')
    repository.passphrase = passphraseOf(text, repository)
  }

  async openWithKey(access: RepositoryAccess, encryption: string, key: string | undefined) {
    this.#called('open with key')
    const repository = await this.#find(access)
    const usedKey = key !== undefined && (access.path.startsWith('/') || encryption.startsWith('keyfile'))
    const passphrase = usedKey ? passphraseOf(key, repository) : repository.passphrase
    if (encryption !== 'none' && access.passphrase?.reveal() !== passphrase) throw failure('passphrase-wrong')
    return { id: repository.id, usedKey, archives: repository.archives.map(toArchive) }
  }

  #called(name: string): void {
    this.calls.push(name)
    const planned = this.failures.get(name)
    this.failures.delete(name)
    if (planned) throw planned
  }

  /** Where its files went, the repository of that id is; where they are gone from, it is no longer. */
  async #followMove(path: string): Promise<void> {
    const config = await readFile(join(path, 'config'), 'utf8').catch(() => '')
    const id = /^id = (\w+)$/m.exec(config)?.[1]
    const there = this.repositories.get(path)
    if (there?.hasFiles && !(await isThere(path))) this.repositories.delete(path)
    const made = this.#made.get(id ?? '')
    if (there === undefined && made !== undefined) this.repositories.set(path, made)
  }

  async #find(access: RepositoryAccess): Promise<FakeRepository> {
    await this.#followMove(access.path)
    const repository = this.repositories.get(access.path)
    if (repository) return repository
    throw failure((await isThere(access.path)) ? 'repository-invalid' : 'repository-missing')
  }

  async #open(access: RepositoryAccess): Promise<FakeRepository> {
    const repository = await this.#find(access)
    const holder = await findLockHolder(access)
    const isHeld = holder?.entry !== undefined && (holder.hostId !== FAKE_HOST_ID || holder.isRunning)
    if (isHeld) throw failure('locked')
    if (repository.encryption !== 'none') {
      if (access.passphrase === undefined) throw failure('passphrase-missing')
      if (access.passphrase.reveal() !== repository.passphrase) throw failure('passphrase-wrong')
    }
    const known = this.#knownIn(access.baseDirectory).get(repository.id)
    const isMoved = known !== undefined && known.path !== access.path
    if (known !== undefined && ((isMoved && !access.trustLocation) || known.state > repository.state)) {
      throw failure('repository-moved')
    }
    this.#remember(access, repository)
    return repository
  }

  /** As if all later changes had never been made. */
  goBack(path: string, transaction: number): void {
    const repository = this.repositories.get(path)
    const then = repository?.history.get(transaction)
    if (repository === undefined || then === undefined) return
    repository.archives = [...then.archives]
    repository.state = then.state
    repository.transaction++
    repository.history.set(repository.transaction, then)
  }

  #changed(access: RepositoryAccess, repository: FakeRepository): void {
    repository.state++
    repository.transaction++
    const { state, archives } = repository
    repository.history.set(repository.transaction, { state, archives: [...archives] })
    this.#remember(access, repository)
  }

  #remember({ baseDirectory, path }: RepositoryAccess, { id, state }: FakeRepository): void {
    if (baseDirectory !== undefined) mkdirSync(baseDirectory, { recursive: true })
    this.#knownIn(baseDirectory).set(id, { path, state })
  }

  #knownIn(baseDirectory = ''): Map<string, Known> {
    // Somebody may have removed it.
    if (baseDirectory !== '' && !existsSync(baseDirectory)) this.#known.delete(baseDirectory)
    const known = this.#known.get(baseDirectory) ?? new Map<string, Known>()
    this.#known.set(baseDirectory, known)
    return known
  }

  async #read(
    path: string,
    excluded: readonly string[],
    files: Map<string, Buffer>,
    directories: string[],
    handlers: StepHandlers,
  ): Promise<void> {
    if (excluded.includes(path)) return
    let children: Dirent[]
    try {
      children = await readdir(path, { withFileTypes: true })
    } catch {
      handlers.onWarning?.({ kind: 'file-vanished', message: `${path}: [Errno 2] No such file`, path: path.slice(1) })
      return
    }
    directories.push(path.slice(1))
    for (const child of children) {
      const childPath = join(path, child.name)
      if (child.isDirectory()) await this.#read(childPath, excluded, files, directories, handlers)
      else if (!excluded.includes(childPath)) files.set(childPath.slice(1), await readFile(childPath))
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

function archiveOf(repository: FakeRepository, name: string): FakeArchive {
  const archive = repository.archives.find((candidate) => candidate.name === name)
  if (archive === undefined) throw failure('archive-unknown')
  return archive
}

function toArchive({ name, id, startedAt }: FakeArchive): Archive {
  return { name, id, startedAt }
}

/** What such a key is locked with: the fake keeps nothing else in it. */
function passphraseOf(keyFile: string, { id }: FakeRepository): string {
  const [, of, key = ''] = /^BORG_KEY (\w+)\n(.*)$/m.exec(keyFile) ?? []
  if (of !== id) throw failure('file-unusable')
  return Buffer.from(key, 'base64').toString()
}

function failure(code: ErrorCode): AppError {
  return new AppError(code, `fake Borg: ${code}`)
}

function isBelow(path: string, prefix: string): boolean {
  if (prefix.startsWith('pf:')) return path === prefix.slice(3)
  return path === prefix || path.startsWith(`${prefix}/`)
}

function matches(glob: string, name: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 's').test(name)
}

function bytesIn(files: Iterable<Buffer>): number {
  return [...files].reduce((sum, file) => sum + file.length, 0)
}

function contentOf(file: Buffer): string {
  return createHash('sha1').update(file).digest('hex')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
