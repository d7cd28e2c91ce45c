// What this home remembers of pushing one repository to one vault: the last generation that was read back, its manifest,
// and the push under way. Losing it costs a few requests, and the memory of how far the chain was.

import { hash } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Head } from '../model/generation.ts'
import { readBytesIfAny, removeFileIfAny } from '../platform/entries.ts'
import { listIfAny, readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { removeEntry, renameEntry } from '../platform/trees.ts'
import type { Chain, Generation, StoredHead } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { decodeHead, decodeManifest, refOf } from './documents.ts'
import type { LocalRepository } from './replication.ts'

const FORMAT = 1
const PLACE = 'pushes'

const totals = z.object({ files: z.number(), bytes: z.number() })
const RECORD = z.object({
  format: z.literal(FORMAT),
  /** For people. */
  vault: z.string(),
  directory: z.string(),
  confirmed: z.optional(
    z.object({
      head: z.unknown(),
      etag: z.string(),
      totals,
      /** Of the repository when it was what the generation is; absent where that cannot be told without reading. */
      fingerprint: z.optional(z.string()),
    }),
  ),
  /** The generation that a push is making: there while it is under way, and after one that was cut off. */
  pendingId: z.optional(z.string()),
})

/** The generation that was last seen to be the head and to be ours. */
export interface ConfirmedPush extends StoredHead {
  readonly totals: { readonly files: number; readonly bytes: number }
  readonly fingerprint?: string | undefined
}

export class PushRecords {
  readonly hashesFile: string
  confirmed: ConfirmedPush | undefined
  pendingId: string | undefined
  readonly #file: string
  readonly #manifestFile: string
  readonly #header: { readonly format: number; readonly vault: string; readonly directory: string }

  private constructor({ stateDirectory }: ReplicationContext, vault: string, { directory, borgId }: LocalRepository) {
    const place = join(stateDirectory, PLACE, borgId, shortHash(directory))
    this.hashesFile = join(place, 'hashes')
    this.#file = join(place, `${shortHash(vault)}.json`)
    this.#manifestFile = join(place, `${shortHash(vault)}-manifest.json.gz`)
    this.#header = { format: FORMAT, vault, directory }
  }

  static async open(context: ReplicationContext, chain: Chain, repository: LocalRepository): Promise<PushRecords> {
    const records = new PushRecords(context, chain.vault.url, repository)
    const stored = parse(await readTextIfAny(records.#file), chain)
    records.confirmed = stored?.confirmed
    records.pendingId = stored?.pendingId
    return records
  }

  /** The manifest that a head names, where it was kept. */
  async manifestOf({ head }: StoredHead, chain: Chain): Promise<Generation | undefined> {
    const bytes = readBytesIfAny(this.#manifestFile)
    if (bytes === undefined || hash('sha256', bytes) !== head.manifestSha256) return undefined
    const manifest = await decodeManifest(head.manifestKey, chain.repoId, bytes)
    return { manifest, ref: refOf(manifest, head.manifestSha256) }
  }

  async keepManifest(bytes: Uint8Array): Promise<void> {
    await writeFileAtomic(this.#manifestFile, bytes)
  }

  /** Durable when it resolves: from here on what is in the vault may be of this push. */
  async begin(pushId: string): Promise<void> {
    this.pendingId = pushId
    await this.#write()
  }

  async confirm(confirmed: ConfirmedPush): Promise<void> {
    this.confirmed = confirmed
    this.pendingId = undefined
    await this.#write()
  }

  async #write(): Promise<void> {
    const { confirmed, pendingId } = this
    await writeFileAtomic(this.#file, `${JSON.stringify({ ...this.#header, confirmed, pendingId })}\n`)
  }
}

/** What pushes remember of a repository goes where it went. What was remembered of one that was there before is older. */
export async function movePushes(
  { stateDirectory }: ReplicationContext,
  repoId: string,
  from: string,
  to: string,
): Promise<void> {
  const placeOf = (directory: string) => join(stateDirectory, PLACE, repoId, shortHash(directory))
  if ((await listIfAny(placeOf(from))) === undefined) return
  await removeEntry(placeOf(to))
  await renameEntry(placeOf(from), placeOf(to))
}

/** After its copies were deleted: that a repository is no longer in the vault is no sign of somebody putting it back. */
export async function forgetPushes({ stateDirectory }: ReplicationContext, { vault, repoId }: Chain): Promise<void> {
  const place = join(stateDirectory, PLACE, repoId)
  for (const directory of (await listIfAny(place)) ?? []) {
    await removeFileIfAny(join(place, directory, `${shortHash(vault.url)}.json`))
    await removeFileIfAny(join(place, directory, `${shortHash(vault.url)}-manifest.json.gz`))
  }
}

/** Undefined for a record that is missing, damaged or of another borgboi. */
function parse(
  text: string | undefined,
  chain: Chain,
): { confirmed: ConfirmedPush | undefined; pendingId: string | undefined } | undefined {
  try {
    const { confirmed, pendingId } = RECORD.parse(JSON.parse(text ?? ''))
    if (confirmed === undefined) return { confirmed, pendingId }
    const head: Head = decodeHead(chain.keys.head, Buffer.from(JSON.stringify(confirmed.head)))
    return { confirmed: { ...confirmed, head }, pendingId }
  } catch {
    return undefined
  }
}

function shortHash(text: string): string {
  return hash('sha256', text).slice(0, 16)
}
