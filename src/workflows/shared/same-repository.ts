// Borg trusts whatever lies at a path; the record knows which repository it has to be.

import { AppError } from '../../errors.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** `repositoryId` undefined: it could not be told. `soFar`: what was done before it was noticed. @throws AppError `repository-moved` */
export function requireSameRepository(
  record: Pick<RepoRecord, 'path' | 'borgId'>,
  repositoryId: string | undefined,
  soFar: string,
): void {
  if (repositoryId === undefined || repositoryId === record.borgId) return
  throw new AppError('repository-moved', `the repository at ${record.path} is another one`, {
    reason: `its id is ${repositoryId.slice(0, 12)}…, the record says ${record.borgId.slice(0, 12)}…`,
    hint: `find out what was put there; ${soFar}`,
  })
}
