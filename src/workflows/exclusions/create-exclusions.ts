// `exclusions create`: a new exclusions file, from given patterns, a given text, or only comments that explain it.

import { AppError } from '../../errors.ts'
import {
  type ExclusionPattern,
  exclusionLines,
  parseExclusionLines,
  parseExclusionPattern,
} from '../../model/exclusions.ts'
import {
  type ExclusionDeps,
  type ExclusionScope,
  type ExclusionTarget,
  findScope,
  scopeOption,
  withLine,
} from './scope.ts'

export interface CreateExclusionsInput {
  readonly target: ExclusionTarget
  /** The path of another exclusions file to copy; its comments are kept. */
  readonly from?: string | undefined
  readonly patterns: readonly string[]
  /** Replace a file that is there. */
  readonly force: boolean
}

export interface CreateExclusionsResult {
  readonly scope: ExclusionScope
  readonly path: string
  readonly patterns: readonly ExclusionPattern[]
}

/** @throws AppError `exclusions-exist`, `value-invalid`, `usage-invalid`, `repo-unknown`; nothing was written then */
export async function createExclusions(
  deps: ExclusionDeps,
  input: CreateExclusionsInput,
): Promise<CreateExclusionsResult> {
  const scope = await findScope(deps, input.target)
  const path = deps.exclusions.path(scope)
  let text = input.from === undefined ? explanation(scope) : await deps.exclusions.readOther(input.from)
  for (const given of input.patterns) {
    const pattern = parseExclusionPattern(given)
    if (!exclusionLines(text).some((line) => line.text === pattern)) text = withLine(text, pattern)
  }
  const patterns = parseExclusionLines(text)
  if (!input.force && (await deps.exclusions.read(scope)) !== undefined) {
    throw new AppError('exclusions-exist', `did not create ${path}`, {
      reason: 'there is an exclusions file already',
      hint: `add to it with borgboi exclusions add ${scopeOption(scope)}, or replace it with --force`,
    })
  }
  await deps.exclusions.write(scope, text)
  return { scope, path, patterns }
}

function explanation(scope: ExclusionScope): string {
  return `# What backups of ${scope === 'shared' ? 'every repo' : scope} leave out: one pattern a line.
#   *.tmp                  whatever ends in .tmp, anywhere
#   sh:**/node_modules     everything of that name, at any depth
#   pp:/home/me/.cache     this directory and all that is in it
# More is in: borg help patterns
`
}
