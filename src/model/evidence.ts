// Evidence: what was seen to be so of a repo, and when. `status` judges by it, asking neither Borg nor the network.

import type { Canary } from './drill.ts'
import type { StandingName } from './objectives.ts'

interface Seen {
  readonly at: string
  /** Borg's id of the repository: another one of the same name has no part in it. */
  readonly repoId: string
}

/** A generation was made, or the newest one found to have everything. */
export interface CopyEvidence extends Seen {
  readonly vault: string
  readonly generation: number
  /** The newest archive that is in it, and when that began. */
  readonly archive?: string
  readonly archiveAt?: string
}

/** It was looked at whether what is stored is right. */
export interface ProofEvidence extends Seen {
  readonly result: 'good' | 'damaged'
  /** Of a copy: the vault, how deep (`VerifyLevel`), and the newest generation that was looked at. */
  readonly vault?: string
  readonly level?: number
  readonly generation?: number
}

/** A restore was tried. */
export interface DrillEvidence extends ProofEvidence {
  readonly archive: string
  /** What chose the files. */
  readonly seed: string
  /** Absent where damage ended it. */
  readonly restored?: RestoredSample
}

/** What came back, all of it as Borg had recorded it when it was backed up. */
export interface RestoredSample {
  readonly files: number
  readonly bytes: number
  readonly durationMs: number
  /** Files that were the same as their source, and as an earlier drill had found them. */
  readonly asSource: number
  readonly asRecorded: number
}

/** Which objectives were broken when somebody was told last. */
export interface ToldStanding extends Seen {
  readonly broken: readonly StandingName[]
}

/** The newest of each kind. */
export interface RepoEvidence {
  readonly copy?: CopyEvidence
  /** Of the repository, by Borg. */
  readonly check?: ProofEvidence
  /** Of the copy. */
  readonly verification?: ProofEvidence
  /** From the repository, and from the copy. */
  readonly drill?: DrillEvidence
  readonly offsiteDrill?: DrillEvidence
  /** The file that every drill restores. */
  readonly canary?: Seen & Canary
  readonly told?: ToldStanding
}

/** What is of this repository, and of the vault that it is copied to now. */
export function evidenceOf(
  { borgId, vault }: { readonly borgId: string; readonly vault?: string },
  all: RepoEvidence,
): RepoEvidence {
  const own = Object.entries(all as Record<string, Seen & { readonly vault?: string }>)
  return Object.fromEntries(
    own.filter(([, seen]) => seen.repoId === borgId && (seen.vault === undefined || seen.vault === vault)),
  )
}
