// Whether a directory can be backed up into a repository, when it is recorded.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isInside, isRemote } from '../../model/location.ts'
import { refuse } from '../../model/validate.ts'

/** Both absolute. @throws AppError `source-missing`, `value-invalid` */
export async function requireSource(
  deps: Pick<Deps, 'files' | 'sourceTrees'>,
  source: string,
  repositoryPath: string,
): Promise<void> {
  await requireSourceThere(deps, source)
  if (isRemote(repositoryPath) || !isInside(repositoryPath, source)) return
  refuse(
    'repository path',
    repositoryPath,
    `it lies inside the source ${source}: every backup would swallow the ones before it`,
    'put the repository somewhere else, best on another disk',
  )
}

/** @throws AppError `source-missing`, `value-invalid` where it is a link */
export async function requireSourceThere(deps: Pick<Deps, 'files' | 'sourceTrees'>, source: string): Promise<void> {
  if ((await deps.files.kind(source)) === undefined) {
    throw new AppError('source-missing', `cannot back up ${source}`, {
      reason: 'it does not exist',
      hint: 'check the path',
    })
  }
  const real = await behindLink(deps, source)
  if (real !== undefined) refuse('source', source, LINK, `name what it leads to: ${real}`)
}

export const LINK = 'it is a link: Borg would store the link, and nothing of what it leads to'

/** Where a source leads that is a link itself; links on the way to it do no harm. */
export async function behindLink(deps: Pick<Deps, 'sourceTrees'>, source: string): Promise<string | undefined> {
  const entry = await deps.sourceTrees.entry(source)
  return entry?.kind === 'link' ? await deps.sourceTrees.realPath(source) : undefined
}
