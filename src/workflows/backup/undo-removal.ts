// `backup undo`: brings back what a prune or delete removed, as long as it was not compacted. Order: the state before is
// made as a copy beside the present one, listed and checked there by Borg; what Borg here knows of a newer state is
// forgotten; then the repository is made what the copy is, and the record told. Killed before that last step, nothing has
// changed; killed in it, the same command goes on with it.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { Archive } from '../../model/archive.ts'
import { asItWas, placeOfRemoval, type Removal, wentBack } from '../../model/removal.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { formatMinute, numberOf } from '../../model/words.ts'
import type { Exchange, Rehearsal } from '../../rollback/rollback.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { type ForEachDeps, type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { asCopy, forgetCopy } from '../shared/open-repository.ts'
import type { Run } from '../shared/run.ts'

type UndoDeps = ForEachDeps & Pick<Deps, 'rollback' | 'files'>

export interface UndoInput extends Omit<ForEachInput, 'all' | 'jobs'> {
  /** Back to before this one was removed; absent: to before the last removal. */
  readonly archive?: string | undefined
  /** A person has said that archives made since then may go. */
  readonly acceptLoss: boolean
  readonly dryRun: boolean
  readonly confirm: Confirm
}

/** What all steps work on. */
interface Undo {
  readonly record: RepoRecord
  /** Its place and state are made sure of: Borg need not ask. */
  readonly access: RepositoryAccess
  /** The archives before anything is changed. */
  readonly archives: readonly Archive[]
}

export function undoRemoval(deps: UndoDeps, input: UndoInput): Promise<readonly RunReport[]> {
  return forEachRepo(
    deps,
    input,
    { workflow: 'backup undo', writes: true },
    async (run, { record, access: opened }) => {
      const access = { ...opened, trustLocation: true }
      const begun = await deps.rollback.begun(record.path)
      if (begun) await deps.borg.forgetNewerState(access, record.borgId)
      // Borg itself clears away what dead ones left: their locks, and a state without an index.
      const undo = { record, access, archives: await deps.borg.list(access) }
      if (begun) {
        return await putInPlace(deps, run, undo, begun, begun, () => deps.rollback.finish(record.path))
      }
      const tried = await rehearse(deps, run, undo, input)
      if (tried === undefined) return
      const { rehearsal, exchange } = tried
      await putInPlace(deps, run, undo, rehearsal, exchange, () =>
        deps.rollback.goBack(record.path, rehearsal, exchange),
      )
    },
  )
}

interface Tried {
  readonly rehearsal: Rehearsal
  readonly exchange: Exchange
}

/** Everything that changes nothing. Undefined where nothing more is wanted; of what it made nothing stays then. */
async function rehearse(deps: UndoDeps, run: Run, undo: Undo, input: UndoInput): Promise<Tried | undefined> {
  const { record } = undo
  const removal = chooseRemoval(record, input.archive)
  let isWanted = false
  try {
    const tried = await run.step('rehearse', async () => {
      const rehearsal = await deps.rollback.rehearse(record.path, removal.before)
      const before = await deps.borg.list(await accessToCopy(deps, undo, rehearsal.directory))
      const exchange = exchangeBetween(before, undo.archives)
      const figures = { back: exchange.back.length, gone: exchange.gone.length }
      return { value: { rehearsal, exchange }, figures, detail: exchangeInWords(exchange) }
    })
    await requireWorth(deps, undo, removal, tried, input)
    if (input.dryRun) return undefined
    await requireConfirmation(input.confirm, {
      action: `go back in ${record.name} to before ${formatMinute(new Date(removal.at))}`,
      consequences: [
        ...tried.exchange.back.map((name) => `${name} comes back`),
        ...tried.exchange.gone.map((name) => `${name} goes, and every file version that only it holds`),
      ],
    })
    await run.step('check', async (handlers) => {
      const copy = await accessToCopy(deps, undo, tried.rehearsal.directory)
      const { damaged, problems } = await deps.borg.check(copy, { verifyData: false, scope: 'all' }, handlers)
      if (damaged) throw damagedBefore(record, problems)
      return { value: undefined, detail: 'consistent' }
    })
    isWanted = true
    return tried
  } finally {
    await forgetCopy(deps, record.name)
    if (!isWanted) await deps.rollback.clear(record.path)
  }
}

