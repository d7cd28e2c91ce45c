// Options of commands that try a restore: how many files, which, and where they go.

import { Option } from 'clipanion'
import { AppError } from '../errors.ts'
import { SAMPLE_DEFAULT, SAMPLE_MAX } from '../model/drill.ts'
import { toNumber } from './numbers.ts'

export const DRILL_OPTIONS = {
  archive: () => Option.String('--archive,-a', 'latest', { description: 'a name, or latest (default)' }),
  sample: () =>
    Option.String('--sample', {
      description: `restore this many files at random, beside the one of every time (default ${SAMPLE_DEFAULT})`,
    }),
  seed: () => Option.String('--seed', { description: 'choose the files that an earlier drill of this seed chose' }),
}

/** @throws AppError `usage-invalid` */
export function toSampleSize(sample: string | undefined): number {
  const size = toNumber('--sample', sample, 1) ?? SAMPLE_DEFAULT
  if (size <= SAMPLE_MAX) return size
  throw new AppError('usage-invalid', `--sample ${size} is not usable`, {
    reason: `a drill takes ${SAMPLE_MAX} files at most`,
    hint: 'to have all data read and verified: borgboi backup check --verify-data',
  })
}
