// The effective configuration with where each value comes from.

import type { Deps } from '../../deps.ts'
import type { ConfigEntry } from '../../model/config-entry.ts'

export interface ShownConfig {
  /** The file that is read, whether or not it exists. */
  readonly path: string
  readonly entries: readonly ConfigEntry[]
}

/** @throws AppError `config-invalid` */
export async function showConfig({ config }: Pick<Deps, 'config'>): Promise<ShownConfig> {
  return { path: config.path, entries: await config.entries() }
}
