// Bringing a store back from everything that can still be read: the file itself, its backup copy, and quarantined
// files, also where their checksum is wrong.
//
// An intact main file wins, else the highest revision: its records are kept, each checked. A broken record is taken
// from the next best file that has a good one of that name. Repos that only other files have stay out: they were
// removed, and a removed repo that comes back is a backup that fails every night.

import { isDeepStrictEqual } from 'node:util'
import type { StoreRebuild } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseRepoRecord, type RepoRecord } from '../../model/repo.ts'
import { writeFileAtomic } from '../../platform/files.ts'
import { type Repos, withAdded } from '../repo-rules.ts'
import { nameIn, problemOfRecord } from './check.ts'
import { encodeStore, indexesOf, type Salvage, salvageStore } from './document.ts'
import {
  backupOf,
  type Found,
  findStoreFile,
  quarantine,
  quarantinedBeside,
  refuseConflict,
  refuseNewer,
} from './repositories-file.ts'

interface Source extends Salvage {
  readonly path: string
  readonly intact: boolean
}

export interface RebuildPlan {
  readonly path: string
  readonly main: Found
  readonly result: StoreRebuild
  /** The new file's text; absent where nothing needs to be or can be written. */
  readonly text?: string
  readonly backupIsGood: boolean
}

/** @throws AppError `store-newer` */
export async function planRebuild(path: string): Promise<RebuildPlan> {
  const main = findStoreFile(path)
  const backup = findStoreFile(backupOf(path))
  const quarantined = (await quarantinedBeside(path)).map(findStoreFile)
  for (const found of [main, backup]) if (found.kind === 'newer') throw refuseNewer(found.path, found.format)

  const sources = inPreference([main, backup, ...quarantined])
  const [base] = sources
  const plan = { path, main, backupIsGood: backup.kind === 'good' }
  if (base === undefined) return { ...plan, result: { recovered: [], dropped: [] } }

  const { repos, dropped } = gather(base, sources)
  const recovered = repos.map((record) => record.name)
  // Without a single good record there is nothing to write: an empty store would look like a healthy one.
  if (recovered.length === 0 && dropped.length > 0) return { ...plan, result: { recovered, dropped } }
  const result = { source: base.path, recovered, dropped }

  const document = { repos, indexes: indexesOf(repos) }
  if (main.kind === 'good' && backup.kind !== 'damaged') {
    const { repos, indexes } = main.document
    if (isDeepStrictEqual({ repos, indexes }, document)) return { ...plan, result }
  }
  const highest = Math.max(...sources.map((source) => source.revision))
  // Two, not one: an unreadable file may have had the next revision already.
  return { ...plan, result, text: encodeStore({ ...document, revision: highest + 2 }) }
}

/** Only for the holder of the store's lock, which `lost` tells the loss of. @throws AppError `store-conflict` */
export async function applyRebuild(plan: RebuildPlan, now: Date, lost: AbortSignal): Promise<StoreRebuild> {
  const { path, main, text } = plan
  if (text === undefined) return plan.result
  const quarantined = await quarantine(path, path, now)
  if (!plan.backupIsGood) await quarantine(path, backupOf(path), now)
  await writeFileAtomic(path, text, { beforeCommit: async () => refuseConflict(path, main, lost) })
  if (!plan.backupIsGood) await writeFileAtomic(backupOf(path), text)
  return { ...plan.result, ...(quarantined === undefined ? {} : { quarantined }) }
}

function inPreference(files: readonly Found[]): Source[] {
  const sources = files.flatMap((found): Source[] => {
    const salvage = found.kind === 'good' ? found.document : found.kind === 'damaged' && salvageStore(found.bytes)
    if (found.kind === 'absent' || !salvage) return []
    const { revision, repos } = salvage
    return [{ path: found.path, intact: found.kind === 'good', revision, repos }]
  })
  const [main] = files
  const isIntactMain = (source: Source) => main?.kind === 'good' && source.path === main.path
  return sources.sort(
    (a, b) =>
      Number(isIntactMain(b)) - Number(isIntactMain(a)) ||
      b.revision - a.revision ||
      Number(b.intact) - Number(a.intact),
  )
}

interface Gathered {
  readonly repos: Repos
  readonly dropped: StoreRebuild['dropped']
}

function gather(base: Source, sources: readonly Source[]): Gathered {
  let repos: Repos = []
  const dropped: { readonly name: string; readonly reason: string }[] = []
  for (const [place, value] of base.repos.entries()) {
    const name = nameIn(value)
    try {
      repos = withAdded(repos, goodRecord(value) ?? goodNamesake(name, sources) ?? parseRepoRecord(value)).repos
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      dropped.push({ name: name ?? `number ${place + 1}`, reason: error.reason ?? error.message })
    }
  }
  return { repos, dropped }
}

function goodNamesake(name: string | undefined, sources: readonly Source[]): RepoRecord | undefined {
  const namesakes = sources.flatMap(({ repos }) => repos.filter((value) => nameIn(value) === name))
  return goodRecord(namesakes.find((value) => problemOfRecord(value) === undefined))
}

function goodRecord(value: unknown): RepoRecord | undefined {
  return problemOfRecord(value) === undefined ? parseRepoRecord(value) : undefined
}
