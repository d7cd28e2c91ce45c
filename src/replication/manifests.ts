// All manifests of a chain one after another, so that a long chain takes the memory of one.

import { AppError } from '../errors.ts'
import type { Manifest } from '../model/generation.ts'
import type { Chain, ManifestKey } from './chain.ts'

export type ReadManifest = ManifestKey & ({ readonly manifest: Manifest } | { readonly damage: AppError })

/** Oldest first. What is damaged is yielded as such; every other failure throws. */
export async function* readManifests(chain: Chain, keys: readonly ManifestKey[]): AsyncGenerator<ReadManifest> {
  for (const named of keys) {
    try {
      const { manifest } = await chain.readManifest(named.key)
      yield { ...named, manifest }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'vault-damaged') throw error
      yield { ...named, damage: error }
    }
  }
}
