// Restores a generation: everything is gathered and verified beside the target, which then gets it by one rename. What
// is on disk after each step: nothing at the target until the last; beside it `<target>.incoming-<ulid>`, which a later
// try takes up again: its files are what their hashes say, whichever generation or repository they came from.

import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import { listIfAny, lstatIfAny, makePrivateDirectory, syncDirectory } from '../platform/files.ts'
import { isOwnDirectory, removeEntry, renameEntry } from '../platform/trees.ts'
import type { Vault } from '../vault/vault.ts'
import { Chain } from './chain.ts'
import { chooseGeneration } from './choose-generation.ts'
import type { ReplicationContext } from './context.ts'
import { download } from './download.ts'
import { holdDirectory } from './hold-directory.ts'
import type { RestoreInput, RestoreResult } from './replication.ts'
import { Staging } from './staging.ts'
import { takeOver } from './take-over.ts'

export async function restore(
  context: ReplicationContext,
  vault: Vault,
  input: RestoreInput,
  handlers: StepHandlers,
): Promise<RestoreResult> {
  const target = resolve(input.directory)
  await requireFree(target)
  handlers.onProgress?.({ stage: 'read the chain' })
  const chain = new Chain(vault, input.borgId)
  const generation = await chooseGeneration(chain, input)
  const { manifest, ref } = generation

  handlers.onProgress?.({ stage: 'prepare staging' })
  await makePrivateDirectory(dirname(target))
  await using _held = await holdDirectory(context, `${target}.incoming.lock`, target, 's3 restore')
  const staging = new Staging((await findLeftover(target)) ?? `${target}.incoming-${context.host.newId()}`)
  const missing = await staging.prepare(context, manifest.files)

  const options = { dropAux: input.dropAux ?? false }
  const { fetchedBytes, dropped } = await download(context, chain, generation, missing, staging, options, handlers)
  for (const [path, reason] of dropped) {
    handlers.onWarning?.({ kind: 'off-site', message: `left out, Borg makes it anew: ${reason}`, path })
  }
  const files = manifest.files.filter(({ path }) => !dropped.has(path))
  await staging.seal(files, handlers)

  const mustBeHead = input.generation === undefined && input.asOf === undefined && input.expect === undefined
  const { conditionalWrites = true } = input
  const successor = { directory: staging.repository, generation, files, mustBeHead, conditionalWrites }
  const takeover = input.writable ? await takeOver(context, chain, successor, handlers) : undefined

  handlers.onProgress?.({ stage: 'put in place' })
  await requireFree(target)
  await renameEntry(staging.repository, target)
  await syncDirectory(dirname(target))
  return {
    manifest,
    ref,
    files: files.length,
    bytes: files.reduce((bytes, { size }) => bytes + size, 0),
    fetchedBytes,
    dropped: [...dropped.keys()],
    ...(takeover && { takeover }),
  }
}

/** @throws AppError `destination-not-empty` for everything but an empty directory or nothing */
async function requireFree(target: string): Promise<void> {
  const facts = await lstatIfAny(target)
  if (facts === undefined) return
  const parent = await lstatIfAny(join(target, '..'))
  const reason = !facts.isDirectory()
    ? 'it is not a directory'
    : (await listIfAny(target))?.length !== 0
      ? 'it is not empty'
      : parent?.dev === facts.dev
        ? undefined
        : 'a disk is mounted there, and a restore takes the place of the whole directory'
  if (reason === undefined) return
  throw new AppError('destination-not-empty', `cannot restore to ${target}`, {
    reason,
    hint: 'name a directory that does not exist yet, for example one inside it',
  })
}

/**
 * What a killed restore to the same target left. Whoever left it is gone, as the lock is ours. A directory that others
 * can write to is not ours to look at.
 */
async function findLeftover(target: string): Promise<string | undefined> {
  const prefix = `${basename(target)}.incoming-`
  let found: string | undefined
  for (const name of (await listIfAny(dirname(target))) ?? []) {
    const path = join(dirname(target), name)
    if (!name.startsWith(prefix) || !/^[0-9A-HJKMNP-TV-Z]{26}$/.test(name.slice(prefix.length))) continue
    if (!(await isOwnDirectory(path))) continue
    if (found === undefined) found = path
    else await removeEntry(path)
  }
  return found
}
