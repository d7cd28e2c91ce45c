// What a recovery kit opens: the passphrase that goes with it, and a copy whose key it has. The key in the kit is put in
// only where the copy's own does not do, and never over one that this user's Borg keeps.

import { join } from 'node:path'
import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, ResolvedPassphrase } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { StepHandlers } from '../../model/events.ts'
import type { Kit } from '../../model/kit.ts'
import type { Secret } from '../../model/secret.ts'
import { exportedKeyIfAny } from './kit-facts.ts'

export interface KitChoice {
  /** The text of a kit: an absolute path. */
  readonly file: string
  /** Asks a person for the passphrase of a kit that has none; undefined where nobody can be asked. */
  readonly ask: (question: string) => Promise<Secret | undefined>
}

export interface KitInput extends KitChoice {
  /** Goes before the one in the kit. */
  readonly passphrase: PassphraseInput
}

/** A kit, and the passphrase for it; without one, nobody could be asked, or the repository is not encrypted. */
export interface KitAtHand {
  readonly kit: Kit
  readonly file: string
  readonly passphrase: ResolvedPassphrase | undefined
}

/** @throws AppError `file-unusable`, `file-denied`, `passphrase-file-unusable` */
export async function readKit(deps: Pick<Deps, 'kits' | 'passphrases'>, input: KitInput): Promise<KitAtHand> {
  const kit = await deps.kits.read(input.file)
  return { kit, file: input.file, passphrase: await passphraseOf(deps, kit, input) }
}

/** Undefined where there is none, and nobody could be asked. @throws AppError `passphrase-file-unusable` */
export async function passphraseOf(
  deps: Pick<Deps, 'passphrases'>,
  kit: Kit,
  { passphrase, ask }: Omit<KitInput, 'file'>,
): Promise<ResolvedPassphrase | undefined> {
  if (kit.key === undefined) return undefined
  const { value, file, fd } = passphrase
  const isGiven = value !== undefined || file !== undefined || fd !== undefined
  if (isGiven) return await deps.passphrases.resolveExisting(kit, passphrase)
  if (kit.passphrase !== undefined) return { secret: kit.passphrase, origin: 'kit' }
  const typed = await ask(`passphrase for ${kit.name} (hidden)`)
  return typed && { secret: typed, origin: 'terminal' }
}

/** @throws AppError `passphrase-missing` */
export function requirePassphrase({ name, key }: Kit, passphrase: ResolvedPassphrase | undefined): void {
  if (passphrase !== undefined || key === undefined) return
  throw new AppError('passphrase-missing', `cannot open ${name} with its kit alone`, {
    reason: 'the kit has no passphrase, and none was given',
    hint: 'give it with --passphrase-file FILE, or run it on a terminal and type it in',
  })
}

/** @throws AppError `file-unusable` */
export function requireKitOf(
  { kit, file }: KitAtHand,
  { name, borgId }: { readonly name: string; readonly borgId: string },
): void {
  if (borgId === kit.borgId) return
  const [ofKit, ofRepository] = [kit.borgId, borgId].map((id) => id.slice(0, ID_SHOWN))
  throw new AppError('file-unusable', `cannot open ${name} with ${file}`, {
    reason: `it is the kit of another repository: ${kit.name} (${ofKit}), not ${name} (${ofRepository})`,
    hint: `take a kit of ${name}; with this one leave --name and --path out, and name its vault with --from`,
  })
}

const ID_SHOWN = 12

type OpenDeps = Pick<Deps, 'borg' | 'kits' | 'files' | 'config'>

/**
 * Makes sure that a restored copy opens, and says with which key. `scratch`: an existing directory, for a moment.
 * @throws AppError `passphrase-wrong`; `passphrase-missing` where `access` has none, the key being in place then
 */
export async function openWithKit(
  deps: OpenDeps,
  access: RepositoryAccess,
  { kit, file }: KitAtHand,
  scratch: string,
  { onWarning }: StepHandlers,
): Promise<string> {
  const { key, encryption, name } = kit
  if (key === undefined) {
    await deps.borg.info(access)
    return 'it is not encrypted'
  }
  const own = await exportedKeyIfAny(deps, encryption, access)
  const isOther = own !== undefined && (await deps.kits.fingerprint(own)) !== (await deps.kits.fingerprint(key.file))
  if (isOther) {
    const message = `the key of ${name} has another passphrase in the kit than in the copy: if the kit is the older one, make a new one`
    onWarning?.({ kind: 'off-site', message })
  }
  if (own !== undefined) {
    const refusal = await refusalOf(deps, access)
    if (refusal === undefined) return 'with its own key'
    // A key in a file is that of this user's Borg, which may be backing up with it.
    if (!isOther || encryption.startsWith('keyfile')) throw doesNotOpen(kit, file, access, refusal)
  }
  await importKey(deps, access, key.file, scratch)
  const refusal = await refusalOf(deps, access)
  if (refusal !== undefined) throw doesNotOpen(kit, file, access, refusal)
  return 'with the key of the kit'
}

async function importKey({ borg, files }: OpenDeps, access: RepositoryAccess, key: string, scratch: string) {
  const directory = await files.makeStaging(scratch)
  try {
    const file = join(directory, 'key')
    await files.createPrivateFile(file, key)
    await borg.importKey(access, file)
  } finally {
    await files.removeTree(directory)
  }
}

/** Undefined where it opens. */
async function refusalOf({ borg }: OpenDeps, access: RepositoryAccess): Promise<AppError | undefined> {
  try {
    await borg.info(access)
    return undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'passphrase-wrong') return error
    throw error
  }
}

function doesNotOpen({ name, madeAt }: Kit, file: string, { passphraseSource }: RepositoryAccess, cause: AppError) {
  return new AppError('passphrase-wrong', `the copy of ${name} does not open with ${file}`, {
    reason: `${passphraseSource} unlocks no key of it; the one in the kit is as it was on ${madeAt.slice(0, 10)}`,
    hint: 'give the passphrase of that time with --passphrase-file FILE, or use the newest kit',
    cause,
  })
}
