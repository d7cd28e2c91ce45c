// Tries what borgboi relies on in a vault, through the interface alone and with objects of its own, which it removes:
// some servers accept conditions and ignore them, and nothing but trying tells.

import { hash } from 'node:crypto'
import type { Clock, Host, VaultProbe, VaultSettings } from '../deps.ts'
import { AppError } from '../errors.ts'
import type { Content, PutCondition, Vault } from './vault.ts'

const RIVALS = 4
/** Ten bytes, so that ranges can be told. */
const TEXT = '0123456789'

type Found = Omit<VaultProbe, 'settings' | 'at' | 'weaknesses' | 'versioning' | 'objectLock'>

const WEAKNESSES: { readonly [K in keyof Found]: string } = {
  conditionalWrites:
    'it lets one writer replace what another has just written: two machines that copy one repository are only found out afterwards',
  readAfterWrite: 'what was just written is not there at once for readers: a copy may look older than it is',
  refusesWrongContent:
    'it stores content that was damaged on its way: only a verification that reads it finds that out',
  ranges: 'it cannot give a part of an object: a transfer that is cut off starts again from the beginning',
  deletes:
    'these credentials may not delete: collecting garbage frees nothing, and what was tried stays below borgboi-probe/',
}

/** @throws AppError where the vault cannot be reached or written to at all */
export async function probeVault(
  vault: Vault,
  settings: VaultSettings,
  { clock, host }: { readonly clock: Clock; readonly host: Host },
): Promise<VaultProbe> {
  const trial = new Trial(vault, `borgboi-probe/${host.newId()}/`)
  const found = await trial.run()
  const { versioning, objectLock } = await vault.facilities()
  const weak = (Object.keys(WEAKNESSES) as (keyof Found)[]).filter((key) => !found[key])
  return {
    settings,
    at: clock.now().toISOString(),
    ...found,
    versioning,
    ...(objectLock && { objectLock }),
    weaknesses: weak.map((key) => WEAKNESSES[key]),
  }
}

class Trial {
  readonly #vault: Vault
  readonly #prefix: string
  readonly #keys: { readonly created: string; readonly contested: string; readonly wrong: string }

  constructor(vault: Vault, prefix: string) {
    this.#vault = vault
    this.#prefix = prefix
    this.#keys = { created: `${prefix}created`, contested: `${prefix}contested`, wrong: `${prefix}wrong` }
  }

  async run(): Promise<Found> {
    try {
      // First, without conditions: what fails here is no weakness but a vault that cannot be used.
      await this.#vault.put(this.#keys.contested, contentOf(TEXT), 'any')
      const found = {
        readAfterWrite: await this.#readsAfterWrite(),
        ranges: await this.#hasRanges(),
        conditionalWrites: (await this.#keepsCreateOnly()) && (await this.#keepsCompareAndSwap()),
        refusesWrongContent: await this.#refusesWrongContent(),
      }
      return { ...found, deletes: await this.#deletes() }
    } catch (error) {
      // Whatever stands in the way of tidying up is what the error is about already.
      await this.#deletes().catch(() => {})
      throw error
    }
  }

  async #readsAfterWrite(): Promise<boolean> {
    if ((await this.#read(this.#keys.contested)) !== TEXT) return false
    await this.#vault.put(this.#keys.contested, contentOf(`${TEXT}!`), 'any')
    if ((await this.#read(this.#keys.contested)) !== `${TEXT}!`) return false
    for await (const { key } of this.#vault.list(this.#prefix)) if (key === this.#keys.contested) return true
    return false
  }

  async #hasRanges(): Promise<boolean> {
    return (await unlessFailed(this.#read(this.#keys.contested, { start: 2, end: 5 }))) === TEXT.slice(2, 5)
  }

  async #keepsCreateOnly(): Promise<boolean> {
    if (!(await this.#letsOneWin(this.#keys.created, 'absent'))) return false
    const before = await this.#read(this.#keys.created)
    const late = await unlessFailed(this.#vault.put(this.#keys.created, contentOf('late'), 'absent'))
    return late?.stored === false && (await this.#read(this.#keys.created)) === before
  }

  async #keepsCompareAndSwap(): Promise<boolean> {
    const [own, other] = [await this.#vault.head(this.#keys.contested), await this.#vault.head(this.#keys.created)]
    if (own === undefined || other === undefined) return false
    const wrong = await unlessFailed(this.#vault.put(this.#keys.contested, contentOf('wrong'), { etag: other.etag }))
    return wrong?.stored === false && (await this.#letsOneWin(this.#keys.contested, { etag: own.etag }))
  }

  /** Of several writers at once. None may think that it won, where the answer to it was lost: then the content tells. */
  async #letsOneWin(key: string, condition: PutCondition): Promise<boolean> {
    const tries = Array.from({ length: RIVALS }, (_, rival) =>
      unlessFailed(this.#vault.put(key, contentOf(`rival ${rival}`), condition)),
    )
    const results = await Promise.all(tries)
    const isUnderstood = !results.includes(undefined)
    const winners = results.flatMap((result, rival) => (result?.stored ? [`rival ${rival}`] : []))
    const content = (await this.#read(key)) ?? ''
    return isUnderstood && (winners.length === 0 ? content.startsWith('rival') : winners.join() === content)
  }

  async #refusesWrongContent(): Promise<boolean> {
    const wrong = { ...contentOf(TEXT), sha256: hash('sha256', 'other') }
    const put = await unlessFailed(this.#vault.put(this.#keys.wrong, wrong, 'any'))
    return put === undefined && (await this.#vault.head(this.#keys.wrong)) === undefined
  }

  async #deletes(): Promise<boolean> {
    const keys = Object.values(this.#keys)
    try {
      const refused = await this.#vault.delete(keys)
      return refused.length === 0 && (await this.#vault.head(this.#keys.contested)) === undefined
    } catch (error) {
      if (error instanceof AppError && error.code === 'vault-denied') return false
      throw error
    }
  }

  async #read(key: string, range?: { readonly start: number; readonly end: number }): Promise<string | undefined> {
    const object = await this.#vault.get(key, range && { range })
    if (object === undefined || object === 'unchanged') return undefined
    const parts: Uint8Array[] = []
    for await (const part of object.body) parts.push(part)
    return Buffer.concat(parts).toString()
  }
}

/** Undefined where the vault says no to the request; that it cannot be reached or may not be used is no answer. */
async function unlessFailed<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof AppError && error.code === 'vault-failed') return undefined
    throw error
  }
}

function contentOf(text: string): Content {
  const bytes = Buffer.from(text)
  return {
    size: bytes.length,
    sha256: hash('sha256', bytes),
    async *read(start = 0, end = bytes.length) {
      yield bytes.subarray(start, end)
    },
  }
}
