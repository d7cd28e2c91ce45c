// The steps that backup workflows are made of. What is durable after each: the archive, the deletions, the freed space,
// the generation in the vault, and then the record that tells of it; a run cut between the two is healed by the next run, which records anew.

import type { Deps } from '../../deps.ts'
import { AppError, toAppError } from '../../errors.ts'
import { planCompaction } from '../../model/compaction.ts'
import type { StepHandlers } from '../../model/events.ts'
import { nextArchiveName } from '../../model/names.ts'
import { STAGING_EXCLUSION } from '../../model/overwrite.ts'
import { compacted, isRemovedLater, removedBy } from '../../model/removal.ts'
import { archivesNamedAfter, optional, ownArchives, type RepoRecord } from '../../model/repo.ts'
import { CREATE } from '../../model/resume.ts'
import { isOnNetwork } from '../../model/vault-url.ts'
import { numberOf } from '../../model/words.ts'
import type { ForEachDeps, RepoSession } from '../shared/for-each-repo.ts'
import { type PushDeps, pushGeneration } from '../shared/push-generation.ts'
import { behindLink, LINK } from '../shared/require-source.ts'
import type { Run } from '../shared/run.ts'
import { requireSameRepository } from '../shared/same-repository.ts'
import { type AcceptInput, warnOfUpheaval } from '../shared/upheaval.ts'
import { judgeArchive } from './judgement.ts'
import { recordRemoval } from './removal.ts'

/** What backup workflows may touch. */
export type BackupDeps = ForEachDeps & Pick<Deps, 'borg' | 'rollback' | 'exclusions' | 'files' | 'sourceTrees'>

type StepDeps = Pick<
  BackupDeps,
  'borg' | 'repos' | 'runs' | 'config' | 'rollback' | 'exclusions' | 'files' | 'sourceTrees' | 'clock'
>

/** Checks the sources, stores one archive of them, and records it as the last backup, or as an upheaval. Resolves to its name. */
export async function createArchive(deps: StepDeps, run: Run, session: RepoSession): Promise<string> {
  const { record, access, config } = session
  const at = deps.clock.now()
  const name = nextArchiveName(archivesNamedAfter(record), at, (taken) => taken === record.lastBackup?.archive)
  const act = async (handlers: Required<StepHandlers>) => {
    await requireSources(deps, record)
    const exclusions = await Promise.all([deps.exclusions.patterns('shared'), deps.exclusions.patterns(record.name)])
    const result = await deps.borg.create(
      access,
      {
        archive: name,
        sources: record.sources,
        exclusions: [...exclusions.flat(), STAGING_EXCLUSION],
        compression: record.compression ?? config.borg.compression,
        checkpointSeconds: config.borg.checkpoint_interval,
        oneFileSystem: config.borg.one_file_system,
        excludeCaches: config.borg.exclude_caches,
      },
      handlers,
    )
    requireSameRepository(record, result.repositoryId, 'the archive just made is in it')
    const { archive, archiveId, files, originalBytes, compressedBytes, deduplicatedBytes } = result
    return {
      value: { archive, at: at.toISOString(), files, originalBytes, archiveId, compressedBytes, deduplicatedBytes },
      detail: archive,
      figures: { files, originalBytes, deduplicatedBytes },
    }
  }
  const lastBackup = await run.step(CREATE, act, name)
  await recordBackup(deps, session, lastBackup)
  return lastBackup.archive
}

/**
 * Not part of the step: the archive is made, whatever becomes of the record, and the failure has to say so. What it is
 * judged to be is recorded with it: nothing that comes behind may take it for ordinary.
 */
export async function recordBackup(
  deps: StepDeps,
  session: RepoSession,
  lastBackup: NonNullable<RepoRecord['lastBackup']>,
): Promise<void> {
  try {
    const upheaval = await judgeArchive(deps, session, lastBackup)
    await deps.repos.update(session.record.name, ({ upheaval: _, ...current }) => ({
      ...current,
      lastBackup,
      ...optional('upheaval', upheaval),
    }))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, `${lastBackup.archive} is stored, but could not be recorded`, {
      reason: `${error.message}: ${error.reason}`,
      hint: error.hint,
      context: error.context,
      cause: error,
    })
  }
}

/** Removes the archives the policy does not keep. */
export async function pruneArchives(
  deps: StepDeps,
  run: Run,
  { record, access, config }: RepoSession,
  options: AcceptInput & { readonly dryRun: boolean },
): Promise<void> {
  await run.step('prune', async (handlers) => {
    const { dryRun } = options
    if (dryRun) await warnOfUpheaval(deps, record, options, handlers)
    const settings = { policy: record.retention ?? config.borg.retention, glob: ownArchives(record), dryRun }
    const prune = async () => {
      const { removed, ...result } = await deps.borg.prune(access, settings, handlers)
      return { ...result, archives: removed }
    }
    const { kept, archives: removed } = await (dryRun ? prune() : recordRemoval(deps, record, prune))
    return {
      value: undefined,
      figures: { kept: kept.length, removed: removed.length },
      ...(options.dryRun && removed.length > 0 ? { detail: `would remove ${removed.join(', ')}` } : {}),
    }
  })
}

