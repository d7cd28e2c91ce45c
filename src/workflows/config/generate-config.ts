// A new, commented configuration file.

import type { Deps } from '../../deps.ts'

export interface GenerateConfigInput {
  /** Replace a file that is there. */
  readonly force: boolean
  /** Only say what would be written. */
  readonly dryRun: boolean
}

export interface GeneratedConfig {
  readonly path: string
  readonly text: string
  readonly written: boolean
}

/** @throws AppError `config-exists`, `disk-full`, `file-denied` */
export async function generateConfig(
  { config }: Pick<Deps, 'config'>,
  { force, dryRun }: GenerateConfigInput,
): Promise<GeneratedConfig> {
  if (!dryRun) await config.writeTemplate({ overwrite: force })
  return { path: config.path, text: await config.template(), written: !dryRun }
}
