// Exclusion patterns as Borg's --exclude reads them, styles fm: sh: re: pp: pf:, and the files people keep them in: one
// pattern a line, `#` comments.

import { compilePattern, PATTERN_STYLES, splitStyle } from './borg-pattern.ts'
import { refuse } from './validate.ts'

declare const brand: unique symbol
/** One checked pattern, in Borg's syntax. Without a style prefix Borg takes it as `fm:` (fnmatch). */
export type ExclusionPattern = string & { readonly [brand]: 'ExclusionPattern' }

const HINT = 'write it like *.tmp, sh:**/node_modules/** or pp:/home/me/.cache'

/**
 * Refuses what Borg refuses, and what Borg takes without a word though it excludes everything or can exclude nothing.
 * Source: `borg help patterns` and Borg's `parse_pattern`, the same in 1.2 and 1.4. @throws AppError `value-invalid`
 */
export function parseExclusionPattern(value: string): ExclusionPattern {
  const pattern = value.trim()
  const problem = problemOf(pattern)
  if (problem) refuse('exclusion pattern', value, ...problem)
  return pattern as ExclusionPattern
}

/** A line of an exclusions file that holds a pattern, checked or not. */
export interface ExclusionLine {
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/** The lines that are neither blank nor comments, without the white space around them. */
export function exclusionLines(text: string): ExclusionLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'))
}

/**
 * The patterns of an exclusions file, in order.
 * @throws AppError `value-invalid`, naming the line (counted from 1).
 */
export function parseExclusionLines(text: string): ExclusionPattern[] {
  return exclusionLines(text).map(({ line, text: pattern }) => {
    const problem = problemOf(pattern)
    if (problem) refuse(`line ${line} of the exclusions`, pattern, ...problem)
    return pattern as ExclusionPattern
  })
}

export interface UsableExclusions {
  readonly text: string
  readonly refused: readonly { readonly line: number; readonly reason: string }[]
}

/** The text with what no backup could use as comments: one bad pattern would keep every backup from running. */
export function usableExclusions(text: string): UsableExclusions {
  const refused: { readonly line: number; readonly reason: string }[] = []
  const lines = text.split('\n').map((line, index) => {
    const problem = line.trim() === '' || line.trimStart().startsWith('#') ? undefined : problemOf(line.trim())
    if (problem === undefined) return line
    refused.push({ line: index + 1, reason: problem[0] })
    return `# ${line}`
  })
  return { text: lines.join('\n'), refused }
}

/** Why a pattern is refused and what to write instead. */
function problemOf(pattern: string): [reason: string, hint: string] | undefined {
  if (pattern === '') return ['it is empty', HINT]
  if (/[\n\r\0]/.test(pattern)) return ['it has a line break or a NUL character', HINT]
  if (pattern.startsWith('#')) {
    return ['a line that starts with # is a comment', `for a name that starts with # write fm:${pattern}`]
  }
  const { style, rest } = splitStyle(pattern)
  if (!PATTERN_STYLES.includes(style)) {
    return [
      `Borg knows no style "${style}:"`,
      `use one of ${PATTERN_STYLES.join(': ')}:, or fm:${pattern} for a file name`,
    ]
  }
  if (rest === '') return ['there is nothing behind its style', HINT]
  if (style === 're') return problemOfRegex(rest)
  if (style !== 'pf' && /^[*/]+$/.test(rest)) return ['it would exclude everything', HINT]
  if (rest.startsWith('~/')) return ['Borg does not know ~ as the home directory', 'write the whole path']
  const compiled = compilePattern(pattern)
  return 'broken' in compiled ? [`it is broken: ${compiled.broken}`, HINT] : undefined
}

function problemOfRegex(source: string): [reason: string, hint: string] | undefined {
  if (source.startsWith('^/')) {
    return ['Borg matches paths without their leading slash, so it can never match', `write re:^${source.slice(2)}`]
  }
  const compiled = compilePattern(`re:${source}`)
  if ('broken' in compiled) return [`its regular expression is broken: ${compiled.broken}`, HINT]
  if ('foreign' in compiled || !ANY_PATHS.every(compiled.matches)) return undefined
  return ['it would exclude everything', HINT]
}

/** Paths with nothing in common: a regular expression that finds something in each finds it everywhere. */
const ANY_PATHS = ['\u0001', 'a', '0/_']
