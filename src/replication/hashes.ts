// What the files of a repository were found to hold, remembered from push to push: hash by path and identity. An entry
// counts only for exactly the file it was made of. Losing it costs reading everything once more.

import { createHash, hash } from 'node:crypto'
import { readBytesIfAny } from '../platform/entries.ts'
import { type FileFacts, hasSameContent } from '../platform/file-facts.ts'
import { writeFileAtomic } from '../platform/files.ts'

const FORMAT = 'borgboi-hashes 1'
/**
 * A file written so shortly before it was looked at could be written again within the same tick of the file system's
 * clock, and would look the same: nothing is remembered of it. The coarsest clocks, FAT's, tick every two seconds.
 */
const SETTLED_MS = 2000

const PART_LENGTH = 64 * 1024

interface Entry {
  readonly identity: string
  readonly sha256: string
}

export class HashCache {
  readonly #file: string
  readonly #entries: Map<string, Entry>
  #changed = false

  private constructor(file: string, entries: Map<string, Entry>) {
    this.#file = file
    this.#entries = entries
  }

  static open(file: string): HashCache {
    return new HashCache(file, parse(readBytesIfAny(file)?.toString() ?? ''))
  }

  /** The hash of a file, where it is known for exactly this state of it. */
  find(path: string, { identity }: FileFacts): string | undefined {
    const entry = this.#entries.get(path)
    return entry?.identity === identity ? entry.sha256 : undefined
  }

  /** `facts` were taken at `seenMs`, and the file has not changed since. */
  remember(path: string, facts: FileFacts, seenMs: number, sha256: string): void {
    this.#changed = true
    if (seenMs - facts.mtimeMs < SETTLED_MS) this.#entries.delete(path)
    else this.#entries.set(path, { identity: facts.identity, sha256 })
  }

  /** A link or an unlink of our own came between `before` and `after`, and nothing else. */
  carryOver(path: string, before: FileFacts, after: FileFacts): void {
    const sha256 = this.find(path, before)
    if (sha256 === undefined || !hasSameContent(before, after)) return
    this.#changed = true
    this.#entries.set(path, { identity: after.identity, sha256 })
  }

  /** The remembered identity of each path; undefined when one of them is not remembered. */
  identities(paths: readonly string[]): { path: string; identity: string }[] | undefined {
    const found = paths.map((path) => ({ path, identity: this.#entries.get(path)?.identity }))
    return found.every((entry): entry is { path: string; identity: string } => entry.identity !== undefined)
      ? found
      : undefined
  }

  /** Forgets all other paths. Where it cannot be written nothing is lost but time. */
  async save(paths: readonly string[]): Promise<void> {
    if (!this.#changed) return
    const digest = createHash('sha256')
    for (const part of this.#parts(paths)) digest.update(part)
    const header = `${FORMAT} ${digest.digest('hex')}\n`
    await writeFileAtomic(this.#file, concat([header], this.#parts(paths))).catch(() => undefined)
    this.#changed = false
  }

  /** The lines of the file, some hundred at a time: never the whole text, which may be megabytes. */
  *#parts(paths: readonly string[]): Generator<string> {
    let part = ''
    for (const path of paths) {
      const entry = this.#entries.get(path)
      if (entry) part += `${entry.sha256} ${entry.identity} ${path}\n`
      if (part.length < PART_LENGTH) continue
      yield part
      part = ''
    }
    yield part
  }
}

function* concat(...parts: Iterable<string>[]): Generator<string> {
  for (const part of parts) yield* part
}

/** Nothing of a file that is damaged or has another format. */
function parse(text: string): Map<string, Entry> {
  const end = text.indexOf('\n')
  const body = text.slice(end + 1)
  const entries = new Map<string, Entry>()
  if (text.slice(0, end) !== `${FORMAT} ${hash('sha256', body)}`) return entries
  for (const line of body.split('\n')) {
    const [sha256, identity, path] = line.split(' ')
    if (sha256 && identity && path) entries.set(path, { identity, sha256 })
  }
  return entries
}
