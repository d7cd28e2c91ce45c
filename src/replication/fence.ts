// Taking over as the writer: the head gets a higher epoch, and with it every push of the writer before is refused for
// good. Nothing else of the vault changes.

import { AppError } from '../errors.ts'
import { type Head, VAULT_FORMAT } from '../model/generation.ts'
import { type Chain, readableHead, rebuildTip, type StoredHead } from './chain.ts'
import type { ReplicationContext } from './context.ts'

const TRIES = 5

export interface FenceOptions {
  /** Only while that generation is the head. */
  readonly expectUlid: string | undefined
  readonly conditionalWrites: boolean
}

/**
 * Resolves to the head as it is then. Every call raises the epoch.
 * @throws AppError `push-conflict`, `generation-unknown`, `chain-forked`
 */
export async function fenceOff(
  context: ReplicationContext,
  chain: Chain,
  { expectUlid, conditionalWrites }: FenceOptions,
): Promise<StoredHead> {
  const writerId = await context.installId()
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = await readableHead(chain)
    const head = before?.head ?? (await headFromChain(chain))
    if (expectUlid !== undefined && head.pushId !== expectUlid) throw overtaken(chain, head.seq)
    const fenced: Head = { ...head, epoch: head.epoch + 1, writerId, updatedAt: context.clock.now().toISOString() }
    const condition = before ? { etag: before.etag } : await conditionWithoutHead(chain)
    await chain.putJson(chain.keys.head, fenced, conditionalWrites ? condition : 'any')
    // Read back in any case: the answer to our own success may have been lost, and some servers keep no conditions.
    const after = await readableHead(chain)
    if (after && isSame(after.head, fenced)) return after
  }
  throw overtaken(chain, undefined)
}

/** Garbage is replaced, what is missing is made: neither of them by somebody else meanwhile. */
async function conditionWithoutHead(chain: Chain): Promise<'absent' | { readonly etag: string }> {
  const garbage = await chain.vault.head(chain.keys.head)
  return garbage ? { etag: garbage.etag } : 'absent'
}

/** What the head was, as far as the manifests tell. */
async function headFromChain(chain: Chain): Promise<Head> {
  const tip = await rebuildTip(chain)
  if (tip === undefined) {
    throw new AppError('generation-unknown', `cannot take over in ${chain.vault.url}`, {
      reason: 'nothing of this repository was ever pushed there',
      hint: 'see what is there with: borgboi s3 generations',
    })
  }
  const { manifest, ref } = tip
  return {
    format: VAULT_FORMAT,
    seq: ref.seq,
    manifestKey: chain.keys.manifest(ref.seq, ref.ulid),
    manifestSha256: ref.sha256,
    epoch: manifest.writer.epoch,
    writerId: manifest.writer.installId,
    pushId: ref.ulid,
    updatedAt: manifest.createdAt,
  }
}

function isSame(one: Head, other: Head): boolean {
  return (
    one.pushId === other.pushId &&
    one.epoch === other.epoch &&
    one.writerId === other.writerId &&
    one.updatedAt === other.updatedAt
  )
}

function overtaken(chain: Chain, seq: number | undefined): AppError {
  return new AppError('push-conflict', `cannot take over in ${chain.vault.url}`, {
    reason:
      seq === undefined
        ? 'another machine keeps moving the head at the same time'
        : `generation ${seq} was pushed in the meantime`,
    hint: 'run the same command again',
  })
}
