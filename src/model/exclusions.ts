// Exclusion patterns as Borg's --exclude-from reads them: one a line, `#` comments, styles fm: sh: re: pp: pf:.

import { refuse } from './validate.ts'

declare const brand: unique symbol
/** One checked pattern, in Borg's syntax. Without a style prefix Borg takes it as `fm:` (fnmatch). */
export type ExclusionPattern = string & { readonly [brand]: 'ExclusionPattern' }

const STYLES = ['fm', 'sh', 're', 'pp', 'pf'] as const
const HINT = 'write it like *.tmp, sh:**/node_modules/** or pp:/home/me/.cache'

/** Source: `borg help patterns`, Borg 1.4. @throws AppError `value-invalid` */
export function parseExclusionPattern(value: string): ExclusionPattern {
  const pattern = value.trim()
  if (pattern === '') refuse('exclusion pattern', value, 'it is empty', HINT)
  if (/[\n\r\0]/.test(pattern)) refuse('exclusion pattern', value, 'it has a line break or a NUL character', HINT)
  if (pattern.startsWith('#'))
    refuse(
      'exclusion pattern',
      value,
      'a line that starts with # is a comment',
      `${HINT}; for a name that starts with # write fm:#name`,
    )
  const style = /^([a-z]{2}):(.*)$/s.exec(pattern)
  if (style) {
    const [, prefix = '', rest = ''] = style
    if (!(STYLES as readonly string[]).includes(prefix))
      refuse(
        'exclusion pattern',
        value,
        `Borg knows no style "${prefix}:"`,
        `use one of ${STYLES.map((s) => `${s}:`).join(' ')}`,
      )
    if (rest === '') refuse('exclusion pattern', value, 'there is nothing behind its style', HINT)
    if (prefix === 're') checkRegex(value, rest)
  }
  return pattern as ExclusionPattern
}

/**
 * The patterns of an exclusions file, in order, comments and blank lines left out.
 * @throws AppError `value-invalid`, naming the line (counted from 1).
 */
export function parseExclusionLines(text: string): ExclusionPattern[] {
  const patterns: ExclusionPattern[] = []
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    try {
      patterns.push(parseExclusionPattern(trimmed))
    } catch (error) {
      const reason = error instanceof Error && 'reason' in error ? String(error.reason) : ''
      refuse(`line ${index + 1} of the exclusions`, trimmed, reason, HINT)
    }
  }
  return patterns
}

/** Python's and JavaScript's syntax differ in `(?…)` groups; what has one is left for Borg to judge. */
function checkRegex(value: string, source: string): void {
  if (source.includes('(?')) return
  try {
    new RegExp(source)
  } catch (error) {
    refuse(
      'exclusion pattern',
      value,
      `its regular expression is broken: ${error instanceof Error ? error.message : error}`,
      HINT,
    )
  }
}
