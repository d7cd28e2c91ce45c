// Copies that were restored or pulled without taking over: read from, never written to.

import { AppError } from '../../errors.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** @throws AppError `repo-read-only` */
export function requireWritable(record: RepoRecord): void {
  if (!record.readOnly) return
  throw new AppError('repo-read-only', `${record.name} may only be read`, {
    reason: `${record.path} is a copy, and the machine it comes from may still back up: Borg is not safe with two writers`,
    hint: `when that machine no longer does, take over with: borgboi s3 promote --name ${record.name}`,
  })
}
