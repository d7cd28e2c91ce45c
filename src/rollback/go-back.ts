// Making a repository what its rehearsal is: the later segments are taken away, the highest first, and the one that
// commits is added. A log that is cut short from its end is a whole log at every moment, so that a process that is killed
// here leaves one of the states that were committed, without an index, which Borg then makes anew. Order: the journal, the
// index files, the segments, the commit, the counter, and the rehearsal's index files, that of the index itself last.

import { dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { roleOf } from '../model/generation.ts'
import { readBytesIfAny, renameIfAny } from '../platform/entries.ts'
import { fileFactsIfAny, hasSameContent, removeName } from '../platform/file-facts.ts'
import { listIfAny, lstatIfAny, readTextIfAny, syncDirectory, writeFileAtomic } from '../platform/files.ts'
import { COMMIT_SEGMENT, segmentPath } from '../platform/segment-files.ts'
import { commitNumber } from './rehearse.ts'
import { type RepositoryState, readState } from './repository-state.ts'
import type { BegunReturn, Exchange, Rehearsal } from './rollback.ts'
import { type Journal, readJournal, rehearsalDirectory, writeJournal } from './undo-directory.ts'

/** @throws AppError `locked` */
export async function goBack(repository: string, { to, from }: Rehearsal, exchange: Exchange): Promise<void> {
  const state = await readState(repository)
  if (state?.point.transactionId !== from.transactionId || state.point.segments !== from.segments) {
    throw new AppError('locked', `did not go back in the repository at ${repository}`, {
      reason: 'something else has written to it meanwhile',
      hint: 'nothing was changed; run the same command again',
    })
  }
  const journal = { to, commit: commitNumber(state), dropped: identitiesAfter(repository, state, to.transactionId) }
  await writeJournal(repository, { ...journal, ...exchange })
  await finish(repository)
}

export async function begun(repository: string): Promise<BegunReturn | undefined> {
  const [journal, state] = [await readJournal(repository), await readState(repository)]
  if (journal === undefined || state === undefined) return undefined
  const isOurs = ([path, identity]: [string, string]) =>
    path === segmentPath(journal.commit, state.segmentsPerDir)
      ? readBytesIfAny(join(repository, path))?.equals(COMMIT_SEGMENT) === true
      : hasSameContent({ identity }, { identity: journal.dropped[path] ?? '' })
  const { transactionId } = journal.to
  const isUntouched = Object.entries(identitiesAfter(repository, state, transactionId)).every(isOurs)
  return isUntouched ? journal : undefined
}

export async function finish(repository: string): Promise<void> {
  const [journal, state] = [await readJournal(repository), await readState(repository)]
  if (journal === undefined || state === undefined) return
  const commit = segmentPath(journal.commit, state.segmentsPerDir)
  await removeIndexFiles(repository, journal)
  for (const { number, path } of state.segments.toReversed()) {
    if (number > journal.to.transactionId && path !== commit) removeName(join(repository, path))
  }
  for (const directory of new Set(state.segments.map(({ path }) => dirname(path)))) {
    await syncDirectory(join(repository, directory))
  }
  if (readBytesIfAny(join(repository, commit))?.equals(COMMIT_SEGMENT) !== true) {
    const last = join(repository, segmentPath(journal.to.transactionId, state.segmentsPerDir))
    await replaceFile(join(repository, commit), COMMIT_SEGMENT, last)
  }
  await raiseCounter(repository)
  for (const name of ['integrity', 'hints', 'index'].map((kind) => `${kind}.${journal.commit}`)) {
    await renameIfAny(join(rehearsalDirectory(repository), name), join(repository, name))
  }
  await syncDirectory(repository)
}

/** What every segment after the transaction is, by its path. */
function identitiesAfter(repository: string, { segments }: RepositoryState, transactionId: number) {
  const after = segments.filter(({ number }) => number > transactionId)
  return Object.fromEntries(
    after.map(({ path }) => [path, fileFactsIfAny(join(repository, path))?.identity ?? 'gone']),
  ) as Record<string, string>
}

/** They are of a state that is about to go. Borg would miss its segments. */
async function removeIndexFiles(repository: string, { commit }: Journal): Promise<void> {
  for (const name of (await listIfAny(repository)) ?? []) {
    if (roleOf(name) === 'aux' && !name.endsWith(`.${commit}`)) removeName(join(repository, name))
  }
  await syncDirectory(repository)
}

/** Borg counted on while it looked at the rehearsal: no number may ever encrypt twice. */
async function raiseCounter(repository: string): Promise<void> {
  const path = join(repository, 'nonce')
  const [own, other] = [await readTextIfAny(path), await readTextIfAny(join(rehearsalDirectory(repository), 'nonce'))]
  if (other !== undefined && (own === undefined || own < other)) await replaceFile(path, other, path)
}

/** Whoever may read `model` may read it too: several users may share a repository. */
async function replaceFile(path: string, content: string | Uint8Array, model: string): Promise<void> {
  const mode = (await lstatIfAny(model))?.mode
  await writeFileAtomic(path, content, mode === undefined ? {} : { mode: mode & 0o777 })
}
