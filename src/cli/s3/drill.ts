// `borgboi s3 drill`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import { DRILL_OPTIONS, toSampleSize } from '../drill-options.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { instantIfAny, kitOption, OffsiteCommand, VAULT_EXITS, vaultAsOfOption } from '../vault-options.ts'

export class S3DrillCommand extends OffsiteCommand {
  static override paths = [['s3', 'drill']]
  static override usage = usage({
    category: 'Off-site',
    description: 'try a restore with nothing but the vault and the passphrase, or a recovery kit',
    details:
      'As on the day this machine is gone: a generation is restored whole into a scratch directory, a Borg with a home of ' +
      'its own takes files out of it, and they are compared with the source where that is on this machine and has not ' +
      'changed. With --kit, key and passphrase are those of the kit, and none that this machine keeps. Nothing stays but ' +
      'the evidence: in the vault as level 4, and for a repo of this machine in borgboi status; of the bucket as it was, none.',
    examples: [
      ['The newest generation of a repo', '$0 s3 drill --name docs'],
      [
        'On any machine, with the passphrase from a safe place',
        '$0 s3 drill --from s3://acme-backups/borg --name docs --passphrase-file /run/docs.key --scratch /mnt/big',
      ],
      ['With the recovery kit, key and all', '$0 s3 drill --kit docs-kit-2026-11-20.txt --scratch /mnt/big'],
    ],
    exits: [EXIT.warnings, EXIT.passphrase, ...VAULT_EXITS],
  })

  archive = DRILL_OPTIONS.archive()
  sample = DRILL_OPTIONS.sample()
  seed = DRILL_OPTIONS.seed()
  kit = kitOption()
  generation = Option.String('--generation', { description: 'this one (default: the newest)' })
  vaultAsOf = vaultAsOfOption()
  scratch = Option.String('--scratch', { description: 'where there is room for the repository (default: here)' })
  passphraseFile = Option.String('--passphrase-file', { description: 'read the passphrase from this file' })

  async run(app: App, output: Output) {
    const { archive, seed } = this
    const report = await app.orchestrator.s3.drill({
      ...this.offsite(),
      vaultAsOf: instantIfAny(this.vaultAsOf),
      ...{ archive, seed },
      sample: toSampleSize(this.sample),
      generation: toNumber('--generation', this.generation, 1),
      scratch: this.absolute(this.scratch ?? '.'),
      kit: this.kitChoice(this.kit, output),
      passphrase: { file: this.passphraseFile === undefined ? undefined : this.absolute(this.passphraseFile) },
    })
    return output.runs([report])
  }
}
