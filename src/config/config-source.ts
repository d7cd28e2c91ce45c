// The configuration as the rest of borgboi sees it: read once, on first use, from file, environment and flags.

import { join, resolve } from 'node:path'
import type { ConfigEntry, ConfigSource } from '../deps.ts'
import { AppError } from '../errors.ts'
import type { Finding } from '../model/finding.ts'
import { lstatIfAny, readTextIfAny, statIfAny, writeFileAtomic } from '../platform/files.ts'
import type { Problem, Resolved } from './layers.ts'
import type { Config, Written } from './schema.ts'

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

  async audit(): Promise<readonly Finding[]> {
    const { auditConfig } = await import('./audit.ts')
    return await auditConfig({ home: this.#options.home, path: this.path, resolved: () => this.#read() })
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
    const environment = environmentLayer(env)
    const layers = [...(file ? [file.settings] : []), environment.settings, flagLayer(flags)]
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
