// What a recovery kit of a repo would rely on now. Nobody else compares kits with what has become of their repo.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { type KitFacts, type KitState, statesOfKits } from '../../model/kit.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'

export type KitDeps = Pick<Deps, 'config' | 'borg' | 'kits'>
type Subject = Pick<RepoRecord, 'path' | 'vault'>

/** How the remembered kits of a repo stand; asks Borg for nothing where there is none. */
export async function kitStates(
  deps: KitDeps,
  record: RepoRecord,
  access: RepositoryAccess,
): Promise<readonly KitState[]> {
  const kits = record.kits ?? []
  if (kits.length === 0) return []
  return statesOfKits(kits, await kitFacts(deps, record, await exportedKeyIfAny(deps, record.encryption, access)))
}

/** `key`: as Borg exports it; undefined where there is none, or none on this machine. */
export async function kitFacts(deps: KitDeps, record: Subject, key: string | undefined): Promise<KitFacts> {
  const { vaults } = await deps.config.load()
  const vault = record.vault === undefined ? undefined : (vaults[record.vault]?.url ?? record.vault)
  return {
    path: record.path,
    ...optional('vault', vault),
    ...optional('key', key === undefined ? undefined : await deps.kits.fingerprint(key)),
  }
}

/** Needs no passphrase. */
export async function exportedKeyIfAny(
  deps: KitDeps,
  encryption: string,
  access: RepositoryAccess,
): Promise<string | undefined> {
  if (encryption === 'none') return undefined
  try {
    return await deps.borg.exportKey(access, 'file')
  } catch (error) {
    if (error instanceof AppError && error.code === 'key-missing') return undefined
    throw error
  }
}
