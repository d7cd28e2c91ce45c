// `repo set-quota`: the most a repository may take on its disk. Not less than its archives take already: the next backup
// would fail, and so would a prune, which has to write before a compact frees anything.

import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isRemote } from '../../model/location.ts'
import type { RepoName } from '../../model/names.ts'
import { parseQuota } from '../../model/quantities.ts'
import { formatBytes } from '../../model/words.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { requireWritable } from '../shared/require-writable.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

export interface SetQuotaInput extends RepoTarget {
  /** `100G`; `0`: none. */
  readonly quota: string
  readonly dryRun: boolean
  readonly passphrase: PassphraseInput
}

export interface SetQuota {
  readonly name: RepoName
  /** 0: none. */
  readonly quotaBytes: number
  /** What the archives take. */
  readonly usedBytes: number
  readonly dryRun: boolean
}

export async function setQuota(
  deps: Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg' | 'jobs'>,
  { quota, dryRun, passphrase, ...target }: SetQuotaInput,
): Promise<SetQuota> {
  const quotaBytes = parseQuota(quota)
  const record = await findRecord(deps, target)
  const { name, path } = record
  requireWritable(record)
  if (isRemote(path)) {
    throw new AppError('usage-invalid', `cannot set the quota of ${name} from here`, {
      reason: 'Borg changes it only on the machine that has the repository',
      hint: `there, run: borg config ${path.replace(/^.*?:/, '')} storage_quota ${quota}`,
    })
  }
  const { borg } = await deps.config.load()
  await using _lock = await deps.jobs.acquire(name, 'repo set-quota', borg.lock_wait)
  const access = await openRepository(deps, record, passphrase)
  const { id, deduplicatedBytes: usedBytes } = await deps.borg.info(access)
  requireSameRepository(record, id, 'the quota is as it was')
  if (quotaBytes !== 0 && quotaBytes <= usedBytes) {
    throw new AppError('value-invalid', `the quota of ${name} cannot be ${formatBytes(quotaBytes)}`, {
      reason: `its archives take ${formatBytes(usedBytes)} already`,
      hint: 'give more, or make room first with: borgboi backup prune, then borgboi backup compact',
    })
  }
  if (!dryRun) await deps.borg.setQuota(access, quotaBytes)
  return { name, quotaBytes, usedBytes, dryRun }
}
