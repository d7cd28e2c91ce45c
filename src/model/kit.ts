// Recovery kits: what opens a repository when this machine is gone. A repo's record remembers the kits that were made of
// it, without anything secret, so that it can be told which of them still hold.

import type { RepoName } from './names.ts'
import type { Secret } from './secret.ts'

/** A key as Borg exports it, still locked by its passphrase. */
export interface KitKey {
  /** For `borg key import`. */
  readonly file: string
  /** The same in lines with checksums, for `borg key import --paper`. */
  readonly paper: string
}

/** What stands in a kit. */
export interface Kit {
  /** RFC 3339 UTC. */
  readonly madeAt: string
  /** `borgboi 2.0.0 on anna` */
  readonly madeBy: string
  readonly name: RepoName
  readonly borgId: string
  readonly encryption: string
  /** The repository. */
  readonly path: string
  readonly sources: readonly string[]
  /** Where it is copied to. */
  readonly vault?: { readonly url: string; readonly endpoint?: string; readonly region?: string }
  /** Absent for a repository without encryption. */
  readonly key?: KitKey
  readonly passphrase?: Secret
  /** Where it is kept, for people, when it is not in the kit. */
  readonly passphrasePlace?: string
}

/** What a kit relies on. */
export interface KitFacts {
  readonly path: string
  /** The address of the vault; absent where it is copied nowhere. */
  readonly vault?: string
  /** The SHA-256 of the exported key; absent without encryption, or where nobody could look. */
  readonly key?: string
}

/** What a record remembers of a kit. */
export interface KitRecord extends KitFacts {
  readonly madeAt: string
  readonly withPassphrase?: true
}

export interface KitState {
  readonly madeAt: string
  readonly withPassphrase: boolean
  /** Why a new one is due; empty where it holds. */
  readonly stale: readonly string[]
}

/** In the order they were made. */
export function statesOfKits(kits: readonly KitRecord[], now: KitFacts): readonly KitState[] {
  return kits.map((kit) => ({
    madeAt: kit.madeAt,
    withPassphrase: kit.withPassphrase ?? false,
    stale: staleReasons(kit, now),
  }))
}

/** Older kits are forgotten: whoever made ten newer ones has thrown them away. */
export const KITS_REMEMBERED = 10

/** Why a kit no longer holds, in words; empty where it does. */
export function staleReasons(kit: KitFacts, now: KitFacts): readonly string[] {
  const reasons: string[] = []
  if (kit.key !== undefined && now.key !== undefined && kit.key !== now.key) {
    reasons.push('the key or its passphrase has changed')
  }
  if (kit.path !== now.path) reasons.push(`the repository has moved to ${now.path}`)
  if (kit.vault !== now.vault) {
    reasons.push(now.vault === undefined ? 'it is no longer copied off-site' : `it is copied to ${now.vault}`)
  }
  return reasons
}
