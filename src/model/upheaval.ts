// An upheaval: from one archive to the next so much is gone, or rewritten, that nothing is removed or copied off-site before
// a person says that it is meant. Judged by the figures that Borg gives with every archive, and by what is usual for the
// repo: nobody wants to be asked about what happens every week.

import { formatBytes, formatCount } from './words.ts'

/** What an archive was when it was made. */
export interface ArchiveFigures {
  readonly archive: string
  readonly files: number
  readonly originalBytes: number
  /** What it added to the repository, compressed; absent in records of earlier versions. */
  readonly deduplicatedBytes?: number | undefined
}

type Before = Pick<ArchiveFigures, 'archive' | 'files' | 'originalBytes'>

/** From one archive to a later one. */
export interface Change {
  readonly goneFiles: number
  readonly goneBytes: number
  /** What was added beyond the growth of the files: content that took the place of other content. */
  readonly rewrittenBytes: number
}

export interface Upheaval extends Change {
  /** The first archive that showed it, and when that was begun. */
  readonly archive: string
  readonly at: string
  /** The last archive before it that was ordinary, or accepted. */
  readonly since: Before
}

/** A young repo is still being arranged, and retention removes next to nothing of it: so many archives come first. */
const EARLIER_MIN = 3
/** What happened only once, or to a smaller share of archives, is an exception; everything else is usual. */
const EXCEPTIONS_MIN = 1
const EXCEPTIONS_SHARE = 0.02
/** By so much of a share what is usual may be exceeded. */
const SLACK = 0.1
/** Less comes and goes in any folder: of files; of bytes where there are as many files; of bytes among fewer. */
const FILES_MIN = 100
const BYTES_MIN = 10_000_000
const BYTES_MIN_OF_FEW = 1_000_000_000

/** A share that is nearly the worst is told instead, where it says more to a person: files before bytes. */
const TELLING = 0.8

const KINDS = ['goneFiles', 'goneBytes', 'rewrittenBytes'] as const satisfies readonly (keyof Change)[]
type Kind = (typeof KINDS)[number]

export function changeBetween(since: Before, made: ArchiveFigures): Change {
  const growth = Math.max(0, made.originalBytes - since.originalBytes)
  return {
    goneFiles: Math.max(0, since.files - made.files),
    goneBytes: Math.max(0, since.originalBytes - made.originalBytes),
    rewrittenBytes: Math.max(0, (made.deduplicatedBytes ?? 0) - growth),
  }
}

/** Whether it is worth a look at what is usual. `maxShare`: 0 where no change is too large. */
export function isLarge(change: Change, since: Before, maxShare: number): boolean {
  return exceeds(change, since, maxShare, () => 0)
}

/** `earlier`: ordinary archives of the same sources, oldest first. */
export function isOutOfOrdinary(
  change: Change,
  since: Before,
  maxShare: number,
  earlier: readonly ArchiveFigures[],
): boolean {
  if (earlier.length < EARLIER_MIN) return false
  return exceeds(change, since, maxShare, (kind) => usualShare(kind, earlier) + SLACK)
}

/** Of two changes since the same archive, the worst of each. */
export function worstOf(one: Change, other: Change): Change {
  return {
    goneFiles: Math.max(one.goneFiles, other.goneFiles),
    goneBytes: Math.max(one.goneBytes, other.goneBytes),
    rewrittenBytes: Math.max(one.rewrittenBytes, other.rewrittenBytes),
  }
}

/** With the names that its archives have now. */
export function renamedIn(upheaval: Upheaval, from: string, to: string): Upheaval {
  const now = (archive: string) => (archive === from ? to : archive)
  const { archive, since } = upheaval
  return { ...upheaval, archive: now(archive), since: { ...since, archive: now(since.archive) } }
}

/** `4,812 of 5,020 files are gone since docs-2026-11-19T02:30:04` */
export function upheavalInWords({ since, ...change }: Upheaval): string {
  const shares = KINDS.map((kind) => shareOf(kind, change, since))
  const worst = KINDS.find((_, place) => (shares[place] ?? 0) >= TELLING * Math.max(...shares)) ?? 'goneFiles'
  const [amount, all] = [change[worst], worst === 'goneFiles' ? since.files : since.originalBytes]
  if (worst === 'goneFiles')
    return `${formatCount(amount)} of ${formatCount(all)} files are gone since ${since.archive}`
  const verb = worst === 'goneBytes' ? 'are gone' : 'were rewritten'
  return `${formatBytes(amount)} of ${formatBytes(all)} ${verb} since ${since.archive}`
}

/** What to do about it: `workflow` is the command that goes on when it is meant. */
export function upheavalHint(name: string, { archive, since }: Upheaval, workflow: string): string {
  const look = `look: borgboi backup diff --name ${name} ${since.archive} ${archive}`
  return `${look}; if it is meant: borgboi ${workflow} --name ${name} --accept-change; if not: borgboi help changes`
}

function exceeds(change: Change, since: Before, maxShare: number, usual: (kind: Kind) => number): boolean {
  if (maxShare === 0) return false
  return KINDS.some(
    (kind) => isMuch(kind, change, since) && shareOf(kind, change, since) > Math.max(maxShare, usual(kind)),
  )
}

function shareOf(kind: Kind, change: Change, since: Before): number {
  const all = kind === 'goneFiles' ? since.files : since.originalBytes
  return all > 0 ? change[kind] / all : 0
}

/** All files gone is much however few they were: the usual reason is a disk that is not mounted. */
function isMuch(kind: Kind, change: Change, since: Before): boolean {
  if (kind === 'goneFiles') return change.goneFiles >= Math.min(FILES_MIN, since.files)
  return change[kind] >= (since.files >= FILES_MIN ? BYTES_MIN : BYTES_MIN_OF_FEW)
}

/** What the change from one archive to the next came to before, but for exceptions. */
function usualShare(kind: Kind, earlier: readonly ArchiveFigures[]): number {
  const shares = earlier.slice(1).map((made, place) => {
    const since = earlier[place] ?? made
    return shareOf(kind, changeBetween(since, made), since)
  })
  const exceptions = Math.max(EXCEPTIONS_MIN, Math.floor(shares.length * EXCEPTIONS_SHARE))
  return shares.sort((a, b) => b - a)[exceptions] ?? 0
}
