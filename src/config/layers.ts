// Layers to effective values: default < file < environment < flag, every value with its origin, every problem told.

import type { ConfigEntry, Origin } from '../deps.ts'
import { AppError } from '../errors.ts'
import { parseRetention, RETENTION_COUNTS } from '../model/retention.ts'
import { SECRET_MASK } from '../model/secret.ts'
import { CONFIG_KEYS, type Config, type ConfigKey, environmentName, KEYS, type Written } from './schema.ts'
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

/** The layer of `BORGBOI_…` variables; empty ones set nothing. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): {
  settings: Layer
  problems: readonly Problem[]
} {
  const keys = new Map(CONFIG_KEYS.map((key) => [environmentName(key), key]))
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
  const values: Partial<Record<ConfigKey, unknown>> = {}
  for (const key of CONFIG_KEYS) {
    const { fallback, secret } = KEYS[key]
    let written: Written | undefined = fallback
    let origin: Origin = { kind: 'default' }
    if (fallback !== undefined) values[key] = KEYS[key].parse(fallback)
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
    entries.push({ key, value: secret && written !== undefined ? SECRET_MASK : written, origin })
  }
  const retention = gatherRetention(values, layers)
  if ('where' in retention) problems.push(retention)
  return { config: nest(values, retention), entries, problems }
}

function check(key: ConfigKey, setting: Setting): { problem: Problem } | { written: Written; value: unknown } {
  const { form, parse, secret } = KEYS[key]
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

const RETENTION_KEY = 'borg.retention.keep_'

function gatherRetention(values: Partial<Record<ConfigKey, unknown>>, layers: readonly Layer[]) {
  const rules = ['within', ...RETENTION_COUNTS] as const
  try {
    return parseRetention(Object.fromEntries(rules.map((rule) => [rule, values[`${RETENTION_KEY}${rule}`]])))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const setting = layers
      .flatMap((layer) => rules.flatMap((rule) => layer.get(`${RETENTION_KEY}${rule}`) ?? []))
      .at(-1)
    const message = `borg.retention: ${error.reason ?? error.message}`
    return { where: setting?.where ?? RETENTION_KEY, message, hint: error.hint ?? '' } satisfies Problem
  }
}

/** Dotted keys as the nested object that `Config` describes; `retention` is the policy itself. */
function nest(values: Partial<Record<ConfigKey, unknown>>, retention: unknown): Config {
  // Nothing of aws has a default: its section would be missing.
  const root: Record<string, unknown> = { aws: {} }
  for (const [key, value] of Object.entries(values)) {
    if (key.startsWith(RETENTION_KEY)) continue
    const path = key.split('.')
    const name = path.pop() ?? key
    let section = root
    for (const part of path) {
      section[part] ??= {}
      section = section[part] as Record<string, unknown>
    }
    section[name] = value
  }
  Object.assign(root['borg'] as object, { retention })
  return root as unknown as Config
}
