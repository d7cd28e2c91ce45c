// The configuration file as settings with their lines. Loaded only where there is a file: the YAML parser costs time.
// What the parser says is put in words of our own, because its messages may quote the text, and with it a passphrase.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from 'yaml'
import type { Problem, Setting } from './layers.ts'
import { CONFIG_KEYS, keyOf, vaultKeys } from './schema.ts'
import { nearest } from './suggest.ts'

export interface FileContents {
  /** By dotted key, also for values that may turn out to be wrong. */
  readonly settings: ReadonlyMap<string, Setting>
  readonly problems: readonly Problem[]
}

const BAD_ALIAS = 'an unquoted text starts with *, which means a reference in YAML'

const SYNTAX: Partial<Record<YAMLError['code'], string>> = {
  BAD_INDENT: 'the indentation does not fit the lines around it',
  TAB_AS_INDENT: 'a tab is used to indent, and YAML takes spaces only',
  DUPLICATE_KEY: 'this key stands here twice',
  MISSING_CHAR: 'a quote, bracket, comma or colon is missing',
  MULTIPLE_DOCS: 'there is more than one document in the file',
  BAD_ALIAS,
  TAG_RESOLVE_FAILED: 'an unquoted text starts with !, which means a tag in YAML',
  BAD_SCALAR_START: 'an unquoted text starts with a character that YAML reserves',
}

export function parseConfigFile(path: string, text: string): FileContents {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true })
  const place = (offset: number) => lineCounter.linePos(offset)

  // What follows a syntax error is guesswork: only the first is told.
  const [broken] = [...document.errors, ...document.warnings]
  if (broken) {
    const { line, col } = place(broken.pos[0])
    return {
      settings: new Map(),
      problems: [
        {
          where: `${path}:${line}:${col}`,
          message: SYNTAX[broken.code] ?? 'this is not valid YAML',
          hint: `look at line ${line}, column ${col}; texts with special characters go in quotes`,
        },
      ],
    }
  }

  const settings = new Map<string, Setting>()
  const problems: Problem[] = []
  const walk = (node: ParsedNode | null, name: string, offset: number) => {
    const value = isAlias(node) ? node.resolve(document as Document) : node
    const where = `${path}:${place(offset).line}`
    const isKey = keyOf(name) !== undefined
    const isSection = keysBelow(name).length > 0
    if (!isKey && !isSection) {
      problems.push({ where, message: `there is no key "${name}"`, hint: unknownKeyHint(name) })
    } else if (isAlias(node) && value === undefined) {
      problems.push({ where, message: `${name}: ${BAD_ALIAS}`, hint: 'put the text in quotes' })
    } else if (value === null || value === undefined || (isScalar(value) && value.value === null)) {
      // An empty section or key sets nothing.
    } else if (isKey) {
      if (isScalar(value)) settings.set(name, { value: value.value, where, origin: { kind: 'file', path } })
      else problems.push({ where, message: `${name} is a single value`, hint: `write it like ${name}: value` })
    } else if (isMap<{ value: string; range: [number, number, number] }, ParsedNode | null>(value)) {
      for (const { key, value: child } of value.items) {
        const dotted = key.value.includes('.')
        if (dotted) problems.push(dottedKey(path, place(key.range[0]).line, key.value))
        else walk(child, name === '' ? key.value : `${name}.${key.value}`, key.range[0])
      }
    } else {
      const [example = ''] = keysBelow(name)
      problems.push({
        where,
        message: name === '' ? 'the file is not a set of keys' : `${name} is a section with keys of its own`,
        hint: `a key in it is, for example, ${example}`,
      })
    }
  }
  walk(document.contents, '', 0)
  return { settings, problems }
}

/** The keys that a section can have; those of `vaults` and of each vault in it by example. */
function keysBelow(section: string): readonly string[] {
  const [top, vault = 'NAME'] = section.split('.')
  const known = top === 'vaults' ? vaultKeys(vault) : CONFIG_KEYS
  return known.filter((key) => section === '' || key.startsWith(`${section}.`))
}

function unknownKeyHint(name: string): string {
  const [top, vault] = name.split('.')
  const meant = nearest(name, top === 'vaults' && vault !== undefined ? vaultKeys(vault) : [...CONFIG_KEYS, 'vaults'])
  return meant ? `did you mean ${meant}?` : 'the keys there are: borgboi config show'
}

function dottedKey(path: string, line: number, name: string): Problem {
  return {
    where: `${path}:${line}`,
    message: `there is no key "${name}" written with dots`,
    hint: `write ${name.split('.').join(': and, indented below it, ')}:`,
  }
}
