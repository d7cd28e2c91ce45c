// A push makes the next generation (docs/formats.md, "In a vault"). Up to the head's move nothing of it is visible, and a
// push that is cut off leaves only objects that the next one uses. What this home remembers is written last: where that
// is lost, the next push finds its own id in the head and takes the generation over.

import type { StepHandlers } from '../model/events.ts'
import { collectingSooner } from '../platform/memory.ts'
import type { Vault } from '../vault/vault.ts'
import type { ReplicationContext } from './context.ts'
import { HashCache } from './hashes.ts'
import { sweepLinkDirectories } from './link-directory.ts'
import { keepGeneration, type Made, makeGeneration } from './make-generation.ts'
import { planGeneration } from './plan.ts'
import { announce, onStillRepository, openPush, type PushJob, readState } from './push-job.ts'
import type { LocalRepository, PushOptions, PushResult } from './replication.ts'
import {
  eachFile,
  fingerprintOf,
  type Identified,
  isOfTransaction,
  type RepositoryScan,
  scanRepository,
} from './scan.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { readHead, readStanding, type Standing } from './standing.ts'

/** 1: the head, and whether anything has changed since. */
export async function push(
  context: ReplicationContext,
  vault: Vault,
  repository: LocalRepository,
  options: PushOptions,
  handlers: StepHandlers,
): Promise<PushResult> {
  const job = await openPush(context, vault, repository, options, handlers)
  const { chain, records } = job
  announce(job, 'read the head')
  const { confirmed, pendingId } = records
  const [head, isUntouched] = await Promise.all([
    readHead(chain, records),
    confirmed?.fingerprint !== undefined && hasFingerprint(repository, options, confirmed.fingerprint),
  ])
  const isKnown = pendingId === undefined && head !== undefined && head.etag === confirmed?.etag
  // Somebody who says that a loss is meant wants it told by the newest generation.
  if (isKnown && !options.acceptLoss && isUntouched) {
    return { outcome: 'unchanged', seq: head.head.seq, objects: 0, bytes: 0, totals: confirmed.totals }
  }
  const standing = await readStanding(context, chain, records, head)
  return await onStillRepository(repository, async () => await pushSnapshot(job, standing))
}

/** False also while a transaction is being committed. */
async function hasFingerprint(
  repository: LocalRepository,
  { auxMaxBytes }: PushOptions,
  fingerprint: string,
): Promise<boolean> {
  const scan = await scanRepository(repository, auxMaxBytes)
  if (scan === undefined || !isOfTransaction(fingerprint, scan.transactionId)) return false
  return fingerprintOf(scan.transactionId, scan.config, identitiesOf(repository.directory, scan)) === fingerprint
}

/** One that is gone makes it another fingerprint. */
function* identitiesOf(directory: string, scan: RepositoryScan): Generator<Identified> {
  for (const file of eachFile(directory, scan)) {
    if (file === 'gone') return
    if (file.role === 'segment') yield { path: file.path, identity: file.facts.identity }
  }
}

/** 2, 3 and the last: the files held still, what they hold, and what is remembered of it. */
async function pushSnapshot(job: PushJob, standing: Standing): Promise<PushResult> {
  const { context, records, repository, options } = job
  const { parent } = standing
  const hashes = HashCache.open(records.hashesFile)
  announce(job, 'take the snapshot')
  await sweepLinkDirectories(context, repository.directory, hashes)
  const stored = new Set(parent?.manifest.files.map(({ sha256 }) => sha256))
  const isStored = (sha256: string) => stored.has(sha256)
  const held = { ...options, inPlace: false, isStored }
  const snapshot = await collectingSooner(() => takeSnapshot(context, repository, held, hashes))
  const paths = snapshot.files.map(({ path }) => path)
  let made: Made
  try {
    announce(job, 'hash')
    const state = await collectingSooner(() => readState(job, parent, snapshot, hashes))
    // Already now: a push that is cut off from here on need not read it all again.
    await hashes.save(paths)
    const plan = planGeneration(parent?.manifest, state, options)
    made =
      parent && !plan.due
        ? await keepGeneration(job, standing, parent)
        : await makeGeneration(job, standing, snapshot, state, plan)
  } finally {
    await snapshot.release()
    await hashes.save(paths)
  }
  announce(job, 'record')
  await records.confirm({
    ...made.head,
    totals: made.result.totals,
    fingerprint: fingerprintAfter(snapshot, hashes),
  })
  return made.result
}

/** Of the repository as it was in the snapshot; undefined where a file is too young to be remembered. */
function fingerprintAfter({ files, transactionId, config }: Snapshot, hashes: HashCache): string | undefined {
  const segments = files.filter(({ role }) => role === 'segment')
  const identities = hashes.identities(segments.map(({ path }) => path))
  return identities && fingerprintOf(transactionId, config, identities)
}
