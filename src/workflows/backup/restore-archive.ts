// `backup restore`: files of an archive into a directory. Into a new or empty directory Borg extracts directly; into one
// that has files, it extracts into a staging folder inside it and every file then moves to its place by rename, so
// that an interrupted restore leaves each file old or new, and the overwrite policy holds for names of any bytes.

import { dirname, join } from 'node:path'
import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { OverwritePolicy } from '../../model/overwrite.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { numberOf } from '../../model/words.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { findArchive, type ReadDeps, type ReadInput } from '../shared/read-repository.ts'
import { performRun, type Run, type RunDeps } from '../shared/run.ts'
import { archivePaths, requireMatched } from './paths.ts'

export type RestoreDeps = ReadDeps & RunDeps & Pick<Deps, 'files'>

export interface RestoreInput extends ReadInput {
  /** A name, or `latest`. */
  readonly archive: string
  /** As people write them: absolute, as in the archive, or starting with a source directory's own name. Empty: all. */
  readonly paths: readonly string[]
  /** Absolute. Absent: a new folder named after the archive in `workingDirectory`. */
  readonly destination?: string | undefined
  readonly workingDirectory: string
  /** Back to where the files came from. */
  readonly inPlace: boolean
  readonly stripComponents: number
  readonly dryRun: boolean
  /** Needed for a destination that has files; in place it defaults to `if-changed`. */
  readonly overwrite?: OverwritePolicy | undefined
  readonly confirm: Confirm
}

interface Plan {
  readonly archive: string
  readonly paths: readonly string[]
  readonly destination: string
  /** Absent: the destination is new or empty. */
  readonly merge?: {
    readonly policy: OverwritePolicy
    /** Where to stage: on the file system that the files go to, and writable for whoever may write them. */
    readonly stagingParent: string
  }
}

export async function restoreArchive(deps: RestoreDeps, input: RestoreInput): Promise<RunReport> {
  requireConsistent(input)
  const record = await findRecord(deps, input)
  return await performRun(deps, { record, workflow: 'backup restore', exclusive: false }, async (run) => {
    const access = await openRepository(deps, record, input.passphrase)
    const archive = await findArchive(deps, record, access, input.archive)
    const plan = await planRestore(deps, record, input, archive)
    if (plan.merge === undefined) await extractDirectly(deps, run, access, input, plan)
    else await extractAndMerge(deps, run, access, input, plan, plan.merge)
  })
}

function requireConsistent(input: RestoreInput): void {
  if (!input.inPlace || (input.destination === undefined && input.stripComponents === 0)) return
  throw new AppError('usage-invalid', 'cannot tell where to restore to', {
    reason: '--in-place was given together with --destination or --strip-components',
    hint: 'give --in-place alone, or leave it out',
  })
}

async function planRestore(deps: RestoreDeps, record: RepoRecord, input: RestoreInput, archive: string): Promise<Plan> {
  const paths = archivePaths(input.paths, record.sources)
  if (input.inPlace) {
    const stagingParent = await existingDirectory(deps, record.sources[0] ?? '/')
    return { archive, paths, destination: '/', merge: { policy: input.overwrite ?? 'if-changed', stagingParent } }
  }
  const destination = input.destination ?? join(input.workingDirectory, archive)
  const kind = await deps.files.kind(destination)
  if (kind === undefined || (kind === 'directory' && (await deps.files.isEmptyDirectory(destination)))) {
    return { archive, paths, destination }
  }
  if (kind === 'directory' && input.overwrite !== undefined) {
    return { archive, paths, destination, merge: { policy: input.overwrite, stagingParent: destination } }
  }
  throw new AppError('destination-not-empty', `did not restore into ${destination}`, {
    reason: kind === 'directory' ? 'there are files in it already' : 'it is not a directory',
    hint: 'name another --destination, or say --overwrite never, if-changed or always',
  })
}

/** The path, or the nearest directory above it that exists. */
async function existingDirectory(deps: RestoreDeps, path: string): Promise<string> {
  return path === '/' || (await deps.files.kind(path)) === 'directory' ? path : existingDirectory(deps, dirname(path))
}

async function extractDirectly(
  deps: RestoreDeps,
  run: Run,
  access: RepositoryAccess,
  input: RestoreInput,
  { archive, paths, destination }: Plan,
): Promise<void> {
  const isNew = (await deps.files.kind(destination)) === undefined
  // A dry run makes nothing, and Borg needs some directory to stand in.
  const target = input.dryRun && isNew ? '/' : destination
  const makes = isNew && !input.dryRun
  if (makes) await deps.files.makeDirectory(destination)
  try {
    await run.step('restore', async (handlers) => {
      const { stripComponents, dryRun } = input
      const options = { archive, paths, destination: target, stripComponents, dryRun }
      const { entries, bytes, unmatched } = await deps.borg.extract(access, options, handlers)
      requireMatched(unmatched, archive)
      const detail = `${dryRun ? 'would restore ' : ''}${archive} → ${destination}`
      return { value: undefined, figures: { entries, bytes }, detail }
    })
  } finally {
    // Nothing came of it: a mistyped archive or path leaves no empty folder behind.
    if (makes && (await deps.files.isEmptyDirectory(destination))) await deps.files.removeTree(destination)
  }
}

async function extractAndMerge(
  deps: RestoreDeps,
  run: Run,
  access: RepositoryAccess,
  input: RestoreInput,
  { archive, paths, destination }: Plan,
  { policy, stagingParent }: NonNullable<Plan['merge']>,
): Promise<void> {
  const staging = await deps.files.makeStaging(stagingParent)
  try {
    await run.step('extract', async (handlers) => {
      const options = { archive, paths, destination: staging, stripComponents: input.stripComponents, dryRun: false }
      const { entries, bytes, unmatched } = await deps.borg.extract(access, options, handlers)
      requireMatched(unmatched, archive)
      return { value: undefined, figures: { entries, bytes }, detail: archive }
    })
    const preview = await deps.files.previewMerge(staging, destination, policy)
    if (input.inPlace && !input.dryRun && preview.replaced + preview.created > 0) {
      await requireConfirmation(input.confirm, {
        action: `restore ${archive} to where its files came from`,
        consequences: [
          `${numberOf(preview.replaced, 'file is', 'files are')} replaced by the state in the archive`,
          `${numberOf(preview.created, 'missing file is', 'missing files are')} created`,
          `${numberOf(preview.kept, 'file is', 'files are')} left alone`,
        ],
      })
    }
    await run.step('put in place', async () => {
      const { created, replaced, kept } = input.dryRun ? preview : await deps.files.merge(staging, destination, policy)
      const detail = `${input.dryRun ? 'would restore into ' : ''}${destination}`
      return { value: undefined, figures: { created, replaced, kept }, detail }
    })
  } finally {
    await deps.files.removeTree(staging)
  }
}
