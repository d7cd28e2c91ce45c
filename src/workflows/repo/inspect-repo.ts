// `repo info`: the record, and what Borg says of the repository now.

import type { RepositoryInfo } from '../../borg/client.ts'
import type { Archive } from '../../model/archive.ts'
import type { KitState } from '../../model/kit.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RetentionPolicy } from '../../model/retention.ts'
import { findRecord } from '../shared/find-record.ts'
import { type KitDeps, kitStates } from '../shared/kit-facts.ts'
import { openRepository } from '../shared/open-repository.ts'
import type { ReadDeps, ReadInput } from '../shared/read-repository.ts'

export interface RepoDetails {
  readonly record: RepoRecord
  readonly repository: RepositoryInfo
  readonly archives: number
  readonly newest?: Archive
  /** The policy in force: the repo's own or the configuration's. */
  readonly retention: RetentionPolicy
  readonly passphraseFile: string
  /** The recovery kits that are remembered, the newest last. */
  readonly kits: readonly KitState[]
}

export async function inspectRepo(deps: ReadDeps & KitDeps, input: ReadInput): Promise<RepoDetails> {
  const record = await findRecord(deps, input)
  const access = await openRepository(deps, record, input.passphrase)
  const repository = await deps.borg.info(access)
  const archives = await deps.borg.list(access)
  const newest = archives.at(-1)
  const config = await deps.config.load()
  return {
    record,
    repository,
    archives: archives.length,
    ...(newest && { newest }),
    retention: record.retention ?? config.borg.retention,
    passphraseFile: record.passphraseFile ?? deps.passphrases.path(record.name),
    kits: await kitStates(deps, record, access),
  }
}
