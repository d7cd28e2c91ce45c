// What an exclusion pattern matches, as Borg decides it: the styles fm: sh: re: pp: pf:, on paths without their leading
// slash. Source: borg/patterns.py and borg/shellpattern.py, the same in 1.2 and 1.4; Python's fnmatch.

import { posix } from 'node:path'
import { inClass, isBackwards, literal, rangeOf } from './character-class.ts'
import { type TranslatedRegex, translateRegex } from './python-regex.ts'

export const PATTERN_STYLES: readonly string[] = ['fm', 'sh', 're', 'pp', 'pf']

/** Borg takes any two letters or digits before a colon for a style. @returns what Borg may not know as a style */
export function splitStyle(pattern: string): { readonly style: string; readonly rest: string } {
  const [, style = 'fm', rest = pattern] = /^([\p{L}\p{N}]{2}):(.*)$/su.exec(pattern) ?? []
  return { style, rest }
}

/**
 * Tells of a path, without its leading slash, whether the pattern matches it; a pattern that matches a directory
 * matches all that is in it. The reason instead where it cannot be told, or where Borg would refuse the pattern.
 */
export type CompiledPattern =
  | { readonly matches: (path: string) => boolean }
  | Exclude<TranslatedRegex, { readonly regex: RegExp }>

export function compilePattern(pattern: string): CompiledPattern {
  const { style, rest } = splitStyle(pattern)
  switch (style) {
    case 'pf':
      return matchingWhole(fullPathOf(rest))
    case 'pp':
      return matchingBelow(withoutLead(`${normalized(rest)}/`))
    case 're':
      return matchingRegex(translateRegex(rest))
    case 'sh':
      return glob(rest.endsWith('/') ? `${normalized(rest)}/**/*/` : `${normalized(rest)}/**/*`, SHELL)
    case 'fm':
      return glob(rest.endsWith('/') ? `${normalized(rest)}/*/` : `${normalized(rest)}/*`, FNMATCH)
    default:
      return { broken: `Borg knows no style "${style}:"` }
  }
}

/** The one path that a `pf:` pattern stands for; Borg looks for these before all others. */
export function fullPathOf(rest: string): string {
  return withoutLead(normalized(rest))
}

/** Where a pattern without wildcards leads: what is excluded with everything in it. */
export function literalPathOf(pattern: string): string | undefined {
  const { style, rest } = splitStyle(pattern)
  if (style === 'pf' || style === 'pp') return fullPathOf(rest)
  return (style === 'fm' || style === 'sh') && !/[*?[]/.test(rest) && !rest.endsWith('/') ? fullPathOf(rest) : undefined
}

function withoutLead(path: string): string {
  return path.replace(/^\/+/, '')
}

function normalized(path: string): string {
  return posix.normalize(path).replace(/\/+$/, '')
}

function matchingWhole(whole: string): CompiledPattern {
  return { matches: (path) => path === whole }
}

function matchingBelow(prefix: string): CompiledPattern {
  return { matches: (path) => `${path}/`.startsWith(prefix) }
}

function matchingRegex(translated: TranslatedRegex): CompiledPattern {
  if (!('regex' in translated)) return translated
  const { regex } = translated
  return { matches: (path) => regex.test(path) }
}

interface Wildcards {
  readonly any: string
  readonly one: string
  /** What `**` and a slash match, where that means more than two stars. */
  readonly directories?: string
  /** A range that runs backwards is empty; otherwise it is an error. */
  readonly hasEmptyRanges: boolean
}

const FNMATCH: Wildcards = { any: '[^]*', one: '[^]', hasEmptyRanges: true }
const SHELL: Wildcards = { any: '[^\\/]*', one: '[^\\/]', directories: '(?:[^\\/]*\\/)*', hasEmptyRanges: false }

/** Borg matches globs on the path with a slash behind it. */
function glob(pattern: string, wildcards: Wildcards): CompiledPattern {
  const characters = [...withoutLead(pattern)]
  let text = ''
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    if (character === '*' && wildcards.directories && characters[at + 1] === '*' && characters[at + 2] === '/') {
      text += wildcards.directories
      at += 2
    } else if (character === '*') {
      while (wildcards === FNMATCH && characters[at + 1] === '*') at++
      text += wildcards.any
    } else if (character === '?') text += wildcards.one
    else if (character === '[') {
      const end = classEnd(characters, at + 1)
      if (end === undefined) text += literal('[')
      else {
        const members = globClass(characters.slice(at + 1, end), wildcards)
        if (members === undefined) return { broken: 'bad character range' }
        text += members
        at = end
      }
    } else text += literal(character)
  }
  const regex = new RegExp(`^${text}$`, 'v')
  return { matches: (path) => regex.test(`${path}/`) }
}

/** Where the bracket closes; a first one stands for itself. */
function classEnd(characters: readonly string[], start: number): number | undefined {
  const first = characters[start] === '!' ? start + 1 : start
  const end = characters.indexOf(']', first + 1)
  return end < 0 ? undefined : end
}

function globClass(content: readonly string[], { hasEmptyRanges }: Wildcards): string | undefined {
  const negated = content[0] === '!'
  const members = negated ? content.slice(1) : content
  let text = ''
  for (let at = 0; at < members.length; at++) {
    const [low = '', dash, high] = members.slice(at, at + 3)
    if (dash !== '-' || high === undefined) {
      text += inClass({ character: low })
      continue
    }
    at += 2
    const isEmpty = isBackwards(low, high)
    if (isEmpty && !hasEmptyRanges) return undefined
    text += isEmpty ? '' : rangeOf({ character: low }, { character: high })
  }
  // `[]` matches nothing and `[^]` anything, as they should.
  return `[${negated ? '^' : ''}${text}]`
}
