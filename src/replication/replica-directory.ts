// A replica on disk: `generations/<seq>-<ulid>/`, each a whole repository that shares unchanged files with the one before
// by hard links, and `current`, a symbolic link that is flipped from one to the next in one step.

import { join } from 'node:path'
import { AppError } from '../errors.ts'
import type { FileRole, ManifestFile } from '../model/generation.ts'
import { hashFileIfAny } from '../platform/file-content.ts'
import { listIfAny, lstatIfAny } from '../platform/files.ts'
import { linkTarget, pointLink, readTree, removeEntry, renameEntry, type TreeFile } from '../platform/trees.ts'
import { type ReplicaFile, type ReplicaState, STATE_FILE } from './replica-state.ts'
import type { SharedFiles } from './staging.ts'

/** A check writes the first two anew; appending to the last, once promoted, would change earlier generations. */
const REWRITTEN: readonly FileRole[] = ['config', 'nonce', 'transactions']

interface Named {
  readonly seq: number
  readonly ulid: string
}

export class ReplicaDirectory {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  get current(): string {
    return join(this.path, 'current')
  }

  get generations(): string {
    return join(this.path, 'generations')
  }

  get lock(): string {
    return join(this.path, 'replica.lock')
  }

  pathOf({ seq, ulid }: Named): string {
    return join(this.generations, nameOf(seq, ulid))
  }

  /** @throws AppError `destination-not-empty` for a directory that is no replica and has anything but what an unfinished first pull left */
  async requireNewOrReplica(): Promise<void> {
    const names = (await listIfAny(this.path)) ?? []
    if (names.includes(STATE_FILE)) return
    const stranger = names.find((name) => !['generations', 'replica.lock'].includes(name) && !name.endsWith('.tmp'))
    if (stranger === undefined) return
    throw new AppError('destination-not-empty', `cannot make a replica in ${this.path}`, {
      reason: `it is no replica, and has ${stranger} in it`,
      hint: 'name a directory that is empty or does not exist yet',
    })
  }

  /** Which of these files the applied generation has with the same content. */
  sharedFiles({ applied, files }: ReplicaState, wanted: readonly ManifestFile[]): SharedFiles {
    const known = new Map(files.map((file) => [file.path, file]))
    return new Map(
      wanted.flatMap(({ path, sha256, role }) => {
        const same = known.get(path)
        if (same?.sha256 !== sha256 || REWRITTEN.includes(role)) return []
        return [[path, { path: join(this.pathOf(applied), path), inode: same.inode }]]
      }),
    )
  }

  /** Makes `current` lead to the applied generation: a pull may have been killed before it did. */
  async flip({ applied }: ReplicaState): Promise<void> {
    const target = join('generations', nameOf(applied.seq, applied.ulid))
    if ((await linkTarget(this.current)) !== target) await pointLink(this.current, target)
  }

  /** Gives what a killed pull left the name of the generation that is gathered next: most of its files are the same. */
  async adoptLeftover(state: ReplicaState | undefined, next: Named): Promise<void> {
    const name = nameOf(next.seq, next.ulid)
    const [leftover, ...others] = (await this.#leftovers(state)).toSorted((one) => (one === name ? -1 : 1))
    for (const other of others) await removeEntry(join(this.generations, other))
    if (leftover !== undefined && leftover !== name) {
      await renameEntry(join(this.generations, leftover), join(this.generations, name))
    }
  }

  /** Removes every generation that is not kept. */
  async prune(state: ReplicaState): Promise<void> {
    for (const name of await this.#leftovers(state)) await removeEntry(join(this.generations, name))
  }

  async #leftovers(state: ReplicaState | undefined): Promise<string[]> {
    const kept = new Set(state?.kept.map(({ seq, ulid }) => nameOf(seq, ulid)))
    return ((await listIfAny(this.generations)) ?? []).filter((name) => !kept.has(name))
  }

  /** @throws AppError `replica-diverged`, naming a file that was added, changed or removed since it was verified */
  async requireUnchanged(state: ReplicaState): Promise<void> {
    const directory = this.pathOf(state.applied)
    const found = (await lstatIfAny(directory))?.isDirectory() === true ? (await readTree(directory)).files : new Map()
    const expected = new Map(state.files.map((file) => [file.path, file]))
    // A check raises the counter, and so does a promotion, which may have been killed while it did.
    const mayDiffer = (path: string) =>
      path === 'nonce' || (state.promoted === 'begun' && /^\.nonce\..*\.tmp$/.test(path))
    const suspects = state.files.filter((file) => !mayDiffer(file.path) && !isSame(file, found.get(file.path)))
    const config = (await hashFileIfAny(join(directory, 'config')))?.sha256
    const problem =
      firstOf(state.files, ({ path }) => !found.has(path), 'is missing') ??
      // A check writes the same configuration anew.
      firstOf(suspects, ({ path, sha256 }) => path !== 'config' || sha256 !== config, 'was changed') ??
      firstOf(
        [...found.values()],
        ({ path }) => !expected.has(path) && !isLock(path) && !mayDiffer(path),
        'did not come from the vault',
      )
    if (problem === undefined) return
    throw new AppError('replica-diverged', `cannot go on with the replica in ${this.path}`, {
      reason: `${problem} in ${directory}: somebody wrote to it`,
      hint: 'save what was written if it matters, then pull into a new directory; read a replica with borg --bypass-lock',
    })
  }
}

/**
 * The same file, untouched. Not its change time: that moves whenever a generation that shares the file comes or goes.
 */
function isSame(file: ReplicaFile, found: TreeFile | undefined): boolean {
  return (
    found?.isFile === true && found.size === file.size && found.mtimeMs === file.mtimeMs && found.inode === file.inode
  )
}

/** The files of a manifest as they are on disk now. */
export function filesAsFound(
  files: readonly ManifestFile[],
  found: ReadonlyMap<string, TreeFile>,
): ReplicaState['files'] {
  return files.flatMap(({ path, sha256 }) => {
    const facts = found.get(path)
    return facts ? [{ path, sha256, size: facts.size, mtimeMs: facts.mtimeMs, inode: facts.inode }] : []
  })
}

function firstOf<File extends { readonly path: string }>(
  files: readonly File[],
  isBad: (file: File) => boolean,
  what: string,
): string | undefined {
  const bad = files.find(isBad)
  return bad && `${bad.path} ${what}`
}

/** Readers lock a repository as well. */
function isLock(path: string): boolean {
  return /^lock\.(roster|exclusive)(\/|$|\.)/.test(path)
}

function nameOf(seq: number, ulid: string): string {
  return `${String(seq).padStart(12, '0')}-${ulid}`
}
