// Whether a directory can be backed up into a repository, when it is recorded.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isInside, isRemote } from '../../model/location.ts'
import { refuse } from '../../model/validate.ts'

/** Both absolute. @throws AppError `source-missing`, `value-invalid` */
export async function requireSource(deps: Pick<Deps, 'files'>, source: string, repositoryPath: string): Promise<void> {
  await requireSourceThere(deps, source)
  if (isRemote(repositoryPath) || !isInside(repositoryPath, source)) return
  refuse(
    'repository path',
    repositoryPath,
    `it lies inside the source ${source}: every backup would swallow the ones before it`,
    'put the repository somewhere else, best on another disk',
  )
}

/** @throws AppError `source-missing` */
export async function requireSourceThere(deps: Pick<Deps, 'files'>, source: string): Promise<void> {
  if ((await deps.files.kind(source)) !== undefined) return
  throw new AppError('source-missing', `cannot back up ${source}`, {
    reason: 'it does not exist',
    hint: 'check the path given with --source',
  })
}
