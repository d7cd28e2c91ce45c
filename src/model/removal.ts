// Archives that were removed and whose data is still in the repository: what undo can bring back until the next compact.

import type { RepoRecord } from './repo.ts'

/** A committed state of a repository: Borg's transaction, and how many segments there were up to it. */
export interface RepositoryPoint {
  readonly transactionId: number
  /** A compact leaves fewer of them. */
  readonly segments: number
}

export interface Removal {
  readonly at: string
  /** Empty while they are being removed, and where that was cut off. */
  readonly archives: readonly string[]
  /** Bytes that only they used, as Borg counted them. */
  readonly reclaimableBytes: number
  /** The state before; absent where the repository is not on this machine, and it cannot be undone. */
  readonly before?: RepositoryPoint
}

type Removals = Pick<RepoRecord, 'removals' | 'reclaimableBytes'>

/** Written before anything is removed, so that it can be undone whatever becomes of the process. */
export function removalBegun<R extends Removals>(record: R, at: string, before: RepositoryPoint | undefined): R {
  // One from the same state, of which nobody knows that it removed anything, has removed nothing.
  const earlier = (record.removals ?? []).filter(
    (removal) => removal.archives.length > 0 || removal.before?.transactionId !== before?.transactionId,
  )
  return withRemovals(record, [...earlier, { at, archives: [], reclaimableBytes: 0, ...(before && { before }) }])
}

/** What the removal that was begun last has done: nothing, where there are no archives. */
export function removalDone<R extends Removals>(
  record: R,
  { archives, reclaimableBytes }: Pick<Removal, 'archives' | 'reclaimableBytes'>,
): R {
  const earlier = record.removals?.slice(0, -1) ?? []
  const begun = record.removals?.at(-1)
  if (begun === undefined || archives.length === 0) return withRemovals(record, earlier)
  // Archives that gave up nothing of their own count too, so that a compact falls due some day.
  const bytes = Math.max(1, reclaimableBytes)
  const total = (record.reclaimableBytes ?? 0) + bytes
  const done = { ...begun, archives, reclaimableBytes: bytes }
  return { ...withRemovals(record, [...earlier, done]), reclaimableBytes: total }
}

/** How an archive that is there now, but was rewritten since, is told of among those that come back. */
export function asItWas(archive: string): string {
  return `${archive} as it was`
}

/** Back at an earlier state: later removals are undone, and with them went archives, and came others. */
export function wentBack<R extends Removals & Pick<RepoRecord, 'lastBackup'>>(
  record: R,
  to: RepositoryPoint,
  { back, gone }: { readonly back: readonly string[]; readonly gone: readonly string[] },
): R {
  const isUndone = ({ before }: Removal) => before !== undefined && before.transactionId >= to.transactionId
  const undone = record.removals?.filter(isUndone) ?? []
  const bytes = undone.reduce((sum, { reclaimableBytes }) => sum + reclaimableBytes, 0)
  const left = Math.max(0, (record.reclaimableBytes ?? 0) - bytes)
  const { lastBackup, ...rest } = withRemovals(record, record.removals?.filter((removal) => !isUndone(removal)) ?? [])
  if (lastBackup === undefined || gone.includes(lastBackup.archive)) return { ...rest, reclaimableBytes: left } as R
  const { archiveId, ...facts } = lastBackup
  const isOther = back.includes(asItWas(lastBackup.archive))
  return { ...rest, lastBackup: { ...facts, ...(isOther ? {} : { archiveId }) }, reclaimableBytes: left } as R
}

/** Whether a removal seems to be later than now: the clock was wrong then, or is wrong now. */
export function isRemovedLater({ removals = [] }: Removals, now: Date): boolean {
  return removals.some(({ at }) => Date.parse(at) > now.getTime())
}

/** With no removal later than now. */
export function removedBy<R extends Removals>(record: R, now: Date): R {
  const removals = record.removals?.map((removal) =>
    isRemovedLater({ removals: [removal] }, now) ? { ...removal, at: now.toISOString() } : removal,
  )
  return withRemovals(record, removals ?? [])
}

/** After a compact nothing can be brought back. */
export function compacted<R extends Removals & Pick<RepoRecord, 'lastCompactAt'>>(record: R, at: string): R {
  return { ...withRemovals(record, []), lastCompactAt: at, reclaimableBytes: 0 }
}

/** The place of the newest removal, or of the newest that took an archive of that name. */
export function placeOfRemoval({ removals = [] }: Removals, archive: string | undefined): number | undefined {
  const place = removals.findLastIndex(({ archives }) => archive === undefined || archives.includes(archive))
  return place === -1 ? undefined : place
}

function withRemovals<R extends Removals>(record: R, removals: readonly Removal[]): R {
  const { removals: _, ...rest } = record
  return (removals.length === 0 ? rest : { ...rest, removals }) as R
}
