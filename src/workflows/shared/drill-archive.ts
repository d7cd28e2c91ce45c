// A restore that is tried: a canary and a random sample of an archive come back into a scratch directory and are
// compared with the source, where that has not changed since, and with what an earlier drill found. Borg itself holds
// every byte against what it recorded when it was backed up. Nothing restored stays.

import { join } from 'node:path'
import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps } from '../../deps.ts'
import { AppError, EXIT } from '../../errors.ts'
import { type Canary, type DrillFile, DrillSample } from '../../model/drill.ts'
import type { StepHandlers } from '../../model/events.ts'
import type { DrillEvidence, RestoredSample } from '../../model/evidence.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { numberOf } from '../../model/words.ts'
import type { Run } from './run.ts'

export type DrillDeps = Pick<Deps, 'borg' | 'files' | 'clock' | 'host' | 'stop'>

export interface DrillOptions {
  /** How many files, beside the canary. */
  readonly sample: number
  /** Absent: another one each time. */
  readonly seed?: string | undefined
  /** Where a scratch directory is made for them. Absolute. */
  readonly scratch: string
}

export interface DrilledArchive {
  readonly access: RepositoryAccess
  readonly archive: string
  /** Absent where this machine has none: there is no source to compare with. */
  readonly record?: RepoRecord | undefined
  /** Of an earlier drill. */
  readonly canary?: Canary | undefined
}

/** Keeps what a drill proved, with the canary where it found one to come back to; resolves to where that is, in words. */
export type KeepDrill = (
  found: { readonly drill: Omit<DrillEvidence, 'at' | 'repoId'>; readonly canary?: Canary },
  handlers: StepHandlers,
) => Promise<string>

interface Drilled {
  readonly restored: RestoredSample
  readonly canary?: Canary
}

interface Compared {
  readonly file: DrillFile
  readonly sha256: string
  readonly as: 'source' | 'record' | 'stored'
}

/** @throws AppError `repository-damaged` for files that are not what they were, and what Borg throws; damage is kept, too */
export async function drillArchive(
  deps: DrillDeps,
  run: Run,
  drilled: DrilledArchive,
  options: DrillOptions,
  keep: KeepDrill,
): Promise<void> {
  const seed = options.seed ?? deps.host.newId().slice(-SEED_LENGTH)
  const about = { archive: drilled.archive, seed }
  const record = (found: Parameters<KeepDrill>[0]) =>
    run.step('record', async (handlers) => ({ value: undefined, detail: await keep(found, handlers) }))
  try {
    const { restored, ...canary } = await restoreAndCompare(deps, run, drilled, { ...options, seed })
    await record({ drill: { result: 'good', ...about, restored }, ...canary })
  } catch (error) {
    if (error instanceof AppError && error.exitCode === EXIT.damage)
      await record({ drill: { result: 'damaged', ...about } })
    throw error
  }
}

const SEED_LENGTH = 6

async function restoreAndCompare(
  deps: DrillDeps,
  run: Run,
  drilled: DrilledArchive,
  { sample, seed, scratch }: DrillOptions & { readonly seed: string },
): Promise<Drilled> {
  const began = deps.clock.monotonicMs()
  // Before anything is read: a scratch directory that cannot be written is not found out after an hour.
  const directory = await deps.files.makeStaging(scratch)
  try {
    const files = await run.step('choose files', async ({ onProgress }) => {
      const chosen = await choose(deps, drilled, new DrillSample(sample, seed, drilled.canary), onProgress)
      return { value: chosen, figures: { files: chosen.length }, detail: `seed ${seed}` }
    })
    if (files.length === 0) throw emptyArchive(drilled.archive)
    const bytes = await run.step('restore sample', async (handlers) => {
      const options = { archive: drilled.archive, paths: files.map(({ path }) => `pf:${path}`) }
      const target = { destination: directory, stripComponents: 0, dryRun: false }
      await deps.borg.extract(drilled.access, { ...options, ...target }, handlers)
      const restored = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      return { value: restored, figures: { files: files.length, bytes: restored }, detail: drilled.archive }
    })
    const compared = await run.step('compare', async (handlers) => {
      const found = await compareAll(deps, drilled, files, directory, handlers)
      return { value: found, figures: { files: found.length }, detail: inWords(found) }
    })
    const count = (as: Compared['as']) => compared.filter((one) => one.as === as).length
    const durationMs = Math.round(deps.clock.monotonicMs() - began)
    const restored = { files: files.length, bytes, durationMs, asSource: count('source'), asRecorded: count('record') }
    return { restored, ...canaryOf(compared, drilled.canary) }
  } finally {
    await deps.files.removeTree(directory)
  }
}

