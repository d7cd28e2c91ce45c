// `s3 restore`: a repository comes back from its vault, on a machine that needs nothing of it but the vault's address.
// Order: everything is checked; the generation is downloaded, verified and put in place by one rename; when it is to be
// written to, Borg here is told to accept it; its record is written. Cut off in between, the directory is complete or not
// there, and the same command goes on.

import type { PassphraseInput } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { Notice } from '../../model/events.ts'
import { parseRepoName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { isVaultUrl } from '../../model/vault-url.ts'
import type { GenerationChoice } from '../../replication/replication.ts'
import { requireSafeVault, type VaultChoice, withVault } from '../shared/open-vault.ts'
import { type KitAtHand, type KitChoice, readKit } from '../shared/recovery-kit.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type RegisterDeps, recordCopy, requireRecordable, UNKNOWN } from './register.ts'
import { acceptTakenOver } from './takeover.ts'
import { type OffsiteDeps, pickRepository, targetOfKit } from './target.ts'

export type RestoreRepositoryDeps = OffsiteDeps & RunDeps & RegisterDeps

export interface RestoreRepositoryInput extends Omit<VaultChoice, 'vault'>, GenerationChoice {
  /** Absent: the one that the kit names. */
  readonly vault?: string | undefined
  /** Absolute. */
  readonly directory: string
  /** In the vault: a name or the beginning of an id; not needed when there is one repository only. */
  readonly name?: string | undefined
  /** What it is called here; absent: as in the vault. */
  readonly recordAs?: string | undefined
  /** What its record says is backed up into it here: absolute. */
  readonly sources: readonly string[]
  readonly writable: boolean
  /** Borg's index files are left out where they cannot be had. */
  readonly withoutIndex: boolean
  readonly register: boolean
  readonly passphrase: PassphraseInput
  /** To find it, and to open it with. */
  readonly kit?: KitChoice | undefined
}

export async function restoreRepository(
  deps: RestoreRepositoryDeps,
  input: RestoreRepositoryInput,
): Promise<RunReport> {
  requireConsistent(input)
  const kit = input.kit && (await readKit(deps, { ...input, ...input.kit }))
  return await withVault(deps, vaultOf(input, kit), async (opened) => {
    const { vault, label } = opened
    const { directory, writable, generation, asOf, expect, withoutIndex: dropAux } = input
    const probe = writable ? await requireSafeVault(deps, opened) : undefined
    const picked = await pickRepository(deps, opened, input.name, kit)
    const { borgId } = picked
    const nameThere = parseRepoName(picked.name)
    const name = input.recordAs === undefined ? nameThere : parseRepoName(input.recordAs)
    if (input.register) await requireRecordable(deps, { ...input, name, path: directory, borgId, readOnly: !writable })

    const { conditionalWrites } = probe ?? {}
    const wanted = { borgId, directory, writable, conditionalWrites, generation, asOf, expect, dropAux }
    const subject = { name, path: directory, sources: [vault.url] }
    const report = await performRun(deps, { record: subject, workflow: 's3 restore', exclusive: true }, async (run) => {
      await run.step('restore', async (handlers) => {
        const result = await deps.replication.restore(vault, wanted, handlers)
        const { files, bytes, fetchedBytes, manifest } = result
        if (writable) await acceptTakenOver(deps, { borgId, path: directory, encryption: UNKNOWN })
        return { value: undefined, figures: { generation: manifest.seq, files, bytes, fetchedBytes } }
      })
      if (!input.register) return
      await recordCopy(deps, run, {
        ...input,
        name,
        nameThere,
        borgId,
        path: directory,
        vault: label,
        readOnly: !writable,
        kit,
      })
    })
    if (report.failure === undefined && input.register) deps.events(nextStep(name, label, input))
    return report
  })
}

const AFTER_AN_ATTACK = 'docs/recovery.md, "After an attack on the bucket"'

/** @throws AppError `usage-invalid` */
function vaultOf(input: RestoreRepositoryInput, kit: KitAtHand | undefined): VaultChoice {
  const { vault, ...choice } = targetOfKit(input, kit)
  if (vault !== undefined) return { ...choice, vault }
  throw new AppError('usage-invalid', 'cannot tell which vault is meant', {
    reason: 'neither --from nor --kit was given',
    hint: 'name the vault with --from, or a recovery kit with --kit',
  })
}

function requireConsistent({ writable, vaultAsOf, register, kit }: RestoreRepositoryInput): void {
  if (kit !== undefined && !register) {
    throw new AppError('usage-invalid', 'there is nothing to open with a kit', {
      reason: '--kit was given together with --no-register, which opens nothing',
      hint: 'leave one of them out; without --kit, --from names the vault',
    })
  }
  if (!writable || vaultAsOf === undefined) return
  throw new AppError('usage-invalid', 'cannot take over in a vault as it was', {
    reason: '--writable was given together with --vault-as-of, and what was can only be read',
    hint: `leave --writable out; how to go on from the copy in a new vault: ${AFTER_AN_ATTACK}`,
  })
}

function nextStep(name: string, label: string, { writable, vaultAsOf }: RestoreRepositoryInput): Notice {
  const notice = { type: 'notice', level: 'info' } as const
  if (!writable) {
    const hint = vaultAsOf && { hint: `to go on from it in a new vault: ${AFTER_AN_ATTACK}` }
    return { ...notice, message: `Get files back:  borgboi backup restore --name ${name}`, ...hint }
  }
  if (!isVaultUrl(label)) return { ...notice, message: `${name} is copied to ${label} again from its next backup on` }
  return {
    ...notice,
    level: 'warning',
    message: `${name} is copied nowhere yet: its vault is not in the configuration of this machine`,
    hint: `borgboi vault add offsite ${label}, then: borgboi vault use offsite --name ${name}`,
  }
}
