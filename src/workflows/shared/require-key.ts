// Repositories without encryption have no key and no passphrase.

import { AppError } from '../../errors.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** @throws AppError `usage-invalid` */
export function requireKey({ name, encryption }: RepoRecord): void {
  if (encryption !== 'none') return
  throw new AppError('usage-invalid', `${name} has no key`, {
    reason: 'its repository is not encrypted',
    hint: 'there is nothing to export or to change',
  })
}
