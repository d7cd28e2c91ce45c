// Whether a repository on this machine has exactly the content of a generation: every committed file hashed, nothing
// taken from what anybody remembers of it. Index files and the counter aside, which Borg changes without a commit.

import { join } from 'node:path'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import { type Manifest, roleOf, segmentNumber } from '../model/generation.ts'
import { lstatIfAny } from '../platform/files.ts'
import { readTree } from '../platform/trees.ts'
import type { ReplicationContext } from './context.ts'
import { hashFile } from './staging.ts'
import { throwIfStopped } from './stop.ts'

/** @throws AppError `repository-missing`, `locked`, `replica-diverged` naming the first file that differs */
export async function requireRepositoryOf(
  context: ReplicationContext,
  manifest: Manifest,
  directory: string,
  handlers: StepHandlers,
): Promise<void> {
  if ((await lstatIfAny(join(directory, 'config'))) === undefined) {
    throw new AppError('repository-missing', `cannot promote ${directory}`, {
      reason: 'there is neither a replica nor a repository',
      hint: 'on a machine without a copy, use: borgboi s3 restore --writable',
    })
  }
  const { files: found, directories } = await readTree(directory)
  if (directories.includes('lock.exclusive')) {
    throw new AppError('locked', `cannot promote ${directory}`, {
      reason: 'Borg is working on it',
      hint: 'wait until it has ended, then run the same command again',
    })
  }
  const own = new Set(manifest.files.map(({ path }) => path))
  const stranger = [...found.keys()].find((path) => !own.has(path) && isCommittedElsewhere(path, manifest, found))
  if (stranger !== undefined) throw different(manifest, directory, `${stranger} is not in it`)

  let bytes = 0
  for (const { path, size, sha256, role } of manifest.files) {
    throwIfStopped(context, 'compare the repository')
    if (role === 'aux' || role === 'nonce') continue
    const same = found.get(path)
    if (same?.isFile !== true || same.size !== size || (await hashFile(join(directory, path))) !== sha256) {
      throw different(manifest, directory, same ? `${path} is another one` : `${path} is missing here`)
    }
    bytes += size
    handlers.onProgress?.({ stage: 'verify', bytes, totalBytes: manifest.totals.bytes })
  }
}

/** A file that is not the generation's, and would be if it were of this state: Borg starts every transaction with an index file. */
function isCommittedElsewhere(path: string, { borg }: Manifest, found: ReadonlyMap<string, unknown>): boolean {
  const role = roleOf(path)
  if (role === 'aux') return path !== `${path.split('.')[0]}.${borg.transactionId}`
  if (role !== 'segment') return false
  // Later segments are what a killed Borg left, as long as the index says that nothing later was committed.
  const isCommitted = (segmentNumber(path) ?? 0) <= borg.transactionId
  return isCommitted || !found.has(`index.${borg.transactionId}`)
}

function different(manifest: Manifest, directory: string, what: string): AppError {
  return new AppError('replica-diverged', `cannot promote ${directory}`, {
    reason: `it is not what generation ${manifest.seq} is: ${what}`,
    hint: 'take over from the vault beside it, and compare: borgboi s3 restore --writable',
  })
}
