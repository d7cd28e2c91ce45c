// What a restore does with files that are there already.

import { refuse } from './validate.ts'

/** `if-changed` compares size and modification time. */
const OVERWRITE_POLICIES = ['never', 'if-changed', 'always'] as const
export type OverwritePolicy = (typeof OVERWRITE_POLICIES)[number]

/** @throws AppError `value-invalid` */
export function parseOverwritePolicy(value: string): OverwritePolicy {
  const policy = OVERWRITE_POLICIES.find((known) => known === value)
  return (
    policy ??
    refuse('overwrite policy', value, 'there is no such policy', `use one of ${OVERWRITE_POLICIES.join(', ')}`)
  )
}
