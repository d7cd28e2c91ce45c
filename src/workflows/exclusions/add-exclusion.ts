// `exclusions add`: one more pattern at the end of an exclusions file, which is made when it is missing. Everything that
// is in the file stays as it is.

import { type ExclusionPattern, exclusionLines, parseExclusionPattern } from '../../model/exclusions.ts'
import { type ExclusionDeps, type ExclusionScope, type ExclusionTarget, findScope, withLine } from './scope.ts'

export interface AddExclusionInput {
  readonly target: ExclusionTarget
  readonly pattern: string
}

export interface AddExclusionResult {
  readonly scope: ExclusionScope
  readonly path: string
  readonly pattern: ExclusionPattern
  /** False: it was there already, and nothing was written. */
  readonly added: boolean
  /** Where it stands, counted from 1. */
  readonly line: number
}

/** @throws AppError `value-invalid`, `usage-invalid`, `repo-unknown` */
export async function addExclusion(deps: ExclusionDeps, input: AddExclusionInput): Promise<AddExclusionResult> {
  const pattern = parseExclusionPattern(input.pattern)
  const scope = await findScope(deps, input.target)
  const path = deps.exclusions.path(scope)
  const text = (await deps.exclusions.read(scope)) ?? ''
  const present = exclusionLines(text).find((line) => line.text === pattern)
  if (present) return { scope, path, pattern, added: false, line: present.line }
  const added = withLine(text, pattern)
  await deps.exclusions.write(scope, added)
  return { scope, path, pattern, added: true, line: exclusionLines(added).at(-1)?.line ?? 1 }
}
