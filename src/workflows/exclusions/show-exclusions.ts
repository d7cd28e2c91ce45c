// `exclusions show`: the patterns of one exclusions file with their lines; broken ones too, so that they can be found.

import { AppError } from '../../errors.ts'
import { exclusionLines, parseExclusionPattern } from '../../model/exclusions.ts'
import { type ExclusionDeps, type ExclusionScope, type ExclusionTarget, findScope } from './scope.ts'

export interface ShownExclusion {
  /** Counted from 1. */
  readonly line: number
  readonly pattern: string
  /** Why no backup can use it. */
  readonly problem?: string
}

export interface ShowExclusionsResult {
  readonly scope: ExclusionScope
  readonly path: string
  readonly exists: boolean
  readonly exclusions: readonly ShownExclusion[]
}

/** @throws AppError `usage-invalid`, `repo-unknown` */
export async function showExclusions(deps: ExclusionDeps, target: ExclusionTarget): Promise<ShowExclusionsResult> {
  const scope = await findScope(deps, target)
  const text = await deps.exclusions.read(scope)
  return {
    scope,
    path: deps.exclusions.path(scope),
    exists: text !== undefined,
    exclusions: exclusionLines(text ?? '').map((line) => toShown(line.line, line.text)),
  }
}

function toShown(line: number, pattern: string): ShownExclusion {
  try {
    return { line, pattern: parseExclusionPattern(pattern) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { line, pattern, problem: error.reason ?? error.message }
  }
}
