// What a restore does with files that are there already, and where it stages what it puts beside them.

import { parseExclusionPattern } from './exclusions.ts'
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

/** Counts of files (not directories). */
export interface MergeResult {
  readonly created: number
  readonly replaced: number
  readonly kept: number
}

/** How folders are named that a restore stages files in. One that a killed restore left behind is nobody's file. */
export const STAGING_PREFIX = '.borgboi-restore-'
export const STAGING_EXCLUSION = parseExclusionPattern(`sh:**/${STAGING_PREFIX}*`)
