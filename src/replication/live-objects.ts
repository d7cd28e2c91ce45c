// What the generations of a chain need, blob by blob: the measure of what is damaged, and of what nobody needs.

import type { Manifest } from '../model/generation.ts'

export interface LiveBlob {
  readonly sha256: string
  readonly size: number
  /** Paths in the repository it had, in any generation. */
  readonly paths: string[]
  /** In the order they were added. */
  readonly generations: number[]
}

export class LiveObjects {
  readonly #blobs = new Map<string, LiveBlob>()
  readonly #generations: number[] = []

  add({ seq, files }: Manifest): void {
    this.#generations.push(seq)
    for (const { path, size, sha256 } of files) {
      const blob = this.#blobs.get(sha256)
      if (blob === undefined) {
        this.#blobs.set(sha256, { sha256, size, paths: [path], generations: [seq] })
        continue
      }
      if (!blob.paths.includes(path)) blob.paths.push(path)
      if (blob.generations.at(-1) !== seq) blob.generations.push(seq)
    }
  }

  get generations(): readonly number[] {
    return this.#generations
  }

  get size(): number {
    return this.#blobs.size
  }

  get(sha256: string): LiveBlob | undefined {
    return this.#blobs.get(sha256)
  }

  /** In the order of their keys in the vault. */
  sorted(): LiveBlob[] {
    return [...this.#blobs.values()].toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  }
}
