// `store rebuild`: a good record of repos from everything that can be read.

import type { Deps, StoreRebuild } from '../../deps.ts'

export interface RebuildStoreInput {
  /** Only say what would be done. */
  readonly dryRun: boolean
}

export async function rebuildStore({ repos }: Pick<Deps, 'repos'>, input: RebuildStoreInput): Promise<StoreRebuild> {
  return await repos.rebuild(input)
}
