// `repo kit verify`: opens the repository with nothing but what stands in a kit, and says whether the kit still holds.
// Needs no record and no home; nothing in the repository, of what Borg knows here, or in the record changes.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { Archive } from '../../model/archive.ts'
import { type Kit, type KitFacts, staleReasons } from '../../model/kit.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { exportedKeyIfAny, kitFacts } from '../shared/kit-facts.ts'
import { accessTo } from '../shared/open-repository.ts'
import { type KitInput, passphraseOf, requirePassphrase } from '../shared/recovery-kit.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

type VerifyKitDeps = Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg' | 'kits'>

export interface VerifyKitInput extends KitInput {
  /** Where the repository is now, if not where the kit says. */
  readonly path?: string | undefined
}

export interface VerifiedKit {
  readonly name: string
  readonly file: string
  readonly madeAt: string
  /** Where it was opened. */
  readonly path: string
  /** With what: the key of the kit, or that of the repository, which is the same unless `stale` says otherwise. */
  readonly openedWith: 'key' | 'own-key' | 'nothing'
  readonly passphraseFrom: 'kit' | 'given' | 'none'
  readonly archives: number
  readonly newest?: Archive
  /** Why a new kit is due; empty where this one holds. */
  readonly stale: readonly string[]
  readonly vault?: string
}

export async function verifyKit(deps: VerifyKitDeps, input: VerifyKitInput): Promise<VerifiedKit> {
  const kit = await deps.kits.read(input.file)
  const record = (await deps.repos.getByBorgId(kit.borgId)).find(({ readOnly }) => !readOnly)
  const path = input.path ?? kit.path
  const plain = await accessTo(deps, path, undefined)
  const idThere = await deps.borg.repositoryId(plain)
  if (idThere === undefined && input.path === undefined) requireNotMoved(kit, record)
  requireSameRepository({ path, borgId: kit.borgId }, idThere, 'nothing was opened')
  const passphrase = await passphraseOf(deps, kit, input)
  requirePassphrase(kit, passphrase)
  await requireUnlocked(deps, plain)
  const access = await accessTo(deps, path, passphrase)
  const { id, archives, usedKey } = await deps.borg.openWithKey(access, kit.encryption, kit.key?.file)
  requireSameRepository({ path, borgId: kit.borgId }, id, 'nothing was changed')
  return {
    ...{ name: kit.name, file: input.file, madeAt: kit.madeAt, path },
    passphraseFrom: passphrase === undefined ? 'none' : passphrase.origin === 'kit' ? 'kit' : 'given',
    openedWith: usedKey ? 'key' : kit.key === undefined ? 'nothing' : 'own-key',
    archives: archives.length,
    ...optional('newest', archives.at(-1)),
    stale: staleReasons(await factsOf(deps, kit), await factsNow(deps, kit, record, plain)),
    ...optional('vault', kit.vault?.url),
  }
}

/** It is looked at without a lock: that is only safe where nobody writes. @throws AppError `locked` */
async function requireUnlocked(deps: VerifyKitDeps, access: RepositoryAccess): Promise<void> {
  const holder = access.path.startsWith('/') ? await deps.borg.lockedBy(access) : undefined
  if (holder === undefined || holder.state === 'gone') return
  throw new AppError('locked', `did not open the repository at ${access.path}`, {
    reason: `it is locked by ${holder.description}`,
    hint: 'run the same command again when that has ended',
  })
}

async function factsOf(deps: VerifyKitDeps, { path, vault, key }: Kit): Promise<KitFacts> {
  return {
    path,
    ...optional('vault', vault?.url),
    ...optional('key', key && (await deps.kits.fingerprint(key.file))),
  }
}

/** As the record of this machine has it; where there is none, nobody can tell where it is copied to. */
async function factsNow(
  deps: VerifyKitDeps,
  { encryption, vault }: Kit,
  record: RepoRecord | undefined,
  access: RepositoryAccess,
): Promise<KitFacts> {
  const now = await kitFacts(deps, record ?? access, await exportedKeyIfAny(deps, encryption, access))
  return record === undefined ? { ...now, ...optional('vault', vault?.url) } : now
}

/** @throws AppError `repository-missing` */
function requireNotMoved({ name, path }: Kit, record: RepoRecord | undefined): void {
  if (record === undefined || record.path === path) return
  throw new AppError('repository-missing', `there is no Borg repository at ${path}, where the kit of ${name} has it`, {
    reason: `it has moved to ${record.path}: the kit is stale`,
    hint: `make a new one with: borgboi repo kit create --name ${record.name}; or see whether its key still fits: --path ${record.path}`,
  })
}
