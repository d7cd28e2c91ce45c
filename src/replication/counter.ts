// Borg's encryption counter (the file `nonce`): whoever writes to a restored repository must never use a counter that was
// used before with the same key, since both texts are then readable. Source: Borg, crypto/nonces.py.

import pLimit from 'p-limit'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import type { Chain, ManifestKey } from './chain.ts'

/** In blocks of 16 bytes: 16 TiB that the writer before may have encrypted after its last push. */
const MARGIN = 1n << 40n
const COUNTER_END = 1n << 64n

/**
 * The counter to go on with, as 16 hex digits; undefined for a repository without one (it is not encrypted).
 * `headSeq`: of the head after the old writer was fenced off.
 */
export async function raisedCounter(
  chain: Chain,
  headSeq: number,
  own: readonly (string | undefined)[],
  handlers: StepHandlers,
): Promise<string | undefined> {
  const limit = pLimit(chain.vault.concurrency)
  const keys = telling(await chain.listManifests(), headSeq)
  const read = await Promise.all(keys.map((named) => limit(() => counterOf(chain, named, handlers))))
  return raise([...own, ...read])
}

/** @throws AppError `vault-damaged` where no room is left above the highest */
export function raise(counters: readonly (string | undefined)[]): string | undefined {
  const known = counters.filter((counter) => counter !== undefined).map((counter) => BigInt(`0x${counter}`))
  if (known.length === 0) return undefined
  const raised = known.reduce((highest, counter) => (counter > highest ? counter : highest)) + MARGIN
  if (raised < COUNTER_END) return raised.toString(16).padStart(16, '0')
  throw new AppError('vault-damaged', 'cannot raise the counter of the repository', {
    reason: 'it is at its end already, which no repository reaches: a manifest is forged',
    hint: 'restore without --writable, and copy the archives into a new repository',
  })
}

/**
 * A push is refused when the counter is lower than its parent's, so that the head has the highest of its whole chain.
 * What is not on the chain may have a higher one: everything as new as the head, and rivals of any number.
 */
function telling(manifests: readonly ManifestKey[], headSeq: number): ManifestKey[] {
  const bySeq = Map.groupBy(manifests, ({ seq }) => seq)
  return manifests.filter(({ seq }) => seq >= headSeq || (bySeq.get(seq)?.length ?? 0) > 1)
}

async function counterOf(chain: Chain, { key, seq }: ManifestKey, handlers: StepHandlers): Promise<string | undefined> {
  try {
    const { manifest } = await chain.readManifest(key)
    return manifest.borg.nonce
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'vault-damaged') throw error
    // The margin is far above what one generation can have used. To refuse would make one damaged object a disaster.
    handlers.onWarning?.({
      kind: 'off-site',
      message: `generation ${seq} does not tell its counter (${error.reason}): the margin of 16 TiB is relied on`,
    })
    return undefined
  }
}
