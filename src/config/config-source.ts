// The configuration as the rest of borgboi sees it: read once, on first use, from file, environment and flags.

import { join, resolve } from 'node:path'
import type { ConfigSource, NewVault } from '../deps.ts'
import { AppError } from '../errors.ts'
import type { ConfigEntry } from '../model/config-entry.ts'
import type { Finding } from '../model/finding.ts'
import type { RepoName, VaultName } from '../model/names.ts'
import { lstatIfAny, readTextIfAny, realPathOf, statIfAny, writeFileAtomic } from '../platform/files.ts'
import type { Written } from './key.ts'
import type { Problem, Resolved } from './layers.ts'
import type { Config, VaultConfig } from './schema.ts'

export interface ConfigSourceOptions {
  /** The `.borgboi` directory. */
  readonly home: string
  /** From `--config`: a file that has to exist. */
  readonly file?: string | undefined
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly flags: Readonly<Record<string, readonly [flag: string, value: Written]>>
}

export class FileConfigSource implements ConfigSource {
  readonly path: string
  readonly #options: ConfigSourceOptions
  readonly #mustExist: boolean
  #resolved: Promise<Resolved> | undefined

  constructor(options: ConfigSourceOptions) {
    const named = options.file || options.env['BORGBOI_CONFIG']
    this.path = named ? resolve(options.cwd, named) : join(options.home, 'config.yaml')
    this.#mustExist = Boolean(named)
    this.#options = options
  }

  async load(): Promise<Config> {
    return (await this.#sound()).config
  }

  async entries(): Promise<readonly ConfigEntry[]> {
    return (await this.#sound()).entries
  }

  async template(): Promise<string> {
    return (await import('./template.ts')).renderTemplate()
  }

  async writeTemplate({ overwrite }: { readonly overwrite: boolean }): Promise<void> {
    if (!overwrite && (await lstatIfAny(this.path))) {
      throw new AppError('config-exists', `cannot write a new configuration file to ${this.path}`, {
        reason: 'there is a file of that name already',
        hint: 'keep it, or replace it with: borgboi config generate --force',
      })
    }
    await writeFileAtomic(this.path, await this.template())
  }

  async setVault(name: VaultName, { virtualStyle, singleWriter, ...settings }: NewVault): Promise<void> {
    const { withVault } = await import('./edit-file.ts')
    const given = { ...settings, virtual_style: virtualStyle, single_writer: singleWriter || undefined }
    const written = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    await this.#edit((text) => withVault(text, name, written))
  }

  async removeVault(name: VaultName): Promise<void> {
    const { withoutVault } = await import('./edit-file.ts')
    await this.#edit((text) => {
      const edited = withoutVault(text, name)
      if (edited !== undefined) return edited
      throw new AppError('vault-unknown', `cannot remove the vault ${name}`, {
        reason: `it is not in ${this.path}`,
        hint: 'see where it comes from with: borgboi config show --origin',
      })
    })
  }

  async share(from: RepoName, to: RepoName): Promise<void> {
    const { withRepoAlso } = await import('./edit-file.ts')
    await this.#editIfAny((text) => withRepoAlso(text, from, to))
  }

  async unshare(from: RepoName, to: RepoName): Promise<number> {
    const { withoutRepo } = await import('./edit-file.ts')
    return (await this.#editIfAny((text) => withoutRepo(text, from, to))) ? 1 : 0
  }

  async vaultAt(url: string): Promise<VaultConfig> {
    const { resolveLayers } = await import('./layers.ts')
    const setting = { value: url, where: url, origin: { kind: 'default' } } as const
    const { config, problems } = resolveLayers([new Map([['vaults.it.url', setting]])])
    const vault = config.vaults['it']
    if (problems.length > 0 || vault === undefined) throw toConfigError(problems)
    return vault
  }

  async audit(): Promise<readonly Finding[]> {
    const { auditConfig } = await import('./audit.ts')
    return await auditConfig({ home: this.#options.home, path: this.path, resolved: () => this.#read() })
  }

  /** Where there is a file, and something in it to change. Whether there was. */
  async #editIfAny(change: (text: string) => string | undefined): Promise<boolean> {
    const text = await this.#readFile()
    const changed = text === undefined ? undefined : change(text)
    if (changed === undefined) return false
    await this.#edit(() => changed)
    return true
  }

  /** A file that cannot be read is not written over; a link stays one, and the file it leads to is replaced. */
  async #edit(change: (text: string) => string): Promise<void> {
    await this.#sound()
    const path = await realPathOf(this.path)
    await writeFileAtomic(path, change((await this.#readFile()) ?? ''))
    this.#resolved = undefined
  }

  async #sound(): Promise<Resolved> {
    const resolved = await this.#read()
    if (resolved.problems.length > 0) throw toConfigError(resolved.problems)
    return resolved
  }

  #read(): Promise<Resolved> {
    this.#resolved ??= this.#readLayers()
    return this.#resolved
  }

  /** Imports as it goes: without a file there is nothing to parse, and the parser is not loaded. */
  async #readLayers(): Promise<Resolved> {
    const { env, flags } = this.#options
    const [{ environmentLayer, flagLayer, resolveLayers }, text] = await Promise.all([
      import('./layers.ts'),
      this.#readFile(),
    ])
    const file = text === undefined ? undefined : (await import('./config-file.ts')).parseConfigFile(this.path, text)
    const settings = file?.settings ?? new Map()
    const environment = environmentLayer(env, settings)
    const layers = [settings, environment.settings, flagLayer(flags)]
    const resolved = resolveLayers(layers)
    return { ...resolved, problems: [...(file?.problems ?? []), ...environment.problems, ...resolved.problems] }
  }

  async #readFile(): Promise<string | undefined> {
    const facts = await statIfAny(this.path)
    if (facts === undefined && !this.#mustExist) return undefined
    if (facts?.isFile()) return await readTextIfAny(this.path)
    throw new AppError('config-invalid', `cannot read the configuration file ${this.path}`, {
      reason: facts === undefined ? 'there is no such file' : 'it is not a file',
      hint: facts === undefined ? 'check --config and BORGBOI_CONFIG' : `look at it with: ls -ld ${this.path}`,
    })
  }
}

function toConfigError(problems: readonly Problem[]): AppError {
  const [first, ...more] = problems
  const others = more.length === 0 ? '' : ` (and ${more.length} more: borgboi config validate)`
  return new AppError('config-invalid', 'the configuration cannot be used', {
    reason: `${first?.where}: ${first?.message}${others}`,
    hint: first?.hint,
  })
}
