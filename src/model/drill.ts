// A drill: which files of an archive are restored to prove that it restores. A seed decides, so that a drill that found
// something can be done again.

import type { ArchiveEntry } from './archive.ts'

export const SAMPLE_DEFAULT = 20
/** More would not fit a command line. */
export const SAMPLE_MAX = 500
/** Larger ones are left out: a drill is to be quick, and needs room. */
const FILE_MAX_BYTES = 256 * 1024 * 1024

export interface DrillFile {
  /** As in the archive, without a leading slash. */
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
}

/** A file that every drill restores, and what was in it. */
export interface Canary {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: string
  readonly sha256: string
}

/** Takes some of any number of files, each as likely as any other, and the canary where it is as it was. */
export class DrillSample {
  readonly #size: number
  readonly #canary: Canary | undefined
  readonly #random: () => number
  readonly #taken: DrillFile[] = []
  #smallest: DrillFile | undefined
  #seen = 0
  #hasCanary = false

  constructor(size: number, seed: string, canary: Canary | undefined) {
    this.#size = size
    this.#canary = canary
    this.#random = randomOf(seed)
  }

  offer({ path, type, mode, sizeBytes, modifiedAt }: ArchiveEntry): void {
    // Of a file with several names only one has its content.
    if (type !== 'file' || mode.startsWith('h') || !isWhole(path)) return
    const file = { path, sizeBytes, modifiedAt }
    if (this.#isCanary(file)) this.#hasCanary = true
    if (this.#smallest === undefined || sizeBytes < this.#smallest.sizeBytes) this.#smallest = file
    if (sizeBytes > FILE_MAX_BYTES) return
    const place = Math.floor(this.#random() * ++this.#seen)
    if (this.#taken.length < this.#size) this.#taken.push(file)
    else if (place < this.#size) this.#taken[place] = file
  }

  /** The canary first; empty only where the archive has no file at all. */
  files(): readonly DrillFile[] {
    const sample = this.#taken.length > 0 || this.#smallest === undefined ? this.#taken : [this.#smallest]
    if (this.#canary === undefined || !this.#hasCanary) return sample
    const { path, sizeBytes, modifiedAt } = this.#canary
    const canary = { path, sizeBytes, modifiedAt: new Date(modifiedAt) }
    return [canary, ...sample.filter((file) => file.path !== path)]
  }

  #isCanary({ path, sizeBytes, modifiedAt }: DrillFile): boolean {
    return (
      this.#canary?.path === path &&
      this.#canary.sizeBytes === sizeBytes &&
      Date.parse(this.#canary.modifiedAt) === modifiedAt.getTime()
    )
  }
}

/** Bytes that are not UTF-8 come from Borg as question marks: it would not find a name with one of those. */
function isWhole(path: string): boolean {
  return !/[?\uFFFD]/.test(path)
}

/** Numbers from 0 up to 1, the same for the same seed: a 32-bit xorshift behind a hash (FNV-1a). */
function randomOf(seed: string): () => number {
  let state = 0x811c9dc5
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193)
  state ||= 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
