// Blobs that a push which was cut off has sent already. They are taken over while they are young: a collection of
// garbage never touches what is younger than twice that, so that none is deleted while a push relies on it.

import type { Content, ObjectFacts, Vault } from '../vault/vault.ts'

/** By the vault's clock. */
export const LEFTOVER_MAX_AGE_MS = 24 * 3600_000

export class Leftovers {
  readonly #vault: Vault
  readonly #found = new Map<string, ObjectFacts>()
  readonly #sample: { readonly key: string; readonly content: Content } | undefined
  #vaultNow: Promise<number> | undefined

  /** `sample`: a small blob that is to be sent anyway. */
  constructor(vault: Vault, sample: { readonly key: string; readonly content: Content } | undefined) {
    this.#vault = vault
    this.#sample = sample
  }

  /** Looks once for all that is there of `wanted`, a thousand for a request. */
  async list(prefix: string, wanted: ReadonlySet<string>): Promise<void> {
    for await (const facts of this.#vault.list(prefix)) {
      if (wanted.has(facts.key)) this.#found.set(facts.key, facts)
    }
  }

  /** What the listing found. */
  find(key: string): ObjectFacts | undefined {
    return this.#found.get(key)
  }

  /** Whether an object that is there need not be sent again. */
  async isUsable(facts: ObjectFacts, { size, sha256 }: Content, maxAgeMs = LEFTOVER_MAX_AGE_MS): Promise<boolean> {
    if (facts.size !== size || (facts.sha256 ?? sha256) !== sha256) return false
    if (maxAgeMs === Number.POSITIVE_INFINITY) return true
    this.#vaultNow ??= this.#readVaultClock()
    return (await this.#vaultNow) - facts.lastModified.getTime() < maxAgeMs
  }

  /** A vault says what time it is only by what was just written to it. */
  async #readVaultClock(): Promise<number> {
    if (this.#sample === undefined) return Number.POSITIVE_INFINITY
    await this.#vault.put(this.#sample.key, this.#sample.content, 'any')
    const facts = await this.#vault.head(this.#sample.key)
    return facts?.lastModified.getTime() ?? Number.POSITIVE_INFINITY
  }
}
