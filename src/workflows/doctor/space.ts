// Room for the next backups: on the disk of the repository, and below its quota.

import type { RepositoryLimits } from '../../borg/client.ts'
import type { DiskSpace } from '../../deps.ts'
import { isRemote } from '../../model/location.ts'
import type { RunReport } from '../../model/run.ts'
import { formatBytes } from '../../model/words.ts'
import type { Check, DoctorDeps, RepoSubject, Verdict } from './check.ts'

export interface SpaceFacts {
  readonly name: string
  /** Absent where nobody can look, or nothing is there. */
  readonly disk?: DiskSpace
  readonly limits?: RepositoryLimits
  /** What its files take; only counted where there is a quota. */
  readonly usedBytes?: number
  /** What a backup adds, going by the last ones; 0 where nobody knows. */
  readonly usualBytes: number
}

/** How many usual backups there should be room for. */
const BACKUPS_AHEAD = 14
/** The share that should be free, whatever backups take. */
const LEAST_SHARE = 0.03

const RUNS_READ = 30
/** The first backups add nearly everything: below so many nothing is usual. */
const RUNS_NEEDED = 5

export const space: Check<SpaceFacts, RepoSubject> = {
  name: 'space',
  gather: async (deps, { record }) => {
    const base = { name: record.name, usualBytes: usualBytes(await deps.runs.list(record.name, RUNS_READ)) }
    if (isRemote(record.path) || (await deps.files.kind(record.path)) !== 'directory') return base
    const limits = await deps.borg.limits({ path: record.path, lockWaitSeconds: 0 })
    const disk = await deps.files.space(record.path)
    const usedBytes = limits && limits.quotaBytes > 0 ? await sizeOf(deps, record.path) : undefined
    return { ...base, disk, ...(limits && { limits }), ...(usedBytes !== undefined && { usedBytes }) }
  },
  judge: (facts) => {
    const { disk, limits } = facts
    if (disk === undefined) return []
    const complaints = [...onDisk(facts, disk), ...belowQuota(facts)]
    if (complaints.length > 0) return complaints
    const quota = limits && limits.quotaBytes > 0 ? `, quota ${formatBytes(limits.quotaBytes)}` : ''
    return [{ level: 'ok', message: `${formatBytes(disk.freeBytes)} free of ${formatBytes(disk.totalBytes)}${quota}` }]
  },
}

/** The median of what the last backups added. */
function usualBytes(reports: readonly RunReport[]): number {
  const added = reports.flatMap(({ steps }) => steps.map(({ figures }) => figures['deduplicatedBytes']))
  const known = added.filter((bytes) => bytes !== undefined).sort((a, b) => a - b)
  return known.length < RUNS_NEEDED ? 0 : (known[Math.floor(known.length / 2)] ?? 0)
}

function onDisk({ name, limits, usualBytes }: SpaceFacts, { freeBytes, totalBytes }: DiskSpace): Verdict[] {
  const reserved = limits?.additionalFreeBytes ?? 0
  const free = `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} are free`
  const hint = `make room there, or keep less: borgboi repo retention set --name ${name}, then borgboi backup prune and compact`
  if (freeBytes <= reserved) {
    const message = `${free}, and the repository keeps ${formatBytes(reserved)} of them: nothing can be backed up`
    return [{ level: 'error', message, hint }]
  }
  if (freeBytes - reserved < usualBytes * BACKUPS_AHEAD) {
    const more = Math.floor((freeBytes - reserved) / usualBytes)
    return [{ level: 'warning', message: `${free}: room for about ${more} backups like the last ones`, hint }]
  }
  return freeBytes < totalBytes * LEAST_SHARE ? [{ level: 'warning', message: `only ${free}`, hint }] : []
}

function belowQuota({ name, limits, usedBytes, usualBytes }: SpaceFacts): Verdict[] {
  if (limits === undefined || usedBytes === undefined) return []
  const { quotaBytes } = limits
  const left = quotaBytes - usedBytes
  const taken = `it takes ${formatBytes(usedBytes)} of its quota of ${formatBytes(quotaBytes)}`
  const hint = `raise it: borgboi repo set-quota --name ${name} SIZE`
  if (left <= 0) return [{ level: 'error', message: `${taken}: nothing can be backed up`, hint }]
  const isTight = left < usualBytes * BACKUPS_AHEAD || left < quotaBytes * LEAST_SHARE
  return isTight ? [{ level: 'warning', message: taken, hint }] : []
}

async function sizeOf(deps: DoctorDeps, directory: string): Promise<number> {
  let bytes = 0
  for await (const entry of deps.sourceTrees.entries(directory)) {
    bytes += entry.kind === 'directory' ? await sizeOf(deps, entry.path) : entry.bytes
  }
  return bytes
}
