// Which files make up the last committed transaction of a repository on this disk: found without Borg and without a
// lock, as Borg finds it itself after a crash, by the newest segment that ends in a commit.
// Source: borg docs internals/data-structures, "Segments", "Index, hints and integrity".

import { createHash, hash } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { type FileRole, roleOf } from '../model/generation.ts'
import { readBytesIfAny } from '../platform/entries.ts'
import { type FileFacts, fileFactsIfAny } from '../platform/file-facts.ts'
import { listIfAny } from '../platform/files.ts'
import { lastCommitted, listSegments, segmentsPerDirOf } from '../platform/segment-files.ts'
import type { LocalRepository } from './replication.ts'

export interface ScannedFile {
  /** In the repository: `data/0/17`. */
  readonly path: string
  readonly role: FileRole
  readonly facts: FileFacts
}

export interface RepositoryScan {
  readonly transactionId: number
  readonly segmentsPerDir: number
  readonly config: Buffer
  /** In the repository, in ascending order: those up to the transaction. */
  readonly segments: readonly string[]
  /** The index files of the transaction; none where one of them has more than was asked for. */
  readonly aux: readonly ScannedFile[]
}

/**
 * What is in the directory, without a look at each segment. Undefined while a transaction is being committed or
 * compacted. Index files of more than `auxMaxBytes` are left out.
 * @throws AppError `repository-missing`, `repository-moved`, `repository-damaged`, `file-denied`
 */
export async function scanRepository(
  repository: LocalRepository,
  auxMaxBytes: number,
): Promise<RepositoryScan | undefined> {
  const { directory } = repository
  // The index first: while Borg commits, segments grow before it, so that they are never behind what is seen here.
  const names = (await listIfAny(directory)) ?? []
  const config = readConfig(repository)
  const segmentsPerDir = segmentsPerDirOf(config.toString())
  const segments = await listSegments(directory, segmentsPerDir)
  const transactionId = lastCommitted(directory, segments)
  const indexId = newestIndex(names)
  if (transactionId === undefined || (indexId ?? 0) > transactionId) throw uncommitted(directory, indexId)
  // Borg is just between the commit and the index; or it was killed there, and the next Borg makes the index.
  if (indexId !== transactionId && names.includes('lock.exclusive')) return undefined

  const aux: ScannedFile[] = []
  for (const path of names.filter((name) => roleOf(name) === 'aux' && name.endsWith(`.${transactionId}`))) {
    const facts = fileFactsIfAny(join(directory, path))
    if (facts === undefined) return undefined
    aux.push({ path, role: 'aux', facts })
  }
  return {
    transactionId,
    segmentsPerDir,
    config,
    segments: segments.filter(({ number }) => number <= transactionId).map(({ path }) => path),
    aux: aux.some(({ facts }) => facts.size > auxMaxBytes) ? [] : aux,
  }
}

/**
 * The segments and then the index files, each looked at when its turn comes: what is known of tens of thousands is
 * megabytes. `gone`: it was removed since the scan.
 */
export function* eachFile(directory: string, { segments, aux }: RepositoryScan): Generator<ScannedFile | 'gone'> {
  for (const path of segments) {
    const facts = fileFactsIfAny(`${directory}/${path}`)
    yield facts === undefined ? 'gone' : { path, role: 'segment', facts }
  }
  yield* aux
}

export interface Identified {
  readonly path: string
  readonly identity: string
}

/**
 * Another one stands for something to push: another transaction, which it begins with, another segment or key.
 * `segments`: in ascending order.
 */
export function fingerprintOf(transactionId: number, config: Buffer, segments: Iterable<Identified>): string {
  // Line by line: the text of tens of thousands of files is megabytes.
  const digest = createHash('sha256').update(hash('sha256', config))
  for (const { path, identity } of segments) digest.update(`\n${path} ${identity}`)
  return `${transactionId}:${digest.digest('hex')}`
}

/** Whether it can be the fingerprint of that transaction: told without a look at the segments. */
export function isOfTransaction(fingerprint: string, transactionId: number): boolean {
  return fingerprint.startsWith(`${transactionId}:`)
}

function readConfig({ directory, borgId }: LocalRepository): Buffer {
  const config = readBytesIfAny(join(directory, 'config'))
  if (config === undefined) {
    throw new AppError('repository-missing', `cannot copy the repository at ${directory}`, {
      reason: 'there is no Borg repository at that path',
      hint: 'mount its disk, or bring it back with: borgboi s3 restore',
    })
  }
  const id = /^id\s*=\s*([0-9a-f]{64})\s*$/m.exec(config.toString())?.[1]
  if (id === borgId) return config
  throw new AppError('repository-moved', `cannot copy the repository at ${directory}`, {
    reason: `it is another one: its id is ${id?.slice(0, 12) ?? 'missing'}…, not ${borgId.slice(0, 12)}…`,
    hint: 'put the right repository back, or record this one as a new repo with: borgboi repo import',
  })
}

function newestIndex(names: readonly string[]): number | undefined {
  const numbers = names.flatMap((name) => /^index\.(\d{1,15})$/.exec(name)?.[1] ?? [])
  return numbers.length === 0 ? undefined : Math.max(...numbers.map(Number))
}

function uncommitted(directory: string, indexId: number | undefined): AppError {
  return new AppError('repository-damaged', `cannot copy the repository at ${directory}`, {
    reason:
      indexId === undefined
        ? 'none of its segments ends with a commit'
        : `the segment of its last transaction, ${indexId}, is missing or cut short`,
    hint: 'look at it with: borgboi backup check; what is in the vault is untouched, see: borgboi s3 generations',
  })
}
