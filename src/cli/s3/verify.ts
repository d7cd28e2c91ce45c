// `borgboi s3 verify`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { instantIfAny, OffsiteCommand, VAULT_EXITS, vaultAsOfOption } from '../vault-options.ts'

export class S3VerifyCommand extends OffsiteCommand {
  static override paths = [['s3', 'verify']]
  static override usage = usage({
    category: 'Off-site',
    description: 'prove that what a vault holds is there, is right, and restores',
    details:
      'Level 1: every object is there with its size. 2: the checksums that the vault keeps agree. 3: the bytes, downloaded. ' +
      '4: a generation is restored into a scratch directory and Borg checks it there. The level and its date are kept with ' +
      'the generation, unless the bucket is read as it was.',
    examples: [
      ['Is everything there?', '$0 s3 verify --name docs'],
      ['The bytes, a thirtieth of them every day', '$0 s3 verify --name docs --level 3 --sample 7/30'],
      ['A restore that reads all data', '$0 s3 verify --name docs --level 4 --verify-data'],
    ],
    exits: [EXIT.warnings, EXIT.passphrase, ...VAULT_EXITS],
  })

  level = Option.String('--level', '1', { description: '1, 2, 3 or 4 (default 1)' })
  sample = Option.String('--sample', { description: 'levels 2 and 3: only the n-th of t parts, such as 7/30' })
  generation = Option.String('--generation', { description: 'only this one (default: all; level 4: the newest)' })
  scratch = Option.String('--scratch', { description: 'level 4: where there is room for it (default: here)' })
  verifyData = Option.Boolean('--verify-data', false, {
    description: 'level 4: also read all data; needs the passphrase',
  })
  passphraseFile = Option.String('--passphrase-file', { description: 'with --verify-data: read it from this file' })
  vaultAsOf = vaultAsOfOption()

  async run(app: App, output: Output) {
    const { verifyData } = this
    const report = await app.orchestrator.s3.verify({
      ...this.offsite(),
      vaultAsOf: instantIfAny(this.vaultAsOf),
      level: toLevel(this.level),
      sample: toSample(this.sample),
      generation: toNumber('--generation', this.generation, 1),
      scratch: this.scratch === undefined ? undefined : this.absolute(this.scratch),
      workingDirectory: this.context.cwd,
      verifyData,
      passphrase: { file: this.passphraseFile === undefined ? undefined : this.absolute(this.passphraseFile) },
    })
    return output.runs([report])
  }
}

function toLevel(level: string): 1 | 2 | 3 | 4 {
  const found = ([1, 2, 3, 4] as const).find((known) => String(known) === level)
  if (found !== undefined) return found
  throw new AppError('usage-invalid', `--level ${level} is not usable`, {
    reason: 'there is no such level',
    hint: 'use --level 1, 2, 3 or 4',
  })
}

function toSample(sample: string | undefined): { readonly part: number; readonly of: number } | undefined {
  if (sample === undefined) return undefined
  const [part = 0, of = 0] = /^\d{1,6}\/\d{1,6}$/.test(sample) ? sample.split('/').map(Number) : []
  if (part >= 1 && part <= of) return { part, of }
  throw new AppError('usage-invalid', `--sample ${sample} is not usable`, {
    reason: 'it is not one part of so many',
    hint: 'write it like --sample 1/30, the next day 2/30, up to 30/30',
  })
}
