// `borgboi s3 restore`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { FetchCommand, instantIfAny, kitOption, VAULT_EXITS, vaultAsOfOption } from '../vault-options.ts'

export class S3RestoreCommand extends FetchCommand {
  static override paths = [['s3', 'restore']]
  static override usage = usage({
    category: 'Off-site',
    description: 'bring a repository back from a vault, on any machine',
    details:
      'Needs the address of the vault, or a recovery kit, and nothing on this machine. A kit brings the key, and the ' +
      'passphrase where it has that: what this machine does not have yet of the two is kept. Every byte is verified before ' +
      'the directory gets its name; cut off, the same command goes on. The copy may only be read, unless --writable takes ' +
      'over from the machine that wrote before.',
    examples: [
      ['On a bare machine', '$0 s3 restore --from s3://acme-backups/borg --to /srv/borg/docs'],
      [
        'With the recovery kit, which knows where it is',
        '$0 s3 restore --kit docs-kit-2026-11-20.txt --to /srv/borg/docs',
      ],
      ['As it was at the end of a day', '$0 s3 restore --from nas --to ./then --as-of 2026-11-01 --no-register'],
      ['Before an attack on the bucket', '$0 s3 restore --from s3main --to ./then --vault-as-of 2026-11-01T12:00:00Z'],
      [
        'Go on backing up here',
        '$0 s3 restore --from s3main --to /srv/borg/docs --source /home/anna/Documents --writable',
      ],
    ],
    exits: [EXIT.warnings, ...VAULT_EXITS],
  })

  from = Option.String('--from', { description: 'the vault, by address or name; not needed with --kit' })
  kit = kitOption()
  generation = Option.String('--generation', { description: 'this generation instead of the newest' })
  asOf = Option.String('--as-of', { description: 'the newest one of this time or before' })
  vaultAsOf = vaultAsOfOption()
  expect = Option.String('--expect', { description: 'refuse any other than this, as s3 describe tells: SEQ:SHA256' })
  withoutIndex = Option.Boolean('--without-index', false, {
    description: "leave out Borg's index files that the vault lost or damaged; Borg makes them anew",
  })
  writable = Option.Boolean('--writable', false, { description: 'back up into it here; fences off who did before' })

  async run(app: App, output: Output) {
    const { expect, writable, withoutIndex } = this
    const generation = toNumber('--generation', this.generation, 1)
    const [asOf, vaultAsOf] = [instantIfAny(this.asOf), instantIfAny(this.vaultAsOf)]
    const choice = { generation, asOf, vaultAsOf, expect, writable, withoutIndex }
    const kit = this.kitChoice(this.kit, output)
    const report = await app.orchestrator.s3.restore({ ...this.fetching(), ...choice, vault: this.from, kit })
    return output.runs([report])
  }
}
