// Layers to effective values: default < file < environment < flag, every value with its origin, every problem told.

import { AppError } from '../errors.ts'
import type { ConfigEntry, Origin } from '../model/config-entry.ts'
import { parseRetention, RETENTION_COUNTS, type RetentionPolicy } from '../model/retention.ts'
import { SECRET_MASK } from '../model/secret.ts'
import { nearest } from '../model/suggest.ts'
import type { Written } from './key.ts'
import { CONFIG_KEYS, type Config, environmentName, KEYS, keyOf } from './schema.ts'
import { keysOfThing, SECTION_NAMES, SECTIONS, type Section, type SectionName, thingsIn } from './sections.ts'

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
/** What hooks are told stands in variables of this kind: a hook may call borgboi. */
const OF_HOOKS = 'BORGBOI_RUN_'

/** The layer of `BORGBOI_…` variables; empty ones set nothing. `file`: what names the things that variables can mean. */
export function environmentLayer(
  env: Readonly<Record<string, string | undefined>>,
  file: Layer,
): { settings: Layer; problems: readonly Problem[] } {
  const names = [...CONFIG_KEYS, ...SECTION_NAMES.flatMap((section) => keysForEnvironment(section, env, file))]
  const keys = new Map(names.map((key) => [environmentName(key), key]))
  const settings = new Map<string, Setting>()
  const problems: Problem[] = []
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('BORGBOI_') || RESERVED.includes(variable) || value === undefined || value === '') continue
    if (variable.startsWith(OF_HOOKS)) continue
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
  const named = layers.flatMap((layer) => [...layer.keys()])
  const things = SECTION_NAMES.flatMap((section) => thingsIn(section, named).map((name) => ({ section, name })))
  for (const key of [...CONFIG_KEYS, ...things.flatMap(({ section, name }) => keysOfThing(section, name))]) {
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
  const retention = gatherRetention(values, layers)
  if ('where' in retention) problems.push(retention)
  const config = { ...nest(values), ...Object.fromEntries(SECTION_NAMES.map((section) => [section, {}])) }
  Object.assign(config['borg'] as object, { retention })
  for (const thing of things) {
    const built = buildThing(thing, values, layers)
    if ('problem' in built) problems.push(...built.problem)
    else Object.assign(config[thing.section] as object, { [thing.name]: built.value })
  }
  return { config: config as unknown as Config, entries, problems }
}

/** Every key of the things that the file has, and of those that variables make: `BORGBOI_VAULTS__NAS__URL` makes `nas`. */
function keysForEnvironment(
  section: SectionName,
  env: Readonly<Record<string, string | undefined>>,
  file: Layer,
): readonly string[] {
  const { keys, required }: Section = SECTIONS[section]
  const inFile = thingsIn(section, file.keys()).flatMap((thing) => keysOfThing(section, thing))
  const known = inFile.map(environmentName)
  const leaves = required === undefined ? Object.keys(keys) : [required.key]
  const ends = leaves.map((leaf) => environmentName(leaf).slice('BORGBOI'.length).replace('_', '__'))
  const start = `${environmentName(section)}__`
  const made = Object.entries(env).flatMap(([variable, value]) => {
    const end = ends.find((ending) => variable.startsWith(start) && variable.endsWith(ending))
    if (end === undefined || !value || known.includes(variable)) return []
    return [variable.slice(start.length, -end.length).toLowerCase()]
  })
  return [...inFile, ...[...new Set(made)].flatMap((thing) => keysOfThing(section, thing))]
}

interface Thing {
  readonly section: SectionName
  readonly name: string
}

function buildThing(
  { section, name }: Thing,
  values: Readonly<Record<string, unknown>>,
  layers: readonly Layer[],
): { readonly problem: readonly Problem[] } | { readonly value: unknown } {
  const { required, parseName, build }: Section = SECTIONS[section]
  const dotted = `${section}.${name}`
  const keys = keysOfThing(section, name)
  const where = layers.flatMap((layer) => keys.flatMap((key) => layer.get(key) ?? []))[0]?.where ?? name
  const own = keys.filter((key) => values[key] !== undefined)
  try {
    parseName(name)
  } catch (error) {
    return { problem: [toProblem(error, where)] }
  }
  try {
    const needed = required && `${dotted}.${required.key}`
    if (required && needed && values[needed] === undefined) {
      // A bad one has been told already.
      if (layers.some((layer) => layer.has(needed))) return { problem: [] }
      const message = `${dotted} has no ${required.key}`
      return { problem: [{ where, message, hint: `add a line like ${required.example}` }] }
    }
    return { value: build(Object.fromEntries(own.map((key) => [key.slice(dotted.length + 1), values[key]]))) }
  } catch (error) {
    return { problem: [toProblem(error, where, `${dotted}: `)] }
  }
}

function toProblem(error: unknown, where: string, about = ''): Problem {
  if (!(error instanceof AppError)) throw error
  return { where, message: `${about}${error.message}: ${error.reason}`, hint: error.hint ?? '' }
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

/** The policy of repos that have none of their own. */
function gatherRetention(values: Record<string, unknown>, layers: readonly Layer[]): RetentionPolicy | Problem {
  const key = (rule: string) => `borg.retention.keep_${rule}`
  const rules = ['within', ...RETENTION_COUNTS] as const
  try {
    return parseRetention(Object.fromEntries(rules.map((rule) => [rule, values[key(rule)]])))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const setting = layers.flatMap((layer) => rules.flatMap((rule) => layer.get(key(rule)) ?? [])).at(-1)
    const message = `borg.retention: ${error.reason ?? error.message}`
    return { where: setting?.where ?? 'borg.retention', message, hint: error.hint ?? '' }
  }
}

/** Dotted keys as the nested object that `Config` describes, without what is named by the person. */
function nest(values: Record<string, unknown>): Record<string, unknown> {
  // Nothing of these has a default: the sections would be missing.
  const root: Record<string, unknown> = { aws: {}, metrics: {} }
  for (const [key, value] of Object.entries(values)) {
    if (!Object.hasOwn(KEYS, key) || key.startsWith('borg.retention.')) continue
    const path = key.split('.')
    const name = path.pop() ?? key
    let section = root
    for (const part of path) {
      section[part] ??= {}
      section = section[part] as Record<string, unknown>
    }
    section[name] = value
  }
  return root
}
