// Layers to effective values: default < file < environment < flag, every value with its origin, every problem told.

import { AppError } from '../errors.ts'
import type { ConfigEntry, Origin } from '../model/config-entry.ts'
import { parseVaultName } from '../model/names.ts'
import { parseRetention, RETENTION_COUNTS } from '../model/retention.ts'
import { SECRET_MASK } from '../model/secret.ts'
import type { Written } from './key.ts'
import { CONFIG_KEYS, type Config, environmentName, keyOf, type VaultConfig, vaultKeys } from './schema.ts'
import { nearest } from './suggest.ts'

/** A value some layer gives, not yet checked. */
export interface Setting {
  readonly value: unknown
  /** For people: `config.yaml:12`, a variable, a flag. */
  readonly where: string
  readonly origin: Origin
}

export interface Problem {
  readonly where: string
  readonly message: string
  readonly hint: string
}

type Layer = ReadonlyMap<string, Setting>

export interface Resolved {
  /** Meaningful only without problems. */
  readonly config: Config
  readonly entries: readonly ConfigEntry[]
  readonly problems: readonly Problem[]
}

/** Variables of borgboi's that are not keys. */
const RESERVED = ['BORGBOI_HOME', 'BORGBOI_CONFIG']

/** The layer of `BORGBOI_…` variables; empty ones set nothing. `file`: what names the vaults that variables can mean. */
export function environmentLayer(
  env: Readonly<Record<string, string | undefined>>,
  file: Layer,
): { settings: Layer; problems: readonly Problem[] } {
  const vaults = new Set([...vaultNames([file]), ...vaultsOfEnvironment(env, file)])
  const names = [...CONFIG_KEYS, ...[...vaults].flatMap(vaultKeys)]
  const keys = new Map(names.map((key) => [environmentName(key), key]))
  const settings = new Map<string, Setting>()
  const problems: Problem[] = []
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('BORGBOI_') || RESERVED.includes(variable) || value === undefined || value === '') continue
    const key = keys.get(variable)
    if (key) {
      settings.set(key, { value, where: variable, origin: { kind: 'env', variable } })
      continue
    }
    const meant = nearest(variable, [...keys.keys(), ...RESERVED])
    problems.push({
      where: variable,
      message: 'there is no key for this environment variable',
      hint: meant ? `did you mean ${meant}?` : `unset ${variable}; the keys there are: borgboi config show`,
    })
  }
  return { settings, problems }
}

/** The layer of command-line options: key -> [flag, value]. */
export function flagLayer(flags: Readonly<Record<string, readonly [flag: string, value: Written]>>): Layer {
  return new Map(
    Object.entries(flags).map(([key, [flag, value]]) => [key, { value, where: flag, origin: { kind: 'flag', flag } }]),
  )
}

/** @param layers weakest first */
export function resolveLayers(layers: readonly Layer[]): Resolved {
  const problems: Problem[] = []
  const entries: ConfigEntry[] = []
  const values: Record<string, unknown> = {}
  const vaults = vaultNames(layers)
  for (const key of [...CONFIG_KEYS, ...vaults.flatMap(vaultKeys)]) {
    const known = keyOf(key)
    if (known === undefined) continue
    let written: Written | undefined = known.fallback
    let origin: Origin = { kind: 'default' }
    if (written !== undefined) values[key] = known.parse(written)
    // A weaker layer's bad value is told as well, although a stronger one hides it.
    for (const setting of layers.flatMap((layer) => layer.get(key) ?? [])) {
      const checked = check(key, setting)
      if ('problem' in checked) {
        problems.push(checked.problem)
        continue
      }
      written = checked.written
      values[key] = checked.value
      origin = setting.origin
    }
    entries.push({ key, value: known.secret && written !== undefined ? SECRET_MASK : written, origin })
  }
  const sections = ['borg.retention', ...vaults.map((name) => `vaults.${name}`)]
  const retentions = new Map(sections.map((section) => [section, gatherRetention(section, values, layers)]))
  problems.push(...[...retentions.values()].filter((retention) => 'where' in retention))
  problems.push(...vaults.flatMap((name) => problemsOfVault(name, values, layers)))
  return { config: nest(values, vaults, retentions), entries, problems }
}

/** In the order in which they are first named. */
function vaultNames(layers: readonly Layer[]): string[] {
  const keys = layers.flatMap((layer) => [...layer.keys()])
  return [...new Set(keys.filter((key) => key.startsWith('vaults.')).flatMap((key) => key.split('.')[1] ?? []))]
}

