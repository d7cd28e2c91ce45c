// Where the files of a generation are gathered before they become a repository: what an earlier try left there is
// hashed again and never trusted, and what comes out is exactly the files of the manifest, on disk.

import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import type { ManifestFile } from '../model/generation.ts'
import { syncDirectory } from '../platform/files.ts'
import {
  freeBytes,
  isOwnDirectory,
  linkFile,
  makeNewDirectory,
  readPlainFile,
  readTree,
  removeEntry,
  renameEntry,
  syncTree,
  type TreeFile,
  writeNewFile,
} from '../platform/trees.ts'
import type { ReplicationContext } from './context.ts'
import { throwIfStopped } from './stop.ts'

/** Bytes that a file takes on disk besides its content, at most: the rest of its last block, its name. */
const OVERHEAD_PER_FILE = 4096

/** Verified files that can be had by a second name, by their path in the repository. */
export type SharedFiles = ReadonlyMap<string, { readonly path: string; readonly inode: number }>

export class Staging {
  /** The directory that becomes the repository; its parent exists. */
  readonly repository: string
  /** Files that are not finished yet. */
  readonly #parts: string
  #nextPart = 0

  constructor(repository: string) {
    this.repository = repository
    this.#parts = join(repository, '.parts')
  }

  /**
   * Throws away everything that is not a file of the manifest with its content, links first; makes the directories, and
   * second names for the files that are `shared`. Resolves to the files that are still missing.
   * @throws AppError `disk-full` where the disk has no room for them, before anything is written
   */
  async prepare(
    context: ReplicationContext,
    files: readonly ManifestFile[],
    shared: SharedFiles = new Map(),
  ): Promise<readonly ManifestFile[]> {
    const wanted = new Map(files.map((file) => [file.path, file]))
    const missing = new Set(files)
    for (const [path, found] of await this.#dropStrangers(wanted)) {
      throwIfStopped(context, 'look through what is there already')
      const file = wanted.get(path)
      if (file === undefined) continue
      if (shared.get(path)?.inode === found.inode || (await this.#holds(file, found))) missing.delete(file)
      else await removeEntry(this.pathOf(path))
    }
    const toFetch = [...missing].filter(({ path }) => !shared.has(path))
    await requireSpace(dirname(this.repository), toFetch)
    await makeNewDirectory(this.repository)
    for (const path of directoriesOf(wanted.keys())) await makeNewDirectory(this.pathOf(path))
    await makeNewDirectory(this.#parts)
    for (const { path } of missing) {
      const other = shared.get(path)
      if (other) await linkFile(other.path, this.pathOf(path))
    }
    return toFetch
  }

  /** A file whose bytes were checked as they came, under a name of its own until it is whole and on disk. */
  async add({ path }: ManifestFile, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const part = join(this.#parts, String(this.#nextPart++))
    await writeNewFile(part, bytes)
    await renameEntry(part, this.pathOf(path))
  }

  pathOf(path: string): string {
    return join(this.repository, path)
  }

  /**
   * Makes sure that there is nothing but these files, in their sizes, and that every name is on disk. Resolves to them.
   * @throws AppError `file-unusable` where somebody else has changed the directory meanwhile
   */
  async seal(files: readonly ManifestFile[], handlers: StepHandlers): Promise<ReadonlyMap<string, TreeFile>> {
    handlers.onProgress?.({ stage: 'verify', files: files.length })
    await removeEntry(this.#parts)
    const tree = await readTree(this.repository)
    for (const { path, size } of files) {
      const found = tree.files.get(path)
      if (found?.isFile !== true || found.size !== size) throw this.#disturbed(path)
    }
    const paths = new Set(files.map(({ path }) => path))
    const stranger = tree.files.keys().find((path) => !paths.has(path))
    if (stranger !== undefined) throw this.#disturbed(stranger)
    await syncTree(this.repository, tree.directories)
    await syncDirectory(dirname(this.repository))
    return tree.files
  }

  async #dropStrangers(wanted: ReadonlyMap<string, ManifestFile>): Promise<Map<string, TreeFile>> {
    if (!(await isOwnDirectory(this.repository))) {
      await removeEntry(this.repository)
      return new Map()
    }
    const { files, directories } = await readTree(this.repository)
    const needed = directoriesOf(wanted.keys())
    for (const path of directories) if (!needed.has(path)) await removeEntry(this.pathOf(path))
    for (const [path, { isFile }] of files) {
      if (isFile && wanted.has(path)) continue
      await removeEntry(this.pathOf(path))
      files.delete(path)
    }
    return files
  }

  async #holds({ path, size, sha256 }: ManifestFile, found: TreeFile): Promise<boolean> {
    return found.size === size && (await hashFile(this.pathOf(path))) === sha256
  }

  #disturbed(path: string): AppError {
    return new AppError('file-unusable', `cannot use ${this.repository}`, {
      reason: `${path} changed in it while it was being filled (${basename(this.repository)} is for borgboi alone)`,
      hint: 'find out who writes there, then run the same command again',
    })
  }
}

async function requireSpace(disk: string, files: readonly ManifestFile[]): Promise<void> {
  const needed = files.reduce((bytes, { size }) => bytes + size + OVERHEAD_PER_FILE, 0)
  const available = await freeBytes(disk)
  if (needed <= available) return
  throw new AppError('disk-full', `cannot store ${files.length} files in ${disk}`, {
    reason: `they need ${needed} bytes, and the disk has ${available} left`,
    hint: 'free some space there, or name a directory on another disk',
    context: { neededBytes: needed, availableBytes: available },
  })
}

/** Every directory that these paths need, parents first. */
function directoriesOf(paths: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1)
    parts.forEach((_, index) => {
      found.add(parts.slice(0, index + 1).join('/'))
    })
  }
  return found
}

export async function hashFile(path: string): Promise<string> {
  const sha256 = createHash('sha256')
  for await (const part of readPlainFile(path)) sha256.update(part)
  return sha256.digest('hex')
}
