// Repair: what is damaged in the vault is uploaded again from this machine, where a file still has exactly that content.

import pLimit from 'p-limit'
import type { StepHandlers } from '../model/events.ts'
import { parseBlobKey } from '../model/generation.ts'
import { fileContent, hashFileIfAny } from '../platform/file-content.ts'
import type { Vault } from '../vault/vault.ts'
import type { ReplicationContext } from './context.ts'
import type { DamagedObject, LocalRepository, RepairResult } from './replication.ts'

/** Blobs are replaced whatever is there: what is there is wrong, and the content is proven by its name. */
export async function repair(
  { stop }: ReplicationContext,
  vault: Vault,
  repository: LocalRepository,
  damaged: readonly DamagedObject[],
  handlers: StepHandlers,
): Promise<RepairResult> {
  const repaired: string[] = []
  const lost: DamagedObject[] = []
  await pLimit(vault.concurrency).map(damaged, async (object) => {
    const source = await findSource(repository, object)
    if (source === undefined) {
      lost.push(object)
    } else {
      await vault.put(object.key, source, 'any', { signal: stop })
      repaired.push(object.key)
    }
    handlers.onProgress?.({
      stage: 'upload again',
      files: repaired.length,
      fraction: (repaired.length + lost.length) / damaged.length,
    })
  })
  return { repaired, lost }
}

/** The first of the paths it had whose content today is the right one. */
async function findSource({ directory }: LocalRepository, { key, paths }: DamagedObject) {
  const sha256 = parseBlobKey(key)
  if (sha256 === undefined) return undefined
  for (const path of paths) {
    const file = `${directory}/${path}`
    const found = await hashFileIfAny(file)
    if (found?.sha256 === sha256) return fileContent(file, found)
  }
  return undefined
}
