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

/**
 * 1-6 pad relative to the chunk's size, 110-123 by up to 1 KiB to 8 MiB. 250 of later releases is left out: Borg 1.2.4
 * and 1.4.0 refuse it, and a repo's compression must work with every Borg that is supported.
 */
const isObfuscation = (n: number) => (n >= 1 && n <= 6) || (n >= 110 && n <= 123)

/**
 * What `borg help compression` documents. Borg also swallows a few forms that mean nothing (`none,5`, `auto,auto,lz4`,
 * `zstd,03`); they are refused. @throws AppError `value-invalid`
 */
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
      return `"${spec}" is no obfuscation: 1 to 6, or 110 to 123`
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
