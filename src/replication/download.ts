// Blobs to files: each content is fetched once, its hash taken while it is written, and fetched once more where it is
// not what its name says.

import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import type { ManifestFile } from '../model/generation.ts'
import { readPlainFile } from '../platform/trees.ts'
import type { Chain, Generation } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { damaged } from './documents.ts'
import { requireStillThere } from './expiry.ts'
import type { Staging } from './staging.ts'
import { throwIfStopped } from './stop.ts'

export interface DownloadResult {
  readonly fetchedBytes: number
  /** Expendable files that could not be had, by path. */
  readonly dropped: ReadonlySet<string>
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
  const fetching = new Fetching(context, chain, handlers, contents)
  const dropped = new Set<string>()
  const limit = pLimit(chain.vault.concurrency)

  const store = async (files: readonly ManifestFile[]): Promise<void> => {
    const [first, ...same] = files
    if (first === undefined) return
    throwIfStopped(context, 'download')
    try {
      await fetching.fetch(first, staging)
    } catch (error) {
      if (!isDamage(error)) throw error
      // A blob that is gone while its manifest is there is damage.
      await requireStillThere(chain, generation.ref)
      if (!files.every(({ role }) => role === 'aux')) throw error
      if (!options.dropAux) throw withHint(error)
      for (const { path } of files) {
        dropped.add(path)
        handlers.onWarning?.({
          kind: 'off-site',
          message: `left out, Borg makes it anew: ${error.message}: ${error.reason}`,
          path,
        })
      }
      return
    }
    // A copy, not a second name: Borg may change a file in place that has a content of its own.
    for (const file of same) await staging.add(file, readPlainFile(staging.pathOf(first.path)))
    fetching.done(files.length)
  }

  // One failure ends it all: what waits is given up, what is under way is waited for, since it writes into staging.
  let failed = false
  const results = await Promise.allSettled(
    [...contents.values()].map((files) =>
      limit(async () => {
        if (failed) return
        await store(files).catch((error: unknown) => {
          failed = true
          throw error
        })
      }),
    ),
  )
  const failure = results.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
  return { fetchedBytes: fetching.fetchedBytes, dropped }
}

function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'vault-damaged'
}

function withHint(error: AppError): AppError {
  return new AppError('vault-damaged', error.message, {
    reason: error.reason,
    hint: 'it is an index file, which Borg makes anew: leave it out with --drop-aux',
    context: error.context,
    cause: error,
  })
}

/** The network side, and how far it is. */
class Fetching {
  fetchedBytes = 0
  readonly #context: ReplicationContext
  readonly #chain: Chain
  readonly #handlers: StepHandlers
  readonly #totalBytes: number
  #bytes = 0
  #files = 0

  constructor(
    context: ReplicationContext,
    chain: Chain,
    handlers: StepHandlers,
    contents: ReadonlyMap<string, readonly ManifestFile[]>,
  ) {
    this.#context = context
    this.#chain = chain
    this.#handlers = handlers
    this.#totalBytes = contents.values().reduce((bytes, [file]) => bytes + (file?.size ?? 0), 0)
    this.#report()
  }

  done(files: number): void {
    this.#files += files
    this.#report()
  }

  async fetch(file: ManifestFile, staging: Staging): Promise<void> {
    try {
      await this.#fetchOnce(file, staging)
    } catch (error) {
      if (!isDamage(error)) throw error
      // Bytes may have been lost on the way; what is damaged in the vault is so the second time as well.
      await this.#fetchOnce(file, staging)
    }
  }

  async #fetchOnce(file: ManifestFile, staging: Staging): Promise<void> {
    const key = this.#chain.keys.blob(file.sha256)
    const object = await this.#chain.vault.get(key, { signal: this.#context.stop })
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
