// `exclusions remove`: takes a pattern out of an exclusions file. Everything else in the file stays as it is, and a
// file with broken lines can be mended this way.

import { AppError } from '../../errors.ts'
import { type ExclusionLine, exclusionLines } from '../../model/exclusions.ts'
import { type ExclusionDeps, type ExclusionScope, type ExclusionTarget, findScope, scopeOption } from './scope.ts'

export interface RemoveExclusionInput {
  readonly target: ExclusionTarget
  /** A pattern exactly as it stands there (every line of it goes), or the number of its line, counted from 1. */
  readonly exclusion: string
}

export interface RemoveExclusionResult {
  readonly scope: ExclusionScope
  readonly path: string
  readonly removed: readonly ExclusionLine[]
}

/** @throws AppError `value-invalid` where there is no such pattern, `usage-invalid`, `repo-unknown` */
export async function removeExclusion(
  deps: ExclusionDeps,
  input: RemoveExclusionInput,
): Promise<RemoveExclusionResult> {
  const scope = await findScope(deps, input.target)
  const path = deps.exclusions.path(scope)
  const text = (await deps.exclusions.read(scope)) ?? ''
  const removed = planRemoval(exclusionLines(text), input.exclusion.trim())
  if (removed.length === 0) {
    throw new AppError('value-invalid', `did not remove "${input.exclusion}" from ${path}`, {
      reason: 'it is neither a pattern there nor the number of a line that has one',
      hint: `see patterns and lines with: borgboi exclusions show ${scopeOption(scope)}`,
    })
  }
  const gone = new Set(removed.map((line) => line.line))
  const kept = linesWithEnds(text).filter((_, index) => !gone.has(index + 1))
  await deps.exclusions.write(scope, kept.join(''))
  return { scope, path, removed }
}

/** A pattern that is itself a number means the pattern, not the line. */
function planRemoval(lines: readonly ExclusionLine[], exclusion: string): readonly ExclusionLine[] {
  const exact = lines.filter((line) => line.text === exclusion)
  return exact.length > 0 ? exact : lines.filter((line) => String(line.line) === exclusion)
}

function linesWithEnds(text: string): readonly string[] {
  return text.split(/(?<=\n)|(?<=\r)(?!\n)/)
}
