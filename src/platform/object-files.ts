// The files that a vault keeps its objects in: written beside their place, moved there in one step, durable, and read
// without following links. System errors pass through as they are: the vault tells of them in its own words.

import { constants } from 'node:fs'
import {
  type FileHandle,
  lchown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncDirectory, systemCode } from './files.ts'
import { effectiveUid } from './user.ts'

const CHUNK_BYTES = 256 * 1024
const ABSENT = ['ENOENT', 'ENOTDIR']
/** What exFAT, SMB and some file systems in user space say to hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK', 'EINVAL']
/** What they say to the fsync of a directory. */
const NO_DIRECTORY_SYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF']

export interface FileFacts {
  readonly size: number
  readonly modifiedAt: Date
  readonly mtimeNs: bigint
}

/** A new file that is not at its place yet. */
export class PendingFile {
  readonly path: string
  readonly #file: FileHandle
  #closed = false

  private constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  /** Private to its owner, in a directory that has to exist. */
  static async create(path: string): Promise<PendingFile> {
    const pending = new PendingFile(path, await open(path, 'wx', 0o600))
    try {
      await giveToOwnerOfDirectory(path)
      return pending
    } catch (error) {
      await pending.discard()
      throw error
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      written += (await this.#file.write(bytes, written, bytes.length - written)).bytesWritten
    }
  }

  /** Makes what was written durable. */
  async finish(): Promise<FileFacts> {
    await this.#file.sync()
    await this.#close()
    // Not before it is closed: some file servers set its time then.
    const facts = await lstatFacts(this.path)
    if (facts === undefined) throw Object.assign(new Error(`${this.path} is gone`), { code: 'ENOENT' })
    return facts
  }

  /** Removes the file where it still is; its other name stays. */
  async discard(): Promise<void> {
    await this.#close()
    await unlinkIfAny(this.path)
  }

  async #close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#file.close()
  }
}

/** Gives a file a second name that nothing has yet. `unsupported`: there are no such names on that file system. */
export async function linkNew(from: string, to: string): Promise<'linked' | 'taken' | 'unsupported'> {
  try {
    await link(from, to)
  } catch (error) {
    const code = systemCode(error) ?? ''
    if (code === 'EEXIST') return 'taken'
    if (NO_LINKS.includes(code)) return 'unsupported'
    throw error
  }
  await syncEntries(dirname(to))
  return 'linked'
}

/** Moves a file over whatever is at `to`. */
export async function moveOver(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncEntries(dirname(to))
}

/** Facts of a regular file as it is opened now, and its content where that is at most `maxBytes`; undefined for none. */
export async function readFacts(
  path: string,
  maxBytes: number,
): Promise<{ readonly facts: FileFacts; readonly bytes?: Uint8Array } | undefined> {
  const file = await openIfAny(path)
  if (file === undefined) return undefined
  try {
    const facts = await factsOfFile(file)
    if (facts.size > maxBytes) return { facts }
    const parts: Uint8Array[] = []
    for await (const part of readParts(file, 0, facts.size)) parts.push(part)
    return { facts, bytes: Buffer.concat(parts) }
  } finally {
    await file.close()
  }
}

/** As `readFacts`, without opening what is larger. Undefined for anything but a regular file. */
export async function lstatFacts(path: string): Promise<FileFacts | undefined> {
  const stats = await orAbsent(lstat(path, { bigint: true }))
  if (!stats?.isFile()) return undefined
  return { size: Number(stats.size), modifiedAt: stats.mtime, mtimeNs: stats.mtimeNs }
}

/** The bytes from `start` up to `end` of the file as it was when it had these facts; undefined where it is another. */
export async function* readFile(
  path: string,
  known: FileFacts,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, 'read' | 'changed'> {
  const file = await openIfAny(path)
  if (file === undefined) return 'changed'
  try {
    const facts = await factsOfFile(file)
    if (facts.size !== known.size || facts.mtimeNs !== known.mtimeNs) return 'changed'
    yield* readParts(file, start, Math.min(end, facts.size))
    return 'read'
  } finally {
    await file.close()
  }
}

/** Where a path leads, every link followed; undefined where there is nothing. */
export async function realPathIfAny(path: string): Promise<string | undefined> {
  return await orAbsent(realpath(path))
}

/** The regular files and directories in a directory, undefined where there is none. Links and devices are left out. */
export async function listEntries(
  path: string,
): Promise<{ readonly name: string; readonly isDirectory: boolean }[] | undefined> {
  const entries = await orAbsent(readdir(path, { withFileTypes: true }))
  return entries
    ?.filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
}

/** Makes what is missing of the directories below `root`, which has to exist, private and durable. */
export async function makeBelow(root: string, segments: readonly string[]): Promise<void> {
  let path = root
  for (const segment of segments) {
    const parent = path
    path = join(path, segment)
    try {
      await mkdir(path, { mode: 0o700 })
    } catch (error) {
      if (systemCode(error) === 'EEXIST') continue
      throw error
    }
    await giveToOwnerOfDirectory(path)
    await syncEntries(parent)
  }
}

/** Not there is fine. */
export async function unlinkIfAny(path: string): Promise<boolean> {
  return (await orAbsent(unlink(path).then(() => true))) ?? false
}

/** Removes `path` and the directories above it, up to `root`, as long as they are empty; then syncs the last that stays. */
export async function removeEmptyUpTo(root: string, path: string): Promise<void> {
  let last = path
  while (last !== root && last.startsWith(root)) {
    const removed = await rmdir(last).then(
      () => true,
      (error: unknown) => ABSENT.includes(systemCode(error) ?? ''),
    )
    if (!removed) break
    last = dirname(last)
  }
  await orAbsent(syncEntries(last))
}

async function openIfAny(path: string): Promise<FileHandle | undefined> {
  // Not blocking: opening a FIFO would wait for its writer.
  const file = await orAbsent(open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK))
  try {
    if (file === undefined || (await file.stat()).isFile()) return file
  } catch (error) {
    await file?.close()
    throw error
  }
  await file.close()
  return undefined
}

async function factsOfFile(file: FileHandle): Promise<FileFacts> {
  const stats = await file.stat({ bigint: true })
  return { size: Number(stats.size), modifiedAt: stats.mtime, mtimeNs: stats.mtimeNs }
}

/** Less than asked for where the file is cut short meanwhile. */
async function* readParts(file: FileHandle, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let place = start; place < end; ) {
    // A new buffer each time: who reads may keep the last.
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - place))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, place)
    if (bytesRead === 0) return
    place += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

async function syncEntries(path: string): Promise<void> {
  try {
    await syncDirectory(path)
  } catch (error) {
    if (!NO_DIRECTORY_SYNC.includes(systemCode(error) ?? '')) throw error
  }
}

/** What root makes in another's directory is that one's, as far as the file system knows owners. */
async function giveToOwnerOfDirectory(path: string): Promise<void> {
  if (effectiveUid() !== 0) return
  const { uid, gid } = await stat(dirname(path))
  if (uid === 0 && gid === 0) return
  try {
    await lchown(path, uid, gid)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOSYS'].includes(systemCode(error) ?? '')) throw error
  }
}

async function orAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result
  } catch (error) {
    if (ABSENT.includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}
