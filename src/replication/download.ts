// Blobs to files: each content is fetched once, its hash taken while it is written, and fetched once more where it is
// not what its name says.

import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import type { ManifestFile } from '../model/generation.ts'
import { readPlainFile } from '../platform/trees.ts'
import { forEachAtOnce } from './at-once.ts'
import type { Chain, Generation } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { damaged } from './documents.ts'
import { requireStillThere } from './expiry.ts'
import type { Staging } from './staging.ts'
import { throwIfStopped } from './stop.ts'

export interface DownloadResult {
  readonly fetchedBytes: number
  /** Expendable files that could not be had, and why, by path. */
  readonly dropped: ReadonlyMap<string, string>
}

export interface DownloadOptions {
  /** Index files that are missing or damaged are left out. */
  readonly dropAux: boolean
}

/** @throws AppError `vault-damaged`, `generation-expired`, `disk-full`, and what the vault throws */
export async function download(
  context: ReplicationContext,
  chain: Chain,
  generation: Generation,
  missing: readonly ManifestFile[],
  staging: Staging,
  options: DownloadOptions,
  handlers: StepHandlers,
): Promise<DownloadResult> {
  const contents = Map.groupBy(missing, ({ sha256 }) => sha256)
  const fetching = new Fetching(chain, handlers, contents)
  const dropped = new Map<string, string>()

  await forEachAtOnce(contents.values(), chain.vault.concurrency, context.stop, async ([first, ...same], signal) => {
    if (first === undefined) return
    throwIfStopped(context, 'download')
    try {
      await fetching.fetchFile(first, staging, signal)
    } catch (error) {
      if (!isDamage(error)) throw error
      // A blob that is gone while its manifest is there is damage.
      await requireStillThere(chain, generation.ref)
      const files = [first, ...same]
      if (!files.every(({ role }) => role === 'aux')) throw error
      if (!options.dropAux) throw withHint(error)
      for (const { path } of files) dropped.set(path, `${error.message}: ${error.reason}`)
      return
    }
    // A copy, not a second name: Borg may change a file in place that has a content of its own.
    for (const file of same) await staging.add(file, readPlainFile(staging.pathOf(first.path)))
    fetching.done(1 + same.length)
  })
  return { fetchedBytes: fetching.fetchedBytes, dropped }
}

function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'vault-damaged'
}

function withHint(error: AppError): AppError {
  return new AppError('vault-damaged', error.message, {
    reason: error.reason,
    hint: 'it is an index file, which Borg makes anew: leave it out with --without-index',
    context: error.context,
    cause: error,
  })
}

/** The network side, and how far it is. */
class Fetching {
  fetchedBytes = 0
  readonly #chain: Chain
  readonly #handlers: StepHandlers
  readonly #totalBytes: number
  #bytes = 0
  #files = 0

  constructor(chain: Chain, handlers: StepHandlers, contents: ReadonlyMap<string, readonly ManifestFile[]>) {
    this.#chain = chain
    this.#handlers = handlers
    this.#totalBytes = contents.values().reduce((bytes, [file]) => bytes + (file?.size ?? 0), 0)
    this.#report()
  }

  done(files: number): void {
    this.#files += files
    this.#report()
  }

  async fetchFile(file: ManifestFile, staging: Staging, signal: AbortSignal): Promise<void> {
    try {
      await this.#fetchOnce(file, staging, signal)
    } catch (error) {
      if (!isDamage(error)) throw error
      // Bytes may have been lost on the way; what is damaged in the vault is so the second time as well.
      await this.#fetchOnce(file, staging, signal)
    }
  }

  async #fetchOnce(file: ManifestFile, staging: Staging, signal: AbortSignal): Promise<void> {
    const key = this.#chain.keys.blob(file.sha256)
    const object = await this.#chain.vault.get(key, { signal })
    if (object === undefined || object === 'unchanged') throw damaged(key, `it is missing (${file.path})`)
    if (object.facts.size !== file.size) {
      await object.body[Symbol.asyncIterator]().return?.()
      throw damaged(key, `it has ${object.facts.size} bytes and not ${file.size} (${file.path})`)
    }
    const taken = { bytes: 0 }
    try {
      await staging.add(file, this.#checked(key, file, object.body, taken))
    } catch (error) {
      this.#bytes -= taken.bytes
      throw error
    }
  }

  async *#checked(
    key: string,
    { path, size, sha256 }: ManifestFile,
    body: AsyncIterable<Uint8Array>,
    taken: { bytes: number },
  ) {
    const hash = createHash('sha256')
    for await (const part of body) {
      taken.bytes += part.length
      this.#bytes += part.length
      this.fetchedBytes += part.length
      // What sends more than it announced is not read to its end.
      if (taken.bytes > size) throw damaged(key, `it has more than its ${size} bytes (${path})`)
      hash.update(part)
      this.#report()
      yield part
    }
    if (hash.digest('hex') !== sha256) throw damaged(key, `its content has another hash than its name says (${path})`)
  }

  #report(): void {
    this.#handlers.onProgress?.({
      stage: 'download',
      files: this.#files,
      bytes: this.#bytes,
      totalBytes: this.#totalBytes,
    })
  }
}
