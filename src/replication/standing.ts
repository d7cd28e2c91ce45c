// Where a vault stands before a push: which generation the next one follows, whether this machine may write it, and
// whether the vault still has what it once confirmed.

import { AppError } from '../errors.ts'
import type { GenerationRef } from '../model/generation.ts'
import { formatMinute } from '../model/words.ts'
import type { PutCondition } from '../vault/vault.ts'
import { type Chain, type Generation, rebuildTip, type StoredHead } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import type { ConfirmedPush, PushRecords } from './push-records.ts'

export interface Standing {
  /** Absent before the first push. */
  readonly parent: Generation | undefined
  readonly epoch: number
  /** What holds for head.json as long as nobody else has moved it. */
  readonly headIs: PutCondition
  /** Absent where head.json is missing or garbage: it has to be written even when there is nothing to push. */
  readonly head: StoredHead | undefined
}

/** One request; without a body where the head is the one that was confirmed last. Garbage is `undefined`, like none. */
export async function readHead(chain: Chain, { confirmed }: PushRecords): Promise<StoredHead | undefined> {
  try {
    const read = confirmed ? await chain.readHeadUnless(confirmed.etag) : await chain.readHead()
    return read === 'unchanged' ? confirmed : read
  } catch (error) {
    if (error instanceof AppError && error.code === 'vault-damaged') return undefined
    throw error
  }
}

/** @throws AppError `chain-backwards`, `chain-forked`, `writer-fenced`, `vault-damaged` */
export async function readStanding(
  context: ReplicationContext,
  chain: Chain,
  records: PushRecords,
  head: StoredHead | undefined,
): Promise<Standing> {
  const parent = head
    ? ((await records.manifestOf(head, chain)) ??
      (await chain.readManifest(head.head.manifestKey, head.head.manifestSha256)))
    : await rebuildTip(chain)
  if (records.confirmed) await requireContinuity(chain, records.confirmed, parent)
  const epoch = head?.head.epoch ?? parent?.manifest.writer.epoch ?? FIRST_EPOCH
  const writerId = head?.head.writerId ?? parent?.manifest.writer.installId
  if (parent && writerId !== (await context.installId())) throw fenced(parent, writerId, head)
  return { parent, epoch, head, headIs: head ? { etag: head.etag } : await conditionOfHead(chain) }
}

const FIRST_EPOCH = 1

/** Garbage is replaced only while it is the same garbage. */
async function conditionOfHead(chain: Chain): Promise<PutCondition> {
  const facts = await chain.vault.head(chain.keys.head)
  return facts ? { etag: facts.etag } : 'absent'
}

async function requireContinuity(chain: Chain, { head }: ConfirmedPush, parent: Generation | undefined): Promise<void> {
  if (parent === undefined || parent.ref.seq < head.seq) throw rolledBack(head.seq, parent)
  if (await isAncestor(chain, { seq: head.seq, ulid: head.pushId }, parent)) return
  throw new AppError('chain-forked', `generation ${head.seq} in the vault is not the one that this machine pushed`, {
    reason: `generation ${parent.ref.seq} there, by ${parent.manifest.writer.host} at ${formatMinute(new Date(parent.manifest.createdAt))}, does not follow it: two wrote without seeing each other`,
    hint: 'look at them with: borgboi s3 generations; both are kept, and a person has to decide which goes on',
  })
}

/** True also where a manifest on the way back was collected, and it cannot be told any more. */
async function isAncestor(
  chain: Chain,
  ancestor: Pick<GenerationRef, 'seq' | 'ulid'>,
  tip: Generation,
): Promise<boolean> {
  let { ref, manifest } = tip
  while (ref.seq > ancestor.seq) {
    if (manifest.parent === undefined) return false
    ref = manifest.parent
    if (ref.seq <= ancestor.seq) break
    const older = await readIfKept(chain, ref)
    if (older === undefined) return true
    manifest = older.manifest
  }
  return ref.seq === ancestor.seq && ref.ulid === ancestor.ulid
}

async function readIfKept(chain: Chain, { seq, ulid, sha256 }: GenerationRef): Promise<Generation | undefined> {
  try {
    return await chain.readManifest(chain.keys.manifest(seq, ulid), sha256)
  } catch (error) {
    if (error instanceof AppError && error.code === 'vault-damaged') return undefined
    throw error
  }
}

function rolledBack(known: number, parent: Generation | undefined): AppError {
  return new AppError('chain-backwards', 'the vault is older than what this machine pushed to it', {
    reason: `generation ${known} was confirmed, and ${parent ? `the newest there is ${parent.ref.seq}` : 'none is there'}: it was deleted, or an older state of the vault was put back`,
    hint: 'look at what is there with: borgboi s3 generations; to begin anew, delete what is left with: borgboi s3 delete',
  })
}

function fenced({ manifest }: Generation, writerId: string | undefined, head: StoredHead | undefined): AppError {
  const { writer, createdAt } = manifest
  const who =
    writer.installId === writerId
      ? `borgboi on ${writer.host}, last at ${formatMinute(new Date(createdAt))}`
      : 'another installation'
  const since = head ? ` (epoch ${head.head.epoch}, since ${formatMinute(new Date(head.head.updatedAt))})` : ''
  return new AppError('writer-fenced', 'did not copy the repository: this machine is not its writer', {
    reason: `its copies in the vault are written by ${who}${since}`,
    hint: 'back up there, or, once that machine writes no more, take over with: borgboi s3 promote',
  })
}