/** As `pruneArchives`, but not while what was removed before still has its time to be brought back. */
export async function pruneWhenDue(deps: StepDeps, run: Run, session: RepoSession): Promise<void> {
  if (session.record.removals === undefined) return await pruneArchives(deps, run, session, { dryRun: false })
  run.skip('prune', 'nothing more until the compact')
}

/** Frees the space of removed archives, and ends what undo can bring back. */
export async function compactRepository(deps: StepDeps, run: Run, { record, access }: RepoSession): Promise<void> {
  await run.step('compact', async (handlers) => {
    // What an undo left that was killed would keep the space in use.
    await deps.rollback.clear(record.path)
    const { freedBytes } = await deps.borg.compact(access, handlers)
    const at = deps.clock.now().toISOString()
    await deps.repos.update(record.name, (current) => compacted(current, at))
    return { value: undefined, figures: { freedBytes } }
  })
}

/** As `compactRepository`, but only when what was removed had its time to be brought back; says so when not. */
export async function compactWhenDue(deps: StepDeps, run: Run, session: RepoSession): Promise<void> {
  const { record, plan } = await planOf(deps, session)
  if (plan.due) return await compactRepository(deps, run, session)
  const archives = record.removals?.flatMap((removal) => removal.archives).length ?? 0
  const what = archives === 0 ? 'what was removed' : numberOf(archives, 'archive')
  const day = plan.nextAt?.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
  run.skip('compact', day === undefined ? 'nothing to reclaim' : `backup undo can bring ${what} back until ${day}`)
}

async function planOf(deps: StepDeps, { record: opened, config }: RepoSession) {
  const now = deps.clock.now()
  const { name } = opened
  const found = (await deps.repos.get(name)) ?? opened
  // Of a clock that was wrong then: their time begins now.
  const record = isRemovedLater(found, now)
    ? await deps.repos.update(name, (current) => removedBy(current, now))
    : found
  const policy = { afterMs: config.borg.compact_after, reclaimableBytes: config.borg.compact_reclaimable }
  return { record, plan: planCompaction(record, policy, now) }
}

/**
 * Copies the repository to its vault, where it has one. Everything before it is done and stays: what fails here says
 * so. Where the network may not be used it is skipped.
 */
export async function copyOffSite(deps: PushDeps, run: Run, session: RepoSession, archive: string): Promise<void> {
  const { record, config } = session
  if (record.vault === undefined) return
  const { url } = config.vaults[record.vault] ?? {}
  if (config.offline && url !== undefined && isOnNetwork(url)) {
    return run.skip('off-site', `offline: not copied to ${record.vault}`)
  }
  await run.step('off-site', async (handlers) => {
    try {
      return await pushGeneration(deps, record, {}, handlers)
    } catch (error) {
      throw toOffSiteError(record, archive, error)
    }
  })
}

function toOffSiteError({ name, path, vault }: RepoRecord, archive: string, thrown: unknown): AppError {
  const error = toAppError(thrown)
  if (error.code === 'interrupted') return error
  const why = error.reason === undefined ? error.message : `${error.message}: ${error.reason}`
  const next = `then: borgboi s3 sync --name ${name}`
  return new AppError('offsite-failed', 'the backup is complete, the off-site copy is not', {
    reason: `archive ${archive} is in ${path}; ${vault}: ${why}`,
    hint: error.hint === undefined ? next : `${error.hint}; ${next}`,
    context: { ...error.context, cause: error.code },
    cause: error,
  })
}

async function requireSources(deps: StepDeps, record: RepoRecord): Promise<void> {
  if (record.sources.length === 0) {
    throw new AppError('source-missing', 'nothing to back up', {
      reason: 'this repo was recorded without a source directory',
      hint: `add one with: borgboi repo sources add DIR --name ${record.name}`,
    })
  }
  for (const source of record.sources) {
    const kind = await deps.files.kind(source)
    const real = await behindLink(deps, source)
    const isReadable = kind !== 'directory' || (await deps.files.isReadable(source))
    if (kind !== undefined && isReadable && real === undefined) continue
    const missing = kind === undefined ? 'it does not exist' : 'this user may not read it'
    throw new AppError('source-missing', `cannot back up ${source}`, {
      reason: real === undefined ? missing : LINK,
      hint:
        real === undefined
          ? `is its disk mounted? nothing was stored, and nothing was pruned; if it is gone for good: borgboi repo sources remove --name ${record.name} ${source}`
          : `mount ${real} there instead (mount --bind), or: borgboi repo sources add --name ${record.name} ${real}, then remove the link`,
    })
  }
}