/** From the first change on; what is told of it is cleared away last. */
async function putInPlace(
  deps: UndoDeps,
  run: Run,
  { record, access }: Undo,
  { to }: Pick<Rehearsal, 'to'>,
  exchange: Exchange,
  change: () => Promise<void>,
): Promise<void> {
  await run.step('go back', async () => {
    const held = await deps.borg.hold(access)
    try {
      await deps.borg.forgetNewerState(access, record.borgId)
      await change()
    } finally {
      await held.release()
    }
    // From here on Borg knows this state again.
    await deps.borg.list(access)
    await deps.repos.update(record.name, (current) => wentBack(current, to, exchange))
    await deps.rollback.clear(record.path)
    return { value: undefined, detail: exchangeInWords(exchange) }
  })
}

function chooseRemoval(record: RepoRecord, archive: string | undefined): Removal & Required<Pick<Removal, 'before'>> {
  const place = placeOfRemoval(record, archive)
  const removal = place === undefined ? undefined : record.removals?.[place]
  if (removal?.before !== undefined) return { ...removal, before: removal.before }
  const { name, lastCompactAt } = record
  const since = lastCompactAt === undefined ? '' : ` since the compact of ${formatMinute(new Date(lastCompactAt))}`
  throw new AppError('undo-impossible', `there is nothing to undo in ${name}`, {
    reason:
      removal !== undefined
        ? 'its repository is on another machine, and its files are not within reach'
        : archive === undefined
          ? `no archive was removed${since}`
          : `no archive ${archive} was removed${since}`,
    hint:
      removal !== undefined
        ? 'run borgboi on that machine'
        : `what a compact has freed is gone here; generations in a vault may have it: borgboi s3 generations --name ${name}`,
  })
}

/** @throws AppError `undo-impossible` where nothing would come back, or something would be lost that may not be */
async function requireWorth(
  { repos }: UndoDeps,
  { record: { name } }: Undo,
  removal: Removal,
  { rehearsal, exchange: { back, gone } }: Tried,
  { acceptLoss, dryRun }: UndoInput,
): Promise<void> {
  if (back.length === 0) {
    // So that the compact need not wait for it.
    if (!dryRun) await repos.update(name, (current) => wentBack(current, rehearsal.to, { back: [], gone: [] }))
    throw new AppError('undo-impossible', `there is nothing to bring back in ${name}`, {
      reason: `every archive of before ${formatMinute(new Date(removal.at))} is there as it was`,
      hint: `look at them with: borgboi backup list --name ${name}`,
    })
  }
  if (gone.length === 0 || acceptLoss || dryRun) return
  throw new AppError('undo-impossible', `did not undo: ${numberOf(gone.length, 'archive')} would be lost`, {
    reason: `made since then: ${gone.join(', ')}`,
    hint: `restore what you need of ${gone.length === 1 ? 'it' : 'them'} first, or accept it: borgboi backup undo --name ${name} --accept-loss`,
  })
}

/** What Borg learns of the copy does not stand beside what it knows of the repository. */
async function accessToCopy(deps: UndoDeps, { record, access }: Undo, path: string): Promise<RepositoryAccess> {
  return await asCopy(deps, record.name, { ...access, path })
}

/** One that was only rewritten, by `backup recreate` or with another comment, is not gone: it comes back as it was. */
function exchangeBetween(before: readonly Archive[], now: readonly Archive[]): Exchange {
  const names = (archives: readonly Archive[]) => new Set(archives.map(({ name }) => name))
  const onlyIn = (some: readonly Archive[], others: readonly Archive[]) => {
    const known = new Set(others.map(({ id }) => id))
    return some.filter(({ id }) => !known.has(id)).map(({ name }) => name)
  }
  const [namesBefore, namesNow] = [names(before), names(now)]
  return {
    back: onlyIn(before, now).map((name) => (namesNow.has(name) ? asItWas(name) : name)),
    gone: onlyIn(now, before).filter((name) => !namesBefore.has(name)),
  }
}

function exchangeInWords({ back, gone }: Exchange): string {
  const coming = back.length === 0 ? 'nothing comes back' : `back: ${back.join(', ')}`
  return gone.length === 0 ? coming : `${coming}; gone: ${gone.join(', ')}`
}

function damagedBefore({ name, path }: RepoRecord, problems: readonly string[]): AppError {
  return new AppError('repository-damaged', `did not undo: the repository at ${path} was damaged then`, {
    reason: problems.at(-1) ?? 'borg check found damage in the copy',
    hint: `nothing was changed; look at what there is with: borgboi backup check --name ${name}`,
    context: { problems },
  })
}
