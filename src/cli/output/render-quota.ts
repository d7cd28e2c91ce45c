// Quotas in words.

import { formatBytes } from '../../model/words.ts'
import type { SetQuota } from '../../workflows/repo/set-quota.ts'

export function renderSetQuota({ name, quotaBytes, usedBytes, dryRun }: SetQuota): string {
  const quota = quotaBytes === 0 ? 'none' : formatBytes(quotaBytes)
  const done = dryRun ? `· quota of ${name} would be ${quota}` : `✓ quota of ${name}: ${quota}`
  return `${done}   its archives take ${formatBytes(usedBytes)}`
}
