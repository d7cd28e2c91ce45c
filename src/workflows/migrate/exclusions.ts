// Exclusions files of BorgBoi 1.x, copied to where borgboi looks for them. A file that is there is never overwritten.

import { usableExclusions } from '../../model/exclusions.ts'
import type { RepoName } from '../../model/names.ts'
import type { Migrating } from './migrating.ts'

export type CopiedExclusions = 'copied' | 'kept' | 'none'

/** `repo` undefined: those for all repos. @throws AppError `disk-full`, `file-denied`, `file-unusable` */
export async function copyExclusions(
  { exclusions, exclusionsFound, findings, isFirst, dryRun }: Migrating,
  repo: { readonly name: RepoName; readonly former: string } | undefined,
): Promise<CopiedExclusions> {
  const scope = repo?.name ?? 'shared'
  const [found, ...others] = exclusionsFound.filter((file) => file.repo === repo?.former)
  if (found === undefined) return 'none'
  const tell = (subject: string, message: string, hint: string) =>
    void findings.push({ level: 'warning', subject, message, hint })
  const { text, refused } = usableExclusions(found.text)
  const there = await exclusions.read(scope)
  const edit = `edit ${exclusions.path(scope)}`
  if (there !== undefined) {
    if (isFirst && there !== text) {
      tell(
        found.file,
        `differs from ${exclusions.path(scope)}, which stays as it is`,
        `${edit} if patterns are missing`,
      )
    }
    return 'kept'
  }
  for (const { line, reason } of refused) {
    tell(found.file, `line ${line} is copied as a comment, without effect: ${reason}`, edit)
  }
  for (const { file } of others.filter((other) => other.text !== found.text)) {
    tell(file, `differs from ${found.file}, which is taken`, `${edit} if patterns are missing`)
  }
  if (repo === undefined && exclusionsFound.some((file) => file.repo !== undefined)) {
    tell(found.file, 'holds for every repo from now on, beside its own exclusions', 'borgboi exclusions show')
  }
  if (!dryRun) await exclusions.write(scope, text)
  return 'copied'
}