async function choose(
  { borg }: DrillDeps,
  { access, archive }: DrilledArchive,
  sample: DrillSample,
  onProgress: Required<StepHandlers>['onProgress'],
): Promise<readonly DrillFile[]> {
  let entries = 0
  for await (const entry of borg.contents(access, archive, [])) {
    sample.offer(entry)
    onProgress({ files: ++entries })
  }
  return sample.files()
}

async function compareAll(
  deps: DrillDeps,
  drilled: DrilledArchive,
  files: readonly DrillFile[],
  directory: string,
  { onProgress, onWarning }: Required<StepHandlers>,
): Promise<readonly Compared[]> {
  const compared: Compared[] = []
  const wrong: string[] = []
  for (const file of files) {
    const result = await compare(deps, drilled, file, join(directory, file.path))
    if (typeof result === 'string') {
      wrong.push(file.path)
      onWarning({ kind: 'drill', message: `${file.path}: ${result}`, path: file.path })
    } else compared.push(result)
    onProgress({ files: compared.length + wrong.length })
  }
  if (wrong.length === 0) return compared
  throw new AppError(
    'repository-damaged',
    `${numberOf(wrong.length, 'file')} of ${drilled.archive} did not restore as it was`,
    {
      reason: `${wrong.slice(0, 3).join(', ')}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ''}`,
      hint: 'do not prune or compact; look for damage with: borgboi backup check --verify-data',
      context: { files: wrong },
    },
  )
}

/** What is wrong with it, in words, or what it was found to be the same as. */
async function compare(
  deps: DrillDeps,
  { record, canary }: DrilledArchive,
  file: DrillFile,
  restored: string,
): Promise<Compared | string> {
  const found = await deps.files.digest(restored)
  if (found === undefined) return 'it was not restored'
  if (found.sizeBytes !== file.sizeBytes) return `${found.sizeBytes} bytes were restored of ${file.sizeBytes}`
  const { sha256 } = found
  if (canary?.path === file.path) {
    return canary.sha256 === sha256 ? { file, sha256, as: 'record' } : 'its content is not what an earlier drill found'
  }
  if (record?.hostname !== deps.host.hostname) return { file, sha256, as: 'stored' }
  const source = await deps.files.digest(`/${file.path}`)
  const isUnchanged = source?.sizeBytes === file.sizeBytes && source.modifiedAtMs === file.modifiedAt.getTime()
  if (source === undefined || !isUnchanged) return { file, sha256, as: 'stored' }
  return source.sha256 === sha256
    ? { file, sha256, as: 'source' }
    : 'it differs from its source, which has not changed since'
}

function inWords(compared: readonly Compared[]): string {
  const count = (as: Compared['as']) => compared.filter((one) => one.as === as).length
  const parts = [
    [count('source'), 'as in the source'],
    [count('record'), 'as in an earlier drill'],
    [count('stored'), 'as Borg had stored it'],
  ] as const
  return parts.flatMap(([number, words]) => (number === 0 ? [] : [`${number} ${words}`])).join(' · ')
}

/** The one there is, else one that was the same as its source, small enough to come back every time. */
function canaryOf(compared: readonly Compared[], before: Canary | undefined): { readonly canary?: Canary } {
  if (before !== undefined && compared.some(({ file }) => file.path === before.path)) return { canary: before }
  const fit = compared.filter(({ file }) => file.sizeBytes > 0 && file.sizeBytes <= CANARY_MAX_BYTES)
  const chosen = fit.find(({ as }) => as === 'source') ?? fit[0]
  if (chosen === undefined) return {}
  const { file, sha256 } = chosen
  return { canary: { path: file.path, sizeBytes: file.sizeBytes, modifiedAt: file.modifiedAt.toISOString(), sha256 } }
}

const CANARY_MAX_BYTES = 1024 * 1024

function emptyArchive(archive: string): AppError {
  return new AppError('path-unknown', `cannot try a restore of ${archive}`, {
    reason: 'there is no file in it',
    hint: 'look at it with: borgboi backup contents --archive latest',
  })
}
