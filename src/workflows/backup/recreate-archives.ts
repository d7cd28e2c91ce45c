// `backup recreate`: exclusions applied to archives that are there, or their data compressed otherwise. Every archive is
// looked at before the first is changed; archives that are held stay as they are. Cut off, the same command goes on with
// those that still have what is left out.

import type { RecreateResult } from '../../borg/client.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { type Compression, parseCompression } from '../../model/compression.ts'
import { type ExclusionPattern, parseExclusionPattern } from '../../model/exclusions.ts'
import { isHeld } from '../../model/held.ts'
import type { RunReport } from '../../model/run.ts'
import { numberOf } from '../../model/words.ts'
import { type Confirm, type Loss, requireConfirmation } from '../shared/confirm.ts'
import { type ForEachInput, forEachRepo, type RepoSession } from '../shared/for-each-repo.ts'
import { findArchives, listOwnArchives, requireNotHeld } from '../shared/read-repository.ts'
import { recordLabel } from './labels.ts'
import { recordRemoval } from './removal.ts'
import type { BackupDeps } from './steps.ts'

export interface RecreateInput extends Omit<ForEachInput, 'all' | 'jobs'> {
  /** Names, or `latest`; empty: all of the repo's own. */
  readonly archives: readonly string[]
  /** Also what the exclusions of the repo leave out of its backups. */
  readonly withExclusions: boolean
  readonly exclude: readonly string[]
  /** A compression such as `zstd,10`. */
  readonly recompress?: string | undefined
  readonly dryRun: boolean
  readonly confirm: Confirm
}

type Planned = RecreateResult & { readonly archive: string }

export function recreateArchives(deps: BackupDeps, input: RecreateInput): Promise<readonly RunReport[]> {
  const typed = input.exclude.map(parseExclusionPattern)
  const compression = input.recompress === undefined ? undefined : parseCompression(input.recompress)
  if (typed.length === 0 && !input.withExclusions && compression === undefined) {
    throw new AppError('usage-invalid', 'nothing to change about the archives', {
      reason: 'neither --exclude, --exclusions nor --recompress was given',
      hint: 'say what to leave out, with --exclude PATTERN for example',
    })
  }
  return forEachRepo(deps, input, { workflow: 'backup recreate', writes: true }, async (run, session) => {
    const exclusions = [...typed, ...(input.withExclusions ? await exclusionsOf(deps, session) : [])]
    const archives = await chooseArchives(deps, session, input.archives)
    const planned = await run.step('look', async () => {
      const found: Planned[] = []
      for (const archive of exclusions.length === 0 ? [] : archives) {
        const options = { archive, exclusions, compression: undefined, dryRun: true }
        found.push({ archive, ...(await deps.borg.recreate(session.access, options)) })
      }
      const entries = found.reduce((sum, { excluded }) => sum + excluded, 0)
      return { value: found.filter(({ excluded }) => excluded > 0), figures: { entries }, detail: 'to be left out' }
    })
    const due = compression === undefined ? planned.map(({ archive }) => archive) : archives
    if (due.length === 0) return run.skip('recreate', 'nothing to leave out')
    if (input.dryRun) return run.skip('recreate', `would rewrite ${due.join(', ')}`)
    await requireConfirmation(input.confirm, lossOf(session, due, planned, compression))
    await recordRemoval(deps, session.record, async () => {
      for (const archive of due) {
        await run.step('recreate', async () => {
          const options = { archive, exclusions, compression, dryRun: false }
          const { excluded } = await deps.borg.recreate(session.access, options)
          await recordLabel(deps, session, archive, archive)
          return { value: undefined, figures: { removed: excluded }, detail: archive }
        })
      }
      return { archives: due, reclaimableBytes: 0 }
    })
  })
}

async function exclusionsOf(
  deps: Pick<Deps, 'exclusions'>,
  { record }: RepoSession,
): Promise<readonly ExclusionPattern[]> {
  return [...(await deps.exclusions.patterns('shared')), ...(await deps.exclusions.patterns(record.name))]
}

/** @throws AppError `archive-unknown`, `archive-held` for one that was named */
async function chooseArchives(
  deps: BackupDeps,
  { record, access }: RepoSession,
  wanted: readonly string[],
): Promise<readonly string[]> {
  if (wanted.length === 0) {
    return (await listOwnArchives(deps, record, access)).map(({ name }) => name).filter((name) => !isHeld(name))
  }
  const archives = await findArchives(deps, record, access, wanted)
  requireNotHeld(record, archives, 'rewrite any archive')
  return archives
}

function lossOf(
  { record }: RepoSession,
  due: readonly string[],
  planned: readonly Planned[],
  compression: Compression | undefined,
): Loss {
  const gone = planned.map(
    ({ archive, excluded, examples }) =>
      `${archive} loses ${numberOf(excluded, 'entry', 'entries')}, such as ${examples.join(', ')}`,
  )
  return {
    action: `rewrite ${numberOf(due.length, 'archive')} of ${record.name}`,
    consequences: [
      ...gone,
      ...(compression === undefined
        ? []
        : [`all data of ${due.join(', ')} is read, and stored again as ${compression}`]),
      'what they were comes back with backup undo, until the next compact; then only from a copy of the repository',
    ],
  }
}
