import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { exclusionLines, parseExclusionLines, parseExclusionPattern } from '../../../src/model/exclusions.ts'

describe('an exclusion pattern', () => {
  test.each([
    '*.tmp',
    '/home/*/.cache',
    'fm:*/cache/*',
    'sh:**/node_modules/**',
    'pp:/home/me/.cache',
    'pf:/home/me/file',
    'fm:#odd',
    'fm:ab:c',
    'abc:d',
    'C:',
    're:\\.(tmp|bak)$',
    're:^home/[^/]+/\\.cache(/|$)',
    're:(?i)thumbs\\.db',
    're:a++b',
    'with space',
    '日本/*',
    '*/~/x',
  ])('%j is accepted', (pattern) => {
    expect(parseExclusionPattern(pattern)).toBe(pattern)
  })

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['# note', 'comment'],
    ['a\nb', 'line break'],
    ['a\rb', 'line break'],
    ['a\0b', 'NUL'],
    ['xx:abc', 'no style'],
    ['RE:abc', 'no style'],
    ['12:abc', 'no style'],
    ['éà:abc', 'no style'],
    ['re:', 'nothing behind'],
    ['pp:', 'nothing behind'],
    ['re:(', 'broken'],
    ['re:[z-a]', 'broken'],
    ['re:*a', 'broken'],
    ['re:foo\\cache', 'unknown escape'],
    ['re:^/home', 'never match'],
    ['re:.*', 'everything'],
    ['re:x?', 'everything'],
    ['*', 'everything'],
    ['/', 'everything'],
    ['sh:**', 'everything'],
    ['pp:/', 'everything'],
    ['~/.cache', 'home directory'],
    ['sh:~/.cache', 'home directory'],
  ])('%j is refused: %s', (pattern, reason) => {
    expect(() => parseExclusionPattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'value-invalid',
        reason: expect.stringContaining(reason),
        hint: expect.any(String),
      }),
    )
  })

  test('any text is accepted without the white space around it, or refused', () => {
    const styled = fc.tuple(fc.constantFrom('', 'fm:', 'sh:', 're:', 'pp:', 'pf:', 'zz:', '#'), fc.string())
    fc.assert(
      fc.property(styled, ([style, text]) => {
        try {
          const pattern = parseExclusionPattern(style + text)
          expect(pattern).toBe((style + text).trim())
          expect(parseExclusionPattern(pattern)).toBe(pattern)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      }),
    )
  })
})

describe('an exclusions file', () => {
  test('keeps its patterns in order, without comments, blank lines, byte order mark and line ends', () => {
    const text = '\uFEFF# caches\r\n*.tmp\r\n\r\n  sh:**/node_modules/**  \r\n   # more\r\n*.bak'

    expect(parseExclusionLines(text)).toEqual(['*.tmp', 'sh:**/node_modules/**', '*.bak'])
  })

  test.each(['', '\n\n', '# nothing\n', '\uFEFF'])('%j has no patterns', (text) => {
    expect(parseExclusionLines(text)).toEqual([])
  })

  test.each(['\n', '\r\n', '\r'])('lines end at %j and are counted from 1', (end) => {
    expect(exclusionLines(['# a', '*.tmp', '', '*.bak', ''].join(end))).toEqual([
      { line: 2, text: '*.tmp' },
      { line: 4, text: '*.bak' },
    ])
  })

  test('a bad line is named with its number and its own hint', () => {
    expect(() => parseExclusionLines('*.tmp\n\nre:^/home\n')).toThrow(
      expect.objectContaining({
        code: 'value-invalid',
        message: 'line 3 of the exclusions "re:^/home" is not usable',
        hint: 'write re:^home',
      }),
    )
  })
})