/** Vaults that variables make, named in lower case: `BORGBOI_VAULTS__NAS__URL` makes `nas`. */
function vaultsOfEnvironment(env: Readonly<Record<string, string | undefined>>, file: Layer): string[] {
  const known = vaultNames([file]).map((name) => environmentName(`vaults.${name}.url`))
  return Object.entries(env).flatMap(([variable, value]) => {
    const name = /^BORGBOI_VAULTS__(.+)__URL$/.exec(variable)?.[1]
    return name === undefined || !value || known.includes(variable) ? [] : [name.toLowerCase()]
  })
}

function problemsOfVault(name: string, values: Record<string, unknown>, layers: readonly Layer[]): Problem[] {
  const settings = layers.flatMap((layer) => vaultKeys(name).flatMap((key) => layer.get(key) ?? []))
  const where = settings[0]?.where ?? name
  try {
    parseVaultName(name)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [{ where, message: `${error.message}: ${error.reason}`, hint: error.hint ?? '' }]
  }
  // A bad address has been told already.
  if (layers.some((layer) => layer.has(`vaults.${name}.url`)) || values[`vaults.${name}.url`] !== undefined) return []
  return [{ where, message: `vaults.${name} has no url`, hint: `add a line like url: s3://bucket/prefix` }]
}

function check(key: string, setting: Setting): { problem: Problem } | { written: Written; value: unknown } {
  const known = keyOf(key)
  if (known === undefined) throw new Error(`there is no key ${key}`)
  const { form, parse, secret } = known
  const formed = form.safeParse(setting.value)
  if (!formed.success) {
    const [issue] = formed.error.issues
    const given = secret ? '' : `, not ${JSON.stringify(setting.value)}`
    const message = `${key}: ${issue?.message ?? 'it is not usable'}${given}`
    return { problem: { where: setting.where, message, hint: `correct ${setting.where}, or leave it out` } }
  }
  try {
    return { written: formed.data, value: parse(formed.data) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const message = `${key}: ${error.message}${error.reason ? `: ${error.reason}` : ''}`
    return { problem: { where: setting.where, message, hint: error.hint ?? `correct ${setting.where}` } }
  }
}

/** The policy whose rules stand in a section as `keep_…`. */
function gatherRetention(section: string, values: Record<string, unknown>, layers: readonly Layer[]) {
  const rules = ['within', ...RETENTION_COUNTS] as const
  try {
    return parseRetention(Object.fromEntries(rules.map((rule) => [rule, values[`${section}.keep_${rule}`]])))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const setting = layers
      .flatMap((layer) => rules.flatMap((rule) => layer.get(`${section}.keep_${rule}`) ?? []))
      .at(-1)
    const message = `${section}: ${error.reason ?? error.message}`
    return { where: setting?.where ?? section, message, hint: error.hint ?? '' } satisfies Problem
  }
}

/** Dotted keys as the nested object that `Config` describes; `retention` is the policy itself. */
function nest(
  values: Record<string, unknown>,
  vaults: readonly string[],
  retentions: ReadonlyMap<string, unknown>,
): Config {
  // Nothing of aws has a default: its section would be missing.
  const root: Record<string, unknown> = { aws: {} }
  for (const [key, value] of Object.entries(values)) {
    if (key.includes('.keep_') || key.startsWith('vaults.')) continue
    const path = key.split('.')
    const name = path.pop() ?? key
    let section = root
    for (const part of path) {
      section[part] ??= {}
      section = section[part] as Record<string, unknown>
    }
    section[name] = value
  }
  Object.assign(root['borg'] as object, { retention: retentions.get('borg.retention') })
  root['vaults'] = Object.fromEntries(vaults.map((name) => [name, vaultOf(name, values, retentions)]))
  return root as unknown as Config
}

function vaultOf(name: string, values: Record<string, unknown>, retentions: ReadonlyMap<string, unknown>): VaultConfig {
  const section = `vaults.${name}`
  const own = vaultKeys(name).filter((key) => values[key] !== undefined && !key.includes('.keep_'))
  const fields = own.map((key) => [key.slice(section.length + 1), values[key]] as const)
  return { ...Object.fromEntries(fields), retention: retentions.get(section) } as unknown as VaultConfig
}
