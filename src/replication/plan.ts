// What a push would do, from what is there and what the vault has: pure.

import { AppError } from '../errors.ts'
import type { Manifest, ManifestFile } from '../model/generation.ts'
import { formatBytes } from '../model/words.ts'

/** A committed transaction, as it would become a generation. */
export interface LocalState<File extends ManifestFile = ManifestFile> {
  readonly transactionId: number
  readonly nonce: string | undefined
  /** Sorted by path. */
  readonly files: readonly File[]
}

export interface GenerationPlan<File extends ManifestFile = ManifestFile> {
  /** False: the parent is the same transaction with the same segments and the same key, and as suspicious. */
  readonly due: boolean
  readonly seq: number
  /** One file for every content that the parent lacks. */
  readonly blobs: readonly File[]
  readonly blobBytes: number
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly totals: { readonly files: number; readonly bytes: number }
  readonly suspicious?: string
}

/** GET head, PUT manifest, PUT head, GET head. */
const REQUESTS = 4
/** Before a first push: the manifests there might be, format.json, and what is under the head's name. */
const FIRST_REQUESTS = 4

/** What a local state would add to its parent. */
export function planGeneration<File extends ManifestFile>(
  parent: Manifest | undefined,
  local: LocalState<File>,
  { acceptLoss }: { readonly acceptLoss: boolean },
): GenerationPlan<File> {
  const before = new Map(parent?.files.map(({ path, sha256 }) => [path, sha256]))
  const stored = new Set(parent?.files.map(({ sha256 }) => sha256))
  const lacking = local.files.filter(({ sha256 }) => !stored.has(sha256))
  const blobs = [...new Map(lacking.map((file) => [file.sha256, file])).values()]
  const changed = local.files.filter(({ path, sha256 }) => before.get(path) !== sha256)
  const paths = new Set(parent && local.files.map(({ path }) => path))
  const removed = (parent?.files ?? []).filter(({ path }) => !paths.has(path))
  // What looks like a loss does so until a person has looked at it, however many generations follow.
  const suspicious = parent && !acceptLoss ? (suspicionOf(parent, local) ?? parent.suspicious) : undefined
  const isNews = parent?.borg.transactionId !== local.transactionId || [...changed, ...removed].some(isContent)
  return {
    due: isNews || suspicious !== parent?.suspicious,
    seq: (parent?.seq ?? 0) + 1,
    blobs,
    blobBytes: bytesOf(blobs),
    added: changed.map(({ path }) => path),
    removed: removed.map(({ path }) => path),
    totals: { files: local.files.length, bytes: bytesOf(local.files) },
    ...(suspicious === undefined ? {} : { suspicious }),
  }
}

/** How many requests a push takes that makes this generation. */
export function requestsOf(plan: GenerationPlan): number {
  if (!plan.due) return 1
  return plan.blobs.length + REQUESTS + (plan.seq === 1 ? FIRST_REQUESTS : 0)
}

/** What Borg itself changes without a new transaction, its counter and its index, is no reason to push. */
function isContent({ role }: ManifestFile): boolean {
  return role === 'segment' || role === 'config'
}

export function bytesOf(files: readonly ManifestFile[]): number {
  return files.reduce((bytes, { size }) => bytes + size, 0)
}

/**
 * Along a chain neither the transaction nor the counter ever falls: the same counter must not encrypt twice.
 * @throws AppError `chain-backwards`
 */
export function requireForward(
  { seq, borg }: Manifest,
  { transactionId, nonce }: Pick<LocalState, 'transactionId' | 'nonce'>,
): void {
  const reason =
    transactionId < borg.transactionId
      ? `its last transaction is ${transactionId}, and generation ${seq} in the vault has ${borg.transactionId}`
      : nonce !== undefined && borg.nonce !== undefined && nonce < borg.nonce
        ? `its counter is ${nonce}, and generation ${seq} in the vault has ${borg.nonce}`
        : undefined
  if (reason === undefined) return
  throw new AppError('chain-backwards', 'did not copy the repository: it is older than its copy in the vault', {
    reason: `${reason}; an older copy of the repository was put back`,
    hint: 'bring the newest back with: borgboi s3 restore; to go on from an older one: borgboi s3 restore --generation N --writable',
  })
}

/** Less than this comes and goes in any repository. */
const LOSS_MIN_BYTES = 1_000_000

/** Half of the data gone at once is what deleting everything, by mistake or by malice, looks like. */
function suspicionOf(parent: Manifest, local: LocalState): string | undefined {
  const segmentBytes = (files: readonly ManifestFile[]) => bytesOf(files.filter(({ role }) => role === 'segment'))
  const [before, now] = [segmentBytes(parent.files), segmentBytes(local.files)]
  if (now * 2 >= before || before - now < LOSS_MIN_BYTES) return undefined
  return `its segments fell from ${formatBytes(before)} to ${formatBytes(now)} since generation ${parent.seq}`
}
