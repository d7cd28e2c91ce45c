// `repo copy`: the repository as it is now, as a generation in a vault of its own choice, for example on a disk that was
// just mounted. A directory that is none yet becomes a vault, as the person who named it wants it. What the repo is
// copied to every day stays as it is.

import type { Deps } from '../../deps.ts'
import { isInside } from '../../model/location.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { refuse } from '../../model/validate.ts'
import { vaultDirectory } from '../../model/vault-url.ts'
import { requireLocal } from '../shared/choose-vault.ts'
import { findRecord } from '../shared/find-record.ts'
import { type FoundVault, findVault, requireSafeVault } from '../shared/open-vault.ts'
import { type PushDeps, pushGeneration } from '../shared/push-generation.ts'
import { requireWritable } from '../shared/require-writable.ts'
import { performRun, type RunDeps } from '../shared/run.ts'

type CopyDeps = PushDeps & RunDeps & Pick<Deps, 'repos' | 'passphrases'>

export interface CopyRepoInput {
  readonly name: string
  /** A vault by name or address; an absolute directory is one. */
  readonly to: string
}

/** @throws AppError what stands in the way before anything begins: `repo-unknown`, `repo-read-only`, `vault-unknown`, `value-invalid` */
export async function copyRepo(deps: CopyDeps, input: CopyRepoInput): Promise<RunReport> {
  const record = await findRecord(deps, { name: input.name })
  requireWritable(record)
  requireLocal(record.path)
  const found = await findVault(deps, { vault: input.to })
  requireOutside(record, found)
  const { url } = found.settings
  const subject = { name: record.name, path: url, sources: [record.path] }
  const report = await performRun(deps, { record: subject, workflow: 'repo copy', exclusive: true }, async (run) => {
    await run.step('vault', async () => {
      const { weaknesses } = await requireSafeVault(deps, found, { mayMark: true })
      return { value: undefined, detail: [found.label, ...weaknesses].join('; ') }
    })
    await run.step('copy', (handlers) => pushGeneration(deps, record, { vault: url }, handlers))
  })
  if (report.failure === undefined) deps.events(wayBack(deps, record, found))
  return report
}

/** A vault in the repository would be copied into itself, one in a source would be backed up with every backup. */
function requireOutside({ path, sources }: RepoRecord, { settings }: FoundVault): void {
  const directory = vaultDirectory(settings.url)
  const around = directory === undefined ? undefined : [path, ...sources].find((other) => isInside(directory, other))
  if (directory === undefined || around === undefined) return
  const reason = around === path ? 'it lies inside the repository' : `it lies inside the source ${around}`
  refuse('place of a copy', directory, reason, 'name a directory on another disk')
}

function wayBack({ passphrases }: CopyDeps, record: RepoRecord, { settings }: FoundVault) {
  const file = record.passphraseFile ?? passphrases.path(record.name)
  return {
    type: 'notice',
    level: 'info',
    message: `Back from it, on any machine:  borgboi s3 restore --from ${settings.url} --to DIR`,
    ...(record.encryption === 'none'
      ? {}
      : { hint: `the passphrase is not in it: keep a copy of ${file} elsewhere too` }),
  } as const
}
