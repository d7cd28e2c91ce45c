// `repo move`: the repository gets another place on this machine. Order: everything is checked, Borg's opening of it too;
// the files get there (Borg's own lock held, so that no Borg begins meanwhile); Borg opens it there; the record changes;
// what was copied is removed. Before the record changes, the repository is where the record says or, renamed, where the
// same command finds it; after it the rest is tidying up, which the same command finishes. A repository that was moved
// by hand is met like one whose move was cut off: its id is compared, and Borg and the record learn its place.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isInside, isRemote, parseRepositoryPath } from '../../model/location.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { refuse } from '../../model/validate.ts'
import { formatBytes, numberOf } from '../../model/words.ts'
import type { Move, MovePlan } from '../../relocation/relocation.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { performRun, type Run, type RunDeps } from '../shared/run.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

type MoveDeps = RunDeps & Pick<Deps, 'repos' | 'passphrases' | 'borg' | 'relocation' | 'replication'>

export interface MoveRepoInput extends RepoTarget {
  /** As typed; it may be relative to `workingDirectory`. */
  readonly to: string
  readonly workingDirectory: string
  readonly dryRun: boolean
  readonly passphrase: PassphraseInput
}

/** @throws AppError what stands in the way before anything begins: `repo-unknown`, `repo-exists`, `usage-invalid`, `value-invalid` */
export async function moveRepo(deps: MoveDeps, input: MoveRepoInput): Promise<RunReport> {
  const record = await findRecord(deps, input)
  const to = parseRepositoryPath(input.to, input.workingDirectory)
  await requirePlace(deps, record, to)
  const subject = { ...record, path: to, sources: [record.path] }
  return await performRun(deps, { record: subject, workflow: 'repo move', exclusive: true }, async (run) => {
    // While this waited for its turn, another may have moved it.
    const current = await findRecord(deps, { name: record.name })
    const move = { borgId: current.borgId, from: current.path, to }
    const isBegun = await settleEarlier(deps, run, move, input)
    const opened = await openRepository(deps, current, input.passphrase)
    // Cut off just before the record changed, Borg knows the other place already.
    const access = isBegun ? { ...opened, trustLocation: true } : opened
    const there = { ...access, path: to }
    if (await isThere(deps, access, move)) {
      // A move that was cut off left its lock on it; nobody else's is touched.
      if (!input.dryRun) await (await deps.borg.hold(there)).release()
      return await takeUp(deps, run, there, current, input)
    }
    requireSameRepository(current, (await deps.borg.info(access)).id, 'nothing was moved')
    if (input.dryRun) return await preview(deps, run, move)
    const hold = await deps.borg.hold(access)
    try {
      const { way } = await run.step('move', async (handlers) => moved(await deps.relocation.bring(move, handlers)))
      if (way === 'rename') await hold.release(to)
      await takeUp(deps, run, there, current, input)
      if (way === 'copy') await removeOriginal(deps, run, move)
    } finally {
      await hold.release()
    }
  })
}

/** Where it is now is fine as well: then Borg and the record learn that it is right there. */
async function requirePlace(deps: Pick<Deps, 'repos'>, record: RepoRecord, to: string): Promise<void> {
  const remote = [record.path, to].find(isRemote)
  if (remote !== undefined) {
    throw new AppError('usage-invalid', `cannot move ${record.name} from here`, {
      reason: `${remote} is on another machine`,
      hint: 'move it there by hand, then record it anew: borgboi repo delete --keep-repository, borgboi repo import',
    })
  }
  const other = await deps.repos.getByPath(to)
  if (other !== undefined && other.name !== record.name) {
    throw new AppError('repo-exists', `cannot move ${record.name} to ${to}`, {
      reason: `the repo ${other.name} is recorded there`,
      hint: 'name another directory',
    })
  }
  const around = record.sources.find((source) => isInside(to, source))
  if (around === undefined) return
  const reason = `it lies inside the source ${around}: every backup would swallow the ones before it`
  refuse('new place', to, reason, 'name a directory somewhere else, best on another disk')
}

/**
 * What a move that was cut off left: the last of it is done, or, where another place is named now, it is given up. Whether
 * it is this one, which goes on.
 */
async function settleEarlier(
  { relocation, borg }: MoveDeps,
  run: Run,
  { borgId, from, to }: Move,
  { dryRun }: MoveRepoInput,
): Promise<boolean> {
  const begun = await relocation.begun(borgId)
  if (begun === undefined) return false
  if (begun.from === from && begun.to === to) return true
  if (dryRun) return false
  if (begun.to === from) {
    const original = { path: begun.from, lockWaitSeconds: 0 }
    const hold = (await borg.repositoryId(original)) === borgId ? await borg.hold(original) : undefined
    try {
      await removeOriginal({ relocation }, run, begun)
    } finally {
      await hold?.release()
    }
    return false
  }
  await run.step('give up earlier', async () => {
    const left = await relocation.abandon(borgId)
    const detail = left === undefined ? `nothing is left at ${begun.to}` : `a whole copy stays at ${left}`
    return { value: undefined, detail }
  })
  return false
}

/** Renamed already, by a move that was cut off or by hand; or never away, for Borg to learn that. */
async function isThere({ borg }: MoveDeps, access: RepositoryAccess, { borgId, from, to }: Move): Promise<boolean> {
  if ((await borg.repositoryId({ ...access, path: to })) !== borgId) return false
  return from === to || (await borg.repositoryId(access)) === undefined
}

/** Borg opens it at its place, whatever place it knew; its id was compared before, and is again. */
async function takeUp(
  deps: MoveDeps,
  run: Run,
  access: RepositoryAccess,
  record: RepoRecord,
  { dryRun }: MoveRepoInput,
): Promise<void> {
  const { name, borgId, path: from } = record
  const { path: to } = access
  if (dryRun) return run.skip('open', `would be recorded at ${to}`)
  await run.step('open', async () => {
    const { id } = await deps.borg.info({ ...access, trustLocation: true })
    requireSameRepository({ ...record, path: to }, id, 'the record is as it was')
    await deps.replication.follow(borgId, from, to)
    await deps.repos.update(name, (current) => ({ ...current, path: to }))
    return { value: undefined, detail: `recorded at ${to}` }
  })
}

async function removeOriginal({ relocation }: Pick<Deps, 'relocation'>, run: Run, move: Move): Promise<void> {
  await run.step('remove original', async ({ onWarning }) => {
    const end = await relocation.removeOriginal(move)
    if (end !== 'changed') return { value: undefined, detail: move.from }
    const message = `${move.from} stays: something wrote to it after it was copied; look at it before you remove it`
    onWarning({ kind: 'borg', message, path: move.from })
    return { value: undefined }
  })
}

async function preview({ relocation }: MoveDeps, run: Run, move: Move): Promise<void> {
  await run.step('move', async () => {
    const { way, files, bytes } = await relocation.plan(move)
    const what = `${numberOf(files, 'file')}, ${formatBytes(bytes)}`
    const how = way === 'rename' ? 'renamed' : 'copied to the other disk, compared, and removed here'
    return { value: undefined, detail: `${what}: would be ${how}` }
  })
}

function moved(plan: MovePlan) {
  const { way, files, bytes } = plan
  return { value: plan, figures: { files, bytes }, detail: way === 'rename' ? 'renamed' : 'copied and compared' }
}
