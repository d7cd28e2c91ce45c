// Sections of things that a person names: repos, notifiers and vaults. Every thing of a section has the same keys, each below
// `<section>.<name>`.

import { parseNotifierName, parseRepoName, parseVaultName } from '../model/names.ts'
import type { Key } from './key.ts'
import { buildNotifier, NOTIFIER_KEYS } from './notifier-keys.ts'
import { buildRepo, REPO_KEYS } from './repo-keys.ts'
import { buildVault, VAULT_KEYS } from './vault-keys.ts'

export interface Section {
  readonly keys: Readonly<Record<string, Key<unknown>>>
  /** The key that a thing cannot be without, and a line with it; absent where any key will do. */
  readonly required?: { readonly key: string; readonly example: string }
  /** @throws AppError `value-invalid` */
  parseName(name: string): string
  /** What its values, those that it has, are together. @throws AppError `value-invalid` */
  build(values: Readonly<Record<string, unknown>>): unknown
  /** For the commented file: what it is, and a name. */
  readonly about: string
  readonly example: string
}

export const SECTIONS = {
  repos: {
    keys: REPO_KEYS,
    parseName: parseRepoName,
    build: buildRepo,
    about: 'What holds for one repo only, by its name.',
    example: 'docs',
  },
  notify: {
    keys: NOTIFIER_KEYS,
    required: { key: 'type', example: 'type: ntfy' },
    parseName: parseNotifierName,
    build: buildNotifier,
    about: 'Who is told how runs ended. Try them with: borgboi notify test',
    example: 'phone',
  },
  vaults: {
    keys: VAULT_KEYS,
    required: { key: 'url', example: 'url: s3://bucket/prefix' },
    parseName: parseVaultName,
    build: buildVault,
    about: 'Where repositories are copied off-site. Best written by: borgboi vault add NAME URL',
    example: 'nas',
  },
} as const satisfies Record<string, Section>

export type SectionName = keyof typeof SECTIONS

export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[]

export function isSection(name: string): name is SectionName {
  return Object.hasOwn(SECTIONS, name)
}

/** One key of one thing. */
export interface ThingKey {
  readonly section: SectionName
  readonly thing: string
  readonly leaf: string
  readonly key: Key<unknown>
}

/** The parts of a dotted name. The name of a repo may have dots itself: only the end says which key it is. */
export function thingKeyOf(dotted: string): ThingKey | undefined {
  const section = dotted.slice(0, dotted.indexOf('.'))
  if (!isSection(section)) return undefined
  const rest = dotted.slice(section.length + 1)
  const found = Object.entries<Key<unknown>>(SECTIONS[section].keys).find(([leaf]) => rest.endsWith(`.${leaf}`))
  if (found === undefined) return undefined
  const [leaf, key] = found
  return { section, thing: rest.slice(0, -leaf.length - 1), leaf, key }
}

/** Every key of a thing of that name: `vaults.nas.url`, … */
export function keysOfThing(section: SectionName, thing: string): readonly string[] {
  return Object.keys(SECTIONS[section].keys).map((leaf) => `${section}.${thing}.${leaf}`)
}

/** The things that these dotted names are about, in the order in which they are first named. */
export function thingsIn(section: SectionName, names: Iterable<string>): string[] {
  const things = [...names].map(thingKeyOf).filter((found) => found?.section === section)
  return [...new Set(things.flatMap((found) => found?.thing ?? []))]
}
