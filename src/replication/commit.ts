// The commit of a generation: its manifest, then the head that makes it the newest, by compare-and-swap. An answer that
// was lost is no failure: what is in the vault decides.

import { AppError, type ErrorCode } from '../errors.ts'
import { type GenerationRef, type Head, type Manifest, VAULT_FORMAT } from '../model/generation.ts'
import { formatMinute } from '../model/words.ts'
import { type Chain, readableHead, type StoredHead } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import type { Standing } from './standing.ts'

/** Longer than a write of another machine takes that had read the head before ours. */
const SETTLE_MS = 2000

/** Create-only; one that is there already under our own id is ours. Resolves to its stored bytes too. */
export async function writeManifest(
  chain: Chain,
  manifest: Manifest,
  conditionalWrites: boolean,
): Promise<{ readonly ref: GenerationRef; readonly bytes: Buffer }> {
  const { created, ref, bytes } = await chain.createManifest(manifest, conditionalWrites ? 'absent' : 'any')
  // Its name is unique, so that only our own first try, unheard, can have made it.
  if (!created) await chain.readManifest(chain.keys.manifest(ref.seq, ref.ulid), ref.sha256)
  return { ref, bytes }
}

export interface HeadMove {
  readonly conditionalWrites: boolean
  /** Called when the head was written, or may have been, before it is read. */
  readonly onReadBack: () => void
}

/**
 * Makes a stored generation the newest. Resolves to the head as it was read back.
 * @throws AppError `push-conflict`; what the vault throws, when even reading back does not tell how it ended
 */
export async function moveHead(
  context: ReplicationContext,
  chain: Chain,
  standing: Pick<Standing, 'head' | 'headIs' | 'epoch'>,
  ref: GenerationRef,
  { conditionalWrites, onReadBack }: HeadMove,
): Promise<StoredHead> {
  const head: Head = {
    format: VAULT_FORMAT,
    seq: ref.seq,
    manifestKey: chain.keys.manifest(ref.seq, ref.ulid),
    manifestSha256: ref.sha256,
    epoch: standing.epoch,
    writerId: await context.installId(),
    pushId: ref.ulid,
    updatedAt: context.clock.now().toISOString(),
  }
  if (!conditionalWrites && (await readableHead(chain))?.etag !== standing.head?.etag) throw conflict(chain, undefined)
  const failure = await failureOf(chain.putJson(chain.keys.head, head, conditionalWrites ? standing.headIs : 'any'))
  onReadBack()
  if (!conditionalWrites) await context.clock.sleep(SETTLE_MS)
  const found = await readableHead(chain)
  if (found?.head.pushId === ref.ulid) return found
  throw failure ?? conflict(chain, found)
}

/** Undefined also for a refusal: both are told apart by what is there now. */
async function failureOf(put: Promise<boolean>): Promise<AppError | undefined> {
  try {
    await put
    return undefined
  } catch (error) {
    if (error instanceof AppError && UNHEARD.includes(error.code)) return error
    throw error
  }
}

/** After these the request may have been served. */
const UNHEARD: readonly ErrorCode[] = ['vault-unreachable', 'vault-failed']

function conflict(chain: Chain, found: StoredHead | undefined): AppError {
  return new AppError('push-conflict', `did not become the newest generation in ${chain.vault.url}`, {
    reason: found
      ? `another push was first: generation ${found.head.seq} at ${formatMinute(new Date(found.head.updatedAt))}`
      : 'the head was changed by somebody else meanwhile',
    hint: 'nothing is lost; see who else copies this repository with: borgboi s3 generations, then run the same command again',
  })
}
