// Moves the files of a repository. Within a file system: one rename. To another: a copy beside the target, read back,
// which gets its place by a rename when it is whole; a journal in the home tells the next try how far it came.

import { dirname, join } from 'node:path'
import type { Host } from '../deps.ts'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import { copyTree, requirePlain, requireRoom, type SurveyedTree, spaceFor, surveyTree } from '../platform/copy-tree.ts'
import {
  listIfAny,
  lstatIfAny,
  makePrivateDirectory,
  readTextIfAny,
  statIfAny,
  syncDirectory,
} from '../platform/files.ts'
import { removeIfEmpty } from '../platform/second-names.ts'
import { freeBytes, removeEntry, renameEntry, renameWithinDisk } from '../platform/trees.ts'
import { nearestEntry, requireApart, requireFree } from './destination.ts'
import { type Journal, Journals } from './journal.ts'
import type { Move, MovePlan, Relocation } from './relocation.ts'

export interface FileRelocationOptions {
  /** `<home>/data`; it need not exist. */
  readonly directory: string
  readonly host: Pick<Host, 'newId'>
  /** Ends a copy in good order. */
  readonly stop: AbortSignal
}

/** Locks, and what a push that was killed left: none of it is the repository's own. */
const OMITTED = /^(lock\.(exclusive|roster)(\..*)?|\.borgboi-snapshot-.*)$/
/** Without it Borg sees no repository: it goes when all else is gone. */
const CONFIG = 'config'

export class FileRelocation implements Relocation {
  readonly #options: FileRelocationOptions
  readonly #journals: Journals

  constructor(options: FileRelocationOptions) {
    this.#options = options
    this.#journals = new Journals(options.directory)
  }

  async begun(borgId: string): Promise<Move | undefined> {
    const journal = await this.#journals.read(borgId)
    return journal && { borgId, from: journal.from, to: journal.to }
  }

  async plan(move: Move): Promise<MovePlan> {
    const { tree, plan, begun } = await this.#survey(move)
    if (plan.way === 'rename') return plan
    requirePlain(move.from, tree)
    if (begun === undefined) requireRoom(move.to, spaceFor(tree), await freeBytes(await nearestEntry(dirname(move.to))))
    return plan
  }

  async bring(move: Move, handlers: StepHandlers): Promise<MovePlan> {
    const { tree, plan, begun } = await this.#survey(move)
    const { from, to } = move
    await makePrivateDirectory(dirname(to))
    if (begun === undefined && (await renameWithinDisk(from, to))) {
      await syncDirectory(dirname(from))
      await syncDirectory(dirname(to))
      return { ...plan, way: 'rename' }
    }
    requirePlain(from, tree)
    await this.#copy(move, tree, begun, handlers)
    return { ...plan, way: 'copy' }
  }

  async removeOriginal({ borgId }: Move): Promise<'removed' | 'changed' | 'gone'> {
    const journal = await this.#journals.read(borgId)
    if (journal === undefined) return 'gone'
    const { from } = journal
    if (journal.phase !== 'removing' && (await isRepository(from, borgId))) {
      if ((await surveyTree(from, isOmitted)).fingerprint !== journal.fingerprint) {
        await this.#journals.clear(borgId)
        return 'changed'
      }
      await this.#journals.write(borgId, { ...journal, phase: 'removing' })
    }
    const isThere = await isRepository(from, borgId)
    if (isThere) await removeRepository(from)
    await removeLocks(from)
    await this.#journals.clear(borgId)
    return isThere ? 'removed' : 'gone'
  }

  async abandon(borgId: string): Promise<string | undefined> {
    const journal = await this.#journals.read(borgId)
    if (journal === undefined) return undefined
    const isPlaced = await this.#isPlaced(borgId, journal)
    await removeEntry(journal.staging)
    await this.#journals.clear(borgId)
    return isPlaced ? journal.to : undefined
  }

  /** `begun`: this very move was begun before, and is to be gone on with. */
  async #survey(move: Move): Promise<{ tree: SurveyedTree; plan: MovePlan; begun: Journal | undefined }> {
    const { borgId, from, to } = move
    const facts = await lstatIfAny(from)
    if (facts?.isDirectory() !== true) throw behindLink(from)
    await requireApart(from, to)
    const journal = await this.#journals.read(borgId)
    const begun = journal?.from === from && journal.to === to ? journal : undefined
    if (begun === undefined || !(await this.#isPlaced(borgId, begun))) await requireFree(to)
    const isSameDisk = (await statIfAny(await nearestEntry(dirname(to))))?.dev === facts.dev
    const tree = await surveyTree(from, isOmitted)
    const way = isSameDisk && begun === undefined ? 'rename' : 'copy'
    return { tree, plan: { way, files: tree.files.size, bytes: tree.bytes }, begun }
  }

  async #copy(move: Move, tree: SurveyedTree, begun: Journal | undefined, handlers: StepHandlers): Promise<void> {
    const { borgId, from, to } = move
    const { host, stop } = this.#options
    const staging = begun?.staging ?? `${to}.incoming-${host.newId()}`
    const journal: Journal = { from, to, staging, phase: 'copying' }
    // Whole, but never taken for the repository: it is made up to date as an unfinished one is.
    if (begun && (await this.#isPlaced(borgId, begun))) await renameEntry(to, staging)
    await this.#journals.write(borgId, journal)
    await copyTree(from, tree, staging, {
      check: () => throwIfStopped(stop),
      onProgress: (progress) => handlers.onProgress?.({ stage: 'copy', ...progress, totalBytes: tree.bytes }),
    })
    const { fingerprint } = await surveyTree(from, isOmitted)
    if (fingerprint !== tree.fingerprint) throw changed(from)
    await this.#journals.write(borgId, { ...journal, phase: 'placing', fingerprint })
    await renameEntry(staging, to)
    await syncDirectory(dirname(to))
  }

  /** Whether the copy has its place already. */
  async #isPlaced(borgId: string, { phase, staging, to }: Journal): Promise<boolean> {
    return phase !== 'copying' && (await lstatIfAny(staging)) === undefined && (await isRepository(to, borgId))
  }
}

function isOmitted(name: string): boolean {
  return OMITTED.test(name)
}

async function isRepository(path: string, borgId: string): Promise<boolean> {
  return (await readTextIfAny(join(path, CONFIG)))?.includes(borgId) === true
}

async function removeRepository(path: string): Promise<void> {
  const names = ((await listIfAny(path)) ?? []).filter((name) => name !== CONFIG && !isOmitted(name))
  for (const name of [...names, CONFIG]) await removeEntry(join(path, name))
}

/** What is left where a repository was. A directory that a disk is mounted on stays, and so does one that is not empty. */
async function removeLocks(path: string): Promise<void> {
  for (const name of ((await listIfAny(path)) ?? []).filter(isOmitted)) await removeEntry(join(path, name))
  await removeIfEmpty(path).catch(() => {})
}

function throwIfStopped(stop: AbortSignal): void {
  if (!stop.aborted) return
  throw new AppError('interrupted', 'did not finish to copy the repository', {
    reason: `borgboi received ${String(stop.reason)}`,
    hint: 'the original is as it was; run the same command again: it goes on where it stopped',
  })
}

function changed(from: string): AppError {
  return new AppError('file-unusable', `cannot move ${from}`, {
    reason: 'something wrote to it while it was copied',
    hint: 'find out what; then run the same command again: only what changed is copied',
  })
}

function behindLink(from: string): AppError {
  return new AppError('file-unusable', `cannot move ${from}`, {
    reason: 'it is no directory but a link to one',
    hint: 'move what it leads to by hand, then name its new place with the same command',
  })
}
