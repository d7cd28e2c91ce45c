// `repo kit create`: what opens a repository when this machine is gone, as a text and as a page to print. The passphrase
// is tried first, so that no kit leads to a wrong one. The files are written, then the record remembers the kit.

import { join } from 'node:path'
import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, RepoTarget, ResolvedPassphrase } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { KITS_REMEMBERED, type Kit, type KitFacts, type KitKey } from '../../model/kit.ts'
import type { RepoName } from '../../model/names.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { PROGRAM_VERSION } from '../../version.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { findRecord } from '../shared/find-record.ts'
import { passphraseIfAny } from '../shared/keep-passphrase.ts'
import { kitFacts } from '../shared/kit-facts.ts'
import { accessTo, asCopy } from '../shared/open-repository.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

type CreateKitDeps = Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg' | 'kits' | 'files' | 'clock' | 'host'>

export interface CreateKitInput extends RepoTarget {
  /** An absolute directory; it need not exist. */
  readonly directory: string
  readonly withPassphrase: boolean
  readonly dryRun: boolean
  readonly passphrase: PassphraseInput
  readonly confirm: Confirm
}

export interface CreatedKit {
  readonly name: RepoName
  readonly page: string
  readonly text: string
  readonly encrypted: boolean
  readonly withPassphrase: boolean
  /** Where it is instead; absent where this machine does not keep it, or there is none. */
  readonly passphrasePlace?: string
  readonly fingerprint?: string
  readonly dryRun: boolean
}

export async function createKit(deps: CreateKitDeps, input: CreateKitInput): Promise<CreatedKit> {
  const record = await findRecord(deps, input)
  const { name } = record
  const now = deps.clock.now()
  const [page = '', text = ''] = ['html', 'txt'].map((kind) =>
    join(input.directory, `${name}-kit-${now.toISOString().slice(0, 10)}.${kind}`),
  )
  await requireNew(deps, record, [page, text])
  const passphrase = await findPassphrase(deps, record, input)
  const access = await openForKit(deps, record, passphrase)
  const key = record.encryption === 'none' ? undefined : await exportKey(deps, access)
  const facts = await kitFacts(deps, record, key?.file)
  const kit = await toKit(deps, { record, input, key, facts, passphrase })
  const created = {
    ...{ name, page, text, encrypted: key !== undefined, withPassphrase: input.withPassphrase, dryRun: input.dryRun },
    ...optional('passphrasePlace', kit.passphrasePlace),
    ...optional('fingerprint', facts.key),
  }
  if (input.dryRun) return created
  if (input.withPassphrase) {
    await requireConfirmation(input.confirm, {
      action: `write the passphrase of ${name} into its recovery kit`,
      consequences: [
        'whoever gets hold of the kit can read every backup, on this machine and off-site',
        'another passphrase later does not take that back for copies made before',
      ],
    })
  }
  const rendered = await deps.kits.render(kit)
  await write(deps, record, text, rendered.text)
  await write(deps, record, page, rendered.page)
  const made = { ...facts, madeAt: kit.madeAt, ...optional('withPassphrase', input.withPassphrase || undefined) }
  await deps.repos.update(name, (current) => ({
    ...current,
    kits: [...(current.kits ?? []), made].slice(-KITS_REMEMBERED),
  }))
  return created
}

async function requireNew(deps: CreateKitDeps, record: RepoRecord, files: readonly string[]): Promise<void> {
  for (const file of files) if ((await deps.files.kind(file)) !== undefined) throw taken(record, file)
}

function taken({ name }: RepoRecord, file: string): AppError {
  return new AppError('file-unusable', `did not write a recovery kit of ${name}`, {
    reason: `${file} is there already`,
    hint: 'move it away, or name another directory with --to DIR',
  })
}

/** @throws AppError `usage-invalid`, `passphrase-missing` where it is to be in the kit and is not to be had */
async function findPassphrase(
  deps: CreateKitDeps,
  record: RepoRecord,
  { withPassphrase, passphrase }: CreateKitInput,
): Promise<ResolvedPassphrase | undefined> {
  if (record.encryption !== 'none') {
    if (withPassphrase) return await deps.passphrases.resolveExisting(record, passphrase)
    return await passphraseIfAny(deps, record, passphrase)
  }
  if (!withPassphrase) return undefined
  throw new AppError('usage-invalid', `there is no passphrase to write into the kit of ${record.name}`, {
    reason: 'its repository is not encrypted',
    hint: 'leave --with-passphrase out',
  })
}

/** @throws AppError `passphrase-wrong`, `repository-moved` */
async function openForKit(
  deps: CreateKitDeps,
  record: RepoRecord,
  passphrase: ResolvedPassphrase | undefined,
): Promise<RepositoryAccess> {
  const plain = await accessTo(deps, record.path, passphrase)
  const access = record.readOnly ? await asCopy(deps, record.name, plain) : plain
  const canOpen = passphrase !== undefined || record.encryption === 'none'
  const id = canOpen ? (await deps.borg.info(access)).id : await deps.borg.repositoryId(access)
  requireSameRepository(record, id, 'no kit was made')
  return access
}

async function exportKey(deps: CreateKitDeps, access: RepositoryAccess): Promise<KitKey> {
  const file = await deps.borg.exportKey(access, 'file')
  return { file, paper: await deps.borg.exportKey(access, 'paper') }
}

interface Parts {
  readonly record: RepoRecord
  readonly input: CreateKitInput
  readonly key: KitKey | undefined
  readonly facts: KitFacts
  readonly passphrase: ResolvedPassphrase | undefined
}

async function toKit(deps: CreateKitDeps, { record, input, key, facts, passphrase }: Parts): Promise<Kit> {
  const { vaults, aws } = await deps.config.load()
  const vault = record.vault === undefined ? undefined : vaults[record.vault]
  const { name, borgId, encryption, path, sources } = record
  const region = vault?.url.startsWith('s3:') ? (vault.region ?? aws.region) : undefined
  return {
    madeAt: `${deps.clock.now().toISOString().slice(0, 19)}Z`,
    madeBy: `borgboi ${PROGRAM_VERSION} on ${deps.host.hostname}`,
    ...{ name, borgId, encryption, path, sources },
    ...optional('key', key),
    ...(input.withPassphrase
      ? optional('passphrase', passphrase?.secret)
      : optional('passphrasePlace', placeOf(deps, passphrase))),
    ...(facts.vault === undefined
      ? {}
      : { vault: { url: facts.vault, ...optional('endpoint', vault?.endpoint), ...optional('region', region) } }),
  }
}

function placeOf(deps: CreateKitDeps, passphrase: ResolvedPassphrase | undefined): string | undefined {
  if (passphrase === undefined) return undefined
  return passphrase.file ?? (passphrase.origin === 'config' ? deps.config.path : undefined)
}

async function write(deps: CreateKitDeps, record: RepoRecord, file: string, text: string): Promise<void> {
  if (!(await deps.files.createPrivateFile(file, text))) throw taken(record, file)
}
