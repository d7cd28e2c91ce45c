// Opens vaults by their address, tries them, and keeps what was found in the home: `data/vaults/<settings>.json`.

import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { VaultProbe, VaultSettings, Vaults } from '../deps.ts'
import { AppError } from '../errors.ts'
import { parseVaultUrl, vaultDirectory } from '../model/vault-url.ts'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { keepYoungHeapSmall } from '../platform/memory.ts'
import type { VaultContext } from './context.ts'
import type { Vault } from './vault.ts'

const FORMAT = 1
const NAME_LENGTH = 16

export interface OpenVaultsOptions extends VaultContext {
  /** `<home>/data`; it need not exist. */
  readonly directory: string
}

export class OpenVaults implements Vaults {
  readonly #options: OpenVaultsOptions

  constructor(options: OpenVaultsOptions) {
    this.#options = options
  }

  async open(settings: VaultSettings, asOf?: Date): Promise<Vault> {
    const url = parseVaultUrl(settings.url)
    const root = vaultDirectory(url)
    // Before it grows by what is loaded now.
    keepYoungHeapSmall()
    // Each is loaded when it is used.
    if (root === undefined && asOf !== undefined) {
      const { openPastVault } = await import('./s3/past-vault.ts')
      return await openPastVault({ ...settings, url }, this.#options, asOf)
    }
    if (root === undefined) {
      const { openS3Vault } = await import('./s3/open-s3-vault.ts')
      return await openS3Vault({ ...settings, url }, this.#options)
    }
    if (asOf !== undefined) throw withoutPast(url, asOf)
    const { FilesystemVault } = await import('./filesystem/filesystem-vault.ts')
    return new FilesystemVault({ ...this.#options, url, root })
  }

  async probe(settings: VaultSettings, { mayMark }: { readonly mayMark: boolean }): Promise<VaultProbe> {
    const { probeVault } = await import('./probe.ts')
    const root = vaultDirectory(parseVaultUrl(settings.url))
    if (root !== undefined) {
      const { markVault } = await import('./filesystem/marker.ts')
      const wasTried = (await readTextIfAny(this.#pathOf(settings))) !== undefined
      await markVault(root, wasTried ? 'lost' : mayMark ? 'new' : 'unknown', this.#options.clock.now())
    }
    const vault = await this.open(settings)
    try {
      const probe = await probeVault(vault, settings, this.#options)
      await writeFileAtomic(this.#pathOf(settings), `${JSON.stringify({ format: FORMAT, ...probe })}\n`)
      return probe
    } finally {
      await vault.close()
    }
  }

  async lastProbe(settings: VaultSettings): Promise<VaultProbe | undefined> {
    return parseProbe(await readTextIfAny(this.#pathOf(settings)))
  }

  #pathOf({ url, endpoint, region, profile, virtualStyle }: VaultSettings): string {
    const all = [parseVaultUrl(url), endpoint, region, profile, virtualStyle].map((setting) => setting ?? null)
    return join(this.#options.directory, 'vaults', `${hash('sha256', JSON.stringify(all)).slice(0, NAME_LENGTH)}.json`)
  }
}

function withoutPast(url: string, asOf: Date): AppError {
  return new AppError('value-invalid', `cannot read ${url} as it was at ${asOf.toISOString()}`, {
    reason: 'a directory keeps no older versions of its files',
    hint: 'leave --vault-as-of out; where its file system keeps snapshots, name the directory inside the one of that time',
  })
}

/** Undefined for what is damaged or of another format: the vault can be tried again. */
function parseProbe(text: string | undefined): VaultProbe | undefined {
  try {
    const { format, ...probe } = JSON.parse(text ?? '{}') as Partial<VaultProbe> & { readonly format?: unknown }
    const isWhole = format === FORMAT && typeof probe.at === 'string' && Array.isArray(probe.weaknesses)
    return isWhole ? (probe as VaultProbe) : undefined
  } catch {
    return undefined
  }
}
