// Commands that reach a vault: how it is named, and what S3 needs besides.

import { Option } from 'clipanion'
import type { PassphraseInput } from '../deps.ts'
import { AppError, EXIT } from '../errors.ts'
import { parseInstant } from '../model/instant.ts'
import type { OffsiteTarget } from '../workflows/offsite/target.ts'
import type { VaultChoice } from '../workflows/shared/open-vault.ts'
import type { KitChoice } from '../workflows/shared/recovery-kit.ts'
import { BaseCommand } from './base-command.ts'
import type { Output } from './output/output.ts'
import { pathFrom } from './target-command.ts'

/** Exit codes of every command that reaches a vault. */
export const VAULT_EXITS = [EXIT.locked, EXIT.damage, EXIT.prerequisite, EXIT.interrupted] as const

/** What stands above the configuration, or is all there is on a bare machine. */
export abstract class VaultSettingsCommand extends BaseCommand {
  endpoint = Option.String('--endpoint', { description: 'the address of an S3 server that is not AWS' })
  region = Option.String('--region', { description: 'the region of the bucket' })
  profile = Option.String('--profile', { description: 'the profile of the AWS credentials' })
  virtualStyle = Option.Boolean('--virtual-style', { description: 'write bucket.host instead of host/bucket' })

  protected vaultSettings(): Omit<VaultChoice, 'vault'> {
    const { endpoint, region, profile, virtualStyle } = this
    return { endpoint, region, profile, virtualStyle }
  }

  protected kitChoice(kit: string | undefined, output: Output): KitChoice | undefined {
    if (kit === undefined) return undefined
    return { file: this.absolute(kit), ask: (question) => output.askHidden(question) }
  }
}

/** Of commands that can read a bucket as it was. */
export function vaultAsOfOption() {
  return Option.String('--vault-as-of', {
    description: 'read the bucket as it was then, before it was damaged; it has to keep versions',
  })
}

export function instantIfAny(value: string | undefined): Date | undefined {
  return value === undefined ? undefined : parseInstant(value)
}

/** Commands about a copy: of a recorded repo, or with --from of whatever is in a vault. */
export abstract class OffsiteCommand extends VaultSettingsCommand {
  from = Option.String('--from', { description: 'a vault by name or address; without it the one of the repo' })
  repoName = Option.String('--name,-n', { description: 'the repo by name; with --from, as it is called in the vault' })
  repoPath = Option.String('--path,-p', { description: "the repo by its repository's path" })

  protected offsite(): OffsiteTarget {
    const path = pathFrom(this.repoPath, this.context.cwd)
    return { ...this.vaultSettings(), vault: this.from, name: this.repoName, path }
  }
}

/** Of commands that open a copy with what a recovery kit says. */
export function kitOption() {
  return Option.String('--kit', {
    description: 'open it with this recovery kit (the .txt), whose vault is the one to look into without --from',
  })
}

/** Commands that bring a repository to this machine. */
export abstract class FetchCommand extends VaultSettingsCommand {
  to = Option.String('--to', { required: true, description: 'the directory it comes to' })
  repoName = Option.String('--name,-n', { description: 'what it is called in the vault; not needed for the only one' })
  recordAs = Option.String('--as', { description: 'what it is called on this machine (default: as in the vault)' })
  sources = Option.Array('--source,--backup-target,-b', [], {
    description: 'a directory that is backed up into it here, once it may be written to; give it again for more',
  })
  noRegister = Option.Boolean('--no-register', false, { description: 'make no record of it' })
  passphraseFile = Option.String('--passphrase-file', { description: 'keep this as the file of its passphrase' })

  /** @throws AppError `usage-invalid` for what only a record could hold, without one */
  protected fetching() {
    if (this.noRegister && (this.sources.length > 0 || this.passphraseFile !== undefined)) {
      throw new AppError('usage-invalid', 'cannot keep that without a record', {
        reason: '--source or --passphrase-file was given together with --no-register',
        hint: 'leave --no-register out, or the other',
      })
    }
    const passphrase: PassphraseInput = {
      file: this.passphraseFile === undefined ? undefined : this.absolute(this.passphraseFile),
    }
    return {
      ...this.vaultSettings(),
      directory: this.absolute(this.to),
      name: this.repoName,
      recordAs: this.recordAs,
      sources: this.sources.map((source) => this.absolute(source)),
      register: !this.noRegister,
      passphrase,
    }
  }
}
