// Recording a repository that came from a vault. Borg is asked what it can tell; that it cannot open the repository yet,
// for want of the passphrase above all, is no reason not to have a record of it.

import { dirname } from 'node:path'
import type { Deps, PassphraseInput, ResolvedPassphrase } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { StepHandlers } from '../../model/events.ts'
import { archiveGlob, parseVaultName, type RepoName } from '../../model/names.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { isVaultUrl } from '../../model/vault-url.ts'
import { keepPassphrase, passphraseIfAny, unusual } from '../shared/keep-passphrase.ts'
import { accessTo, asCopy, forgetCopy } from '../shared/open-repository.ts'
import { type KitAtHand, openWithKit } from '../shared/recovery-kit.ts'
import { requireSource } from '../shared/require-source.ts'
import type { Run } from '../shared/run.ts'

export type RegisterDeps = Pick<
  Deps,
  'config' | 'repos' | 'passphrases' | 'borg' | 'kits' | 'clock' | 'host' | 'files' | 'sourceTrees'
>

export interface Copy {
  readonly name: RepoName
  /** What its archives are named after, once it is written to again. */
  readonly nameThere: RepoName
  readonly borgId: string
  /** The repository. */
  readonly path: string
  /** As `FoundVault.label`. */
  readonly vault: string
  readonly readOnly: boolean
  /** What is backed up into it here, once it may be written to: absolute. */
  readonly sources: readonly string[]
  readonly passphrase: PassphraseInput
  /** To open it with. */
  readonly kit?: KitAtHand | undefined
}

/** What a record says of a repository that nothing could be learned of yet. */
export const UNKNOWN = 'unknown'

/** @throws AppError `repo-exists`, `source-missing`, `value-invalid` */
export async function requireRecordable(
  deps: Pick<Deps, 'repos' | 'files' | 'sourceTrees'>,
  { name, path, borgId, sources, readOnly }: Pick<Copy, 'name' | 'path' | 'borgId' | 'sources' | 'readOnly'>,
): Promise<void> {
  for (const source of sources) await requireSource(deps, source, path)
  if (!readOnly) await requireNoOtherWriter(deps, borgId, `cannot record the copy as ${name}`)
  const there = (await deps.repos.get(name)) ?? (await deps.repos.getByPath(path))
  if (there === undefined) return
  throw new AppError('repo-exists', `cannot record the copy as ${name}`, {
    reason: `${there.name} at ${there.path} is recorded already`,
    hint: 'take another name with --as, or add --no-register',
  })
}

/** Copies that are only read may stand beside it; a second one to write to would end in damage. @throws AppError `repo-exists` */
export async function requireNoOtherWriter(deps: Pick<Deps, 'repos'>, borgId: string, attempt: string): Promise<void> {
  const writer = (await deps.repos.getByBorgId(borgId)).find(({ readOnly }) => !readOnly)
  if (writer === undefined) return
  throw new AppError('repo-exists', attempt, {
    reason: `${writer.name} at ${writer.path} is recorded already, and it is the same repository`,
    hint: `if that one is given up, forget its record first: borgboi repo delete --keep-repository --name ${writer.name}`,
  })
}

export async function recordCopy(deps: RegisterDeps, run: Run, copy: Copy): Promise<void> {
  const { name, borgId, path, readOnly } = copy
  await run.step('record', async (handlers) => {
    // Of an earlier copy of that name, which may have been a newer one.
    if (readOnly) await forgetCopy(deps, name)
    const passphrase = copy.kit?.passphrase ?? (await passphraseIfAny(deps, { name }, copy.passphrase))
    let isLocked = false
    const encryption = await encryptionOf(deps, copy, passphrase, handlers).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code === 'interrupted') throw error
      isLocked = passphrase === undefined && error.code === 'passphrase-missing'
      if (!isLocked) {
        const message = `Borg could not open it yet: ${error.message}${error.reason ? `: ${error.reason}` : ''}`
        handlers.onWarning({ kind: 'off-site', message })
      }
      return UNKNOWN
    })
    const opens = passphrase !== undefined && encryption !== 'none' && encryption !== UNKNOWN
    const file = opens ? await keepPassphrase(deps, name, passphrase) : undefined
    const record: RepoRecord = {
      name,
      path,
      borgId,
      encryption,
      sources: copy.sources,
      hostname: deps.host.hostname,
      createdAt: deps.clock.now().toISOString(),
      ...optional('passphraseFile', unusual(deps, name, file)),
      ...(copy.nameThere === name ? {} : { archiveGlob: archiveGlob(copy.nameThere) }),
      ...(isVaultUrl(copy.vault) ? {} : { vault: parseVaultName(copy.vault) }),
      ...(readOnly ? { readOnly: true } : {}),
    }
    await deps.repos.add(record)
    const as = `as ${name}${readOnly ? ', to be read only' : ''}`
    return {
      value: undefined,
      detail: isLocked ? `${as}; its passphrase belongs into ${deps.passphrases.path(name)}` : as,
    }
  })
}

async function encryptionOf(
  deps: RegisterDeps,
  { name, path, readOnly, kit }: Copy,
  passphrase: ResolvedPassphrase | undefined,
  handlers: StepHandlers,
): Promise<string> {
  const access = await accessTo(deps, path, passphrase)
  const opened = readOnly ? await asCopy(deps, name, access) : { ...access, trustLocation: true }
  if (kit !== undefined) await openWithKit(deps, opened, kit, dirname(path), handlers)
  return (await deps.borg.info(opened)).encryption
}
