// Copies that were restored or pulled without taking over: read from, never written to.

import { AppError } from '../../errors.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** @throws AppError `repo-read-only` */
export function requireWritable(record: RepoRecord): void {
  if (!record.readOnly) return
  throw new AppError('repo-read-only', `${record.name} may only be read`, {
    reason: `${record.path} is a copy, and the machine it comes from may still back up: Borg is not safe with two writers`,
    hint: `when that machine is gone for good, restore it again with: borgboi s3 restore --writable`,
  })
}
