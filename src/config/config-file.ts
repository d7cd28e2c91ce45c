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
import { nearest } from '../model/suggest.ts'
import type { Problem, Setting } from './layers.ts'
import { CONFIG_KEYS, keyOf } from './schema.ts'
import { isSection, keysOfThing, SECTION_NAMES } from './sections.ts'

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

export function parseConfigFile(file: string, text: string): FileContents {
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
          where: `${file}:${line}:${col}`,
          message: SYNTAX[broken.code] ?? 'this is not valid YAML',
          hint: `look at line ${line}, column ${col}; texts with special characters go in quotes`,
        },
      ],
    }
  }

  const settings = new Map<string, Setting>()
  const problems: Problem[] = []
  const walk = (node: ParsedNode | null, path: readonly string[], offset: number) => {
    const value = isAlias(node) ? node.resolve(document as Document) : node
    const where = `${file}:${place(offset).line}`
    const name = path.join('.')
    const isKey = keyOf(name) !== undefined
    const below = keysBelow(path)
    if (!isKey && below.length === 0) {
      problems.push({ where, message: `there is no key "${name}"`, hint: unknownKeyHint(path) })
    } else if (isAlias(node) && value === undefined) {
      problems.push({ where, message: `${name}: ${BAD_ALIAS}`, hint: 'put the text in quotes' })
    } else if (value === null || value === undefined || (isScalar(value) && value.value === null)) {
      // An empty section or key sets nothing.
    } else if (isKey) {
      if (isScalar(value)) settings.set(name, { value: value.value, where, origin: { kind: 'file', path: file } })
      else problems.push({ where, message: `${name} is a single value`, hint: `write it like ${name}: value` })
    } else if (isMap<{ value: string; range: [number, number, number] }, ParsedNode | null>(value)) {
      for (const { key, value: child } of value.items) {
        const dotted = key.value.includes('.') && !isSection(name)
        if (dotted) problems.push(dottedKey(file, place(key.range[0]).line, key.value))
        else walk(child, [...path, key.value], key.range[0])
      }
    } else {
      problems.push({
        where,
        message: name === '' ? 'the file is not a set of keys' : `${name} is a section with keys of its own`,
        hint: `a key in it is, for example, ${below[0]}`,
      })
    }
  }
  walk(document.contents, [], 0)
  return { settings, problems }
}

/** The keys that a section can have; those of things that a person names by example. */
function keysBelow(path: readonly string[]): readonly string[] {
  const [top = '', thing = 'NAME'] = path
  const known = isSection(top) ? keysOfThing(top, thing) : CONFIG_KEYS
  return known.filter((key) => path.length === 0 || key.startsWith(`${path.join('.')}.`))
}

function unknownKeyHint(path: readonly string[]): string {
  const [top = '', thing] = path
  const known = isSection(top) && thing !== undefined ? keysOfThing(top, thing) : [...CONFIG_KEYS, ...SECTION_NAMES]
  const meant = nearest(path.join('.'), known)
  return meant ? `did you mean ${meant}?` : 'the keys there are: borgboi config show'
}

function dottedKey(path: string, line: number, name: string): Problem {
  return {
    where: `${path}:${line}`,
    message: `there is no key "${name}" written with dots`,
    hint: `write ${name.split('.').join(': and, indented below it, ')}:`,
  }
}
