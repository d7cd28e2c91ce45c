// `exclusions remove`: takes a pattern out of an exclusions file. Everything else in the file stays as it is, and a
// file with broken lines can be mended this way.

import { AppError } from '../../errors.ts'
import { type ExclusionLine, exclusionLines } from '../../model/exclusions.ts'
import { type ExclusionDeps, type ExclusionScope, type ExclusionTarget, findScope, scopeOption } from './scope.ts'

export interface RemoveExclusionInput {
  readonly target: ExclusionTarget
  /** A pattern exactly as it stands there: every line of it goes. */
  readonly pattern?: string | undefined
  /** Or the line that it stands in, counted from 1. */
  readonly line?: number | undefined
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
  const isMeant = choose(input)
  const scope = await findScope(deps, input.target)
  const path = deps.exclusions.path(scope)
  const text = (await deps.exclusions.read(scope)) ?? ''
  const removed = exclusionLines(text).filter(isMeant)
  if (removed.length === 0) {
    const what = input.line === undefined ? `"${input.pattern}"` : `line ${input.line}`
    throw new AppError('value-invalid', `did not remove ${what} from ${path}`, {
      reason: input.line === undefined ? 'no line there has that pattern' : 'that line has no pattern',
      hint: `see patterns and lines with: borgboi exclusions show ${scopeOption(scope)}`,
    })
  }
  const gone = new Set(removed.map((line) => line.line))
  const kept = linesWithEnds(text).filter((_, index) => !gone.has(index + 1))
  await deps.exclusions.write(scope, kept.join(''))
  return { scope, path, removed }
}

/** A pattern may be a number as well: which of the two is meant is said, not guessed. */
function choose({ pattern, line }: RemoveExclusionInput): (candidate: ExclusionLine) => boolean {
  if (pattern !== undefined && line === undefined) return ({ text }) => text === pattern.trim()
  if (line !== undefined && pattern === undefined) return (candidate) => candidate.line === line
  throw new AppError('usage-invalid', 'cannot tell what to remove', {
    reason: pattern === undefined ? 'neither a pattern nor --line was given' : 'both a pattern and --line were given',
    hint: "name one: a pattern as it stands there, such as '*.tmp', or --line 3",
  })
}

function linesWithEnds(text: string): readonly string[] {
  return text.split(/(?<=\n)|(?<=\r)(?!\n)/)
}
