// The directory that is a vault: where objects have their place in it, that no link leads out of it, and whether it is
// there at all.

import { join } from 'node:path'
import { makeBelow, realPathIfAny } from '../../platform/object-files.ts'
import { failed, missingRoot, toVaultError } from './failure.ts'
import { requireMarker } from './marker.ts'
import { segmentsOf } from './object-keys.ts'

export class VaultDirectory {
  readonly root: string
  #isMarked = false

  constructor(root: string) {
    this.root = root
  }

  /** Runs `act`; system errors of it become those of the vault. `attempt`: `store repo/head.json`. */
  async attempt<T>(attempt: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      throw toVaultError(error, attempt, this.root)
    }
  }

  /** Before anything is written; afterwards `.partial/`, which is nowhere but in a vault, says the same. */
  async requireMarker(): Promise<void> {
    if (this.#isMarked) return
    await requireMarker(this.root)
    this.#isMarked = true
  }

  /** What was not found is not there, unless the whole disk is not. @throws AppError `vault-missing` */
  async confirmAbsent(): Promise<undefined> {
    await requireMarker(this.root)
  }

  /** The path of an object; undefined where its directory does not exist. @throws AppError as `directoryOf` */
  async placeOf(attempt: string, key: string): Promise<string | undefined> {
    const segments = segmentsOf(key)
    const directory = await this.directoryOf(attempt, segments.slice(0, -1))
    return directory && join(directory, segments.at(-1) ?? '')
  }

  /** As `placeOf`, its directory made where it is missing: level by level, so that no link is followed. */
  async makePlace(attempt: string, key: string): Promise<string> {
    const segments = segmentsOf(key)
    for (let depth = segments.length - 1; depth > 0; depth--) {
      const directory = await this.directoryOf(attempt, segments.slice(0, depth))
      if (directory === undefined) continue
      await makeBelow(directory, segments.slice(depth, -1))
      return join(directory, ...segments.slice(depth))
    }
    await makeBelow(this.root, segments.slice(0, -1))
    return join(this.root, key)
  }

  /** The directory of these names, undefined where there is none. @throws AppError where a link leads elsewhere */
  async directoryOf(attempt: string, segments: readonly string[]): Promise<string | undefined> {
    return await this.attempt(attempt, async () => {
      const root = await realPathIfAny(this.root)
      if (root === undefined) throw missingRoot(this.root)
      const path = join(root, ...segments)
      const real = await realPathIfAny(path)
      if (real === undefined || real === path) return real
      const hint = `look at it with: ls -la ${path}; remove the link where nobody knows of it`
      throw failed(attempt, this.root, `${path} is a symbolic link, or in one, and leads to ${real}`, hint)
    })
  }
}
