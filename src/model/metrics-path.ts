// Where metrics may be written.

import { isAbsolute } from 'node:path'
import { refuse } from './validate.ts'

/** node_exporter reads nothing else. @throws AppError `value-invalid` */
export function parseMetricsPath(value: string): string {
  const hint = 'write it like /var/lib/prometheus/node-exporter/borgboi.prom'
  if (!isAbsolute(value)) refuse('metrics file', value, 'it is not an absolute path', hint)
  if (!value.endsWith('.prom')) refuse('metrics file', value, 'collectors read files that end in .prom', hint)
  return value
}
