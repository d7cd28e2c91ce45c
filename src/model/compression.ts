// Borg's compression specifications, checked before Borg sees them.

import { refuse } from './validate.ts'

declare const brand: unique symbol
/** `none`, `lz4`, `zstd[,1-22]`, `zlib[,0-9]`, `lzma[,0-9]`, each also behind `auto,` and/or `obfuscate,<spec>,`. */
export type Compression = string & { readonly [brand]: 'Compression' }

const LEVELS: Record<string, readonly [number, number] | undefined> = {
  none: undefined,
  lz4: undefined,
  zstd: [1, 22],
  zlib: [0, 9],
  lzma: [0, 9],
}

/** Borg 1.2's obfuscation: 1-6 relative random reciprocal, 110-123 random padding; 250 (padmé) came with 1.4. */
const isObfuscation = (n: number) => (n >= 1 && n <= 6) || (n >= 110 && n <= 123) || n === 250

/** Source: `borg help compression`, Borg 1.4. @throws AppError `value-invalid` */
export function parseCompression(value: string): Compression {
  const problem = problemOf(value.split(','))
  if (problem) {
    refuse('compression', value, problem, 'use none, lz4, zstd,1-22, zlib,0-9, lzma,0-9, or auto,… in front')
  }
  return value as Compression
}

function problemOf(
  parts: readonly string[],
  allowed: 'obfuscate' | 'auto' | 'plain' = 'obfuscate',
): string | undefined {
  const [first = '', ...rest] = parts
  if (first === 'obfuscate' && allowed === 'obfuscate') {
    const [spec = '', ...inner] = rest
    if (!isWholeNumber(spec) || !isObfuscation(Number(spec)))
      return `"${spec}" is no obfuscation: 1 to 6, 110 to 123, or 250`
    return inner.length === 0 ? 'obfuscate needs a compression behind it' : problemOf(inner, 'auto')
  }
  if (first === 'auto' && allowed !== 'plain') {
    return rest.length === 0 ? 'auto needs a compression behind it' : problemOf(rest, 'plain')
  }
  if (!Object.hasOwn(LEVELS, first)) return `"${first}" is no compression here`
  const range = LEVELS[first]
  const [level, ...more] = rest
  if (more.length > 0) return `"${more.join(',')}" is too much`
  if (level === undefined) return undefined
  if (range === undefined) return `${first} takes no level`
  if (!isWholeNumber(level) || Number(level) < range[0] || Number(level) > range[1]) {
    return `the level of ${first} goes from ${range[0]} to ${range[1]}`
  }
  return undefined
}

function isWholeNumber(text: string): boolean {
  return /^(0|[1-9]\d{0,3})$/.test(text)
}
