// Second names of a repository's files, in a directory inside it: what Borg deletes meanwhile can still be read there.
// Borg itself ignores the directory. A process that dies leaves it, and the next push removes it.

import { join } from 'node:path'
import { roleOf, ulidTime } from '../model/generation.ts'
import {
  type FileFacts,
  fileFactsIfAny,
  hardLink,
  makeLinkDirectory,
  removeEmptyDirectory,
  removeName,
} from '../platform/file-facts.ts'
import { listIfAny, readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { livenessOf, type ProcessIdentity, thisProcess } from '../platform/process-identity.ts'
import type { ReplicationContext } from './context.ts'
import type { HashCache } from './hashes.ts'

const NAME = /^\.borgboi-snapshot-([0-9A-HJKMNP-TV-Z]{26})$/
const OWNER = 'owner.json'
/** A process makes the directory and says at once whose it is. */
const UNOWNED_MS = 60_000
/** Of another host, or another container: nobody can tell whether it still runs, but no push takes that long. */
const UNKNOWN_MS = 30 * 24 * 3600_000

export class LinkDirectory {
  readonly #repository: string
  readonly #path: string

  private constructor(repository: string, name: string) {
    this.#repository = repository
    this.#path = join(repository, name)
  }

  /** Undefined where this user or the file system cannot have one. @throws AppError `disk-full` */
  static async make(context: ReplicationContext, repository: string): Promise<LinkDirectory | undefined> {
    const made = new LinkDirectory(repository, `.borgboi-snapshot-${context.host.newId()}`)
    if (!makeLinkDirectory(made.#path)) return undefined
    try {
      await writeFileAtomic(join(made.#path, OWNER), JSON.stringify(await thisProcess(context.host.hostname)))
      return made
    } catch (error) {
      removeEmptyDirectory(made.#path)
      throw error
    }
  }

  /** Gives a file its other name; returns its facts from now on. @throws AppError `disk-full` */
  link(path: string): FileFacts | 'gone' | 'impossible' {
    const name = this.nameOf(path)
    const result = hardLink(join(this.#repository, path), name)
    return result === 'linked' ? (fileFactsIfAny(name) ?? 'gone') : result
  }

  /** The other name of a file. */
  nameOf(path: string): string {
    return join(this.#path, path.replaceAll('/', '-'))
  }

  /** Takes all names back. What `hashes` knows of the files stays known: nobody else has touched them meanwhile. */
  async release(hashes: HashCache): Promise<void> {
    await releaseAll(this.#repository, this.#path, hashes)
  }
}

/** Removes what pushes left that were killed, and never what one of a living process is using. */
export async function sweepLinkDirectories(
  context: ReplicationContext,
  repository: string,
  hashes: HashCache,
): Promise<void> {
  for (const name of (await listIfAny(repository)) ?? []) {
    const ulid = NAME.exec(name)?.[1]
    if (ulid === undefined) continue
    const path = join(repository, name)
    const ageMs = context.clock.now().getTime() - ulidTime(ulid).getTime()
    if (await isLeft(context, path, ageMs)) await releaseAll(repository, path, hashes)
  }
}

/** The owner goes last: until then it is known whose the rest is. */
async function releaseAll(repository: string, path: string, hashes: HashCache): Promise<void> {
  const names = (await listIfAny(path)) ?? []
  for (const name of names) {
    const original = name.replaceAll('-', '/')
    if (roleOf(original) === undefined) continue
    const before = fileFactsIfAny(join(path, name))
    removeName(join(path, name))
    const after = before && fileFactsIfAny(join(repository, original))
    if (before && after) hashes.carryOver(original, before, after)
  }
  for (const name of names) removeName(join(path, name))
  removeEmptyDirectory(path)
}

async function isLeft({ host }: ReplicationContext, path: string, ageMs: number): Promise<boolean> {
  const owner = parseOwner(await readTextIfAny(join(path, OWNER)))
  if (owner === undefined) return ageMs > UNOWNED_MS
  const liveness = await livenessOf(owner, await thisProcess(host.hostname))
  // Of an earlier boot. Two machines of one name on one repository would only make each other start over.
  return liveness === 'dead' || liveness === 'other-boot' || (liveness === 'unknown' && ageMs > UNKNOWN_MS)
}

function parseOwner(text: string | undefined): ProcessIdentity | undefined {
  try {
    const owner: ProcessIdentity = JSON.parse(text ?? '')
    return typeof owner.pid === 'number' && typeof owner.host === 'string' ? owner : undefined
  } catch {
    // Killed while it was being written.
    return undefined
  }
}
