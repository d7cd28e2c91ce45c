// `metrics write`: the figures of all repos and their runs, into a file or as text.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseMetricsPath } from '../../model/metrics-path.ts'

export interface WriteMetricsInput {
  /** `-`: nowhere, only as text. Absent: where the configuration says. */
  readonly file?: string | undefined
}

export interface WrittenMetrics {
  /** Where they are now; absent where they were only asked for. */
  readonly path?: string
  readonly text: string
}

export async function writeMetrics(
  deps: Pick<Deps, 'config' | 'metrics'>,
  { file }: WriteMetricsInput,
): Promise<WrittenMetrics> {
  if (file === '-') return { text: await deps.metrics.text() }
  const path = file === undefined ? (await deps.config.load()).metrics.file : parseMetricsPath(file)
  if (path === undefined) {
    throw new AppError('usage-invalid', 'cannot tell where the metrics go', {
      reason: 'neither --file nor metrics.file in the configuration says so',
      hint: 'give --file FILE, or --file - to see them',
    })
  }
  await deps.metrics.write(path)
  return { path, text: await deps.metrics.text() }
}
