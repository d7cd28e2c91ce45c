import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { parseCompression } from '../../../src/model/compression.ts'

// What real Borgs say about both lists: test/contract/borg-grammar.test.ts.

describe('compression', () => {
  test.each(['none', 'lz4', 'zstd', 'auto,lzma,6', 'obfuscate,110,auto,zstd,7'])('%j is accepted', (spec) => {
    expect(parseCompression(spec)).toBe(spec)
  })

  test('levels are accepted in their range and nowhere else', () => {
    const ranges = { zstd: [1, 22], zlib: [0, 9], lzma: [0, 9] } as const
    for (const [name, [least, most]] of Object.entries(ranges)) {
      for (let level = -1; level <= 30; level++) {
        const parse = () => parseCompression(`${name},${level}`)
        if (level >= least && level <= most) expect(parse()).toBe(`${name},${level}`)
        else expect(parse).toThrow(AppError)
      }
    }
  })

  test('any text is accepted as it is or refused with all three lines', () => {
    const words = fc.constantFrom(
      'none',
      'lz4',
      'zstd',
      'zlib',
      'auto',
      'obfuscate',
      '1',
      '22',
      '110',
      '',
      ' ',
      '__proto__',
      'toString',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 6 }).map((parts) => parts.join(',')),
        ),
        (text) => {
          try {
            expect(parseCompression(text)).toBe(text)
          } catch (error) {
            expect(error).toMatchObject({ code: 'value-invalid', reason: expect.any(String), hint: expect.any(String) })
          }
        },
      ),
    )
  })

  test.each([
    '',
    'gzip',
    'ZSTD',
    'zstd,',
    'zstd,03',
    ' lz4',
    'lz4,1',
    'auto',
    'auto,auto,lz4',
    'obfuscate,7,lz4',
    'constructor',
  ])('%j is refused', (spec) => {
    expect(() => parseCompression(spec)).toThrow(AppError)
  })
})
