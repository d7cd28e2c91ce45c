// Expectations were taken from Python's own `re`.

import { describe, expect, test } from 'vitest'
import { translateRegex } from '../../../src/model/python-regex.ts'

function finds(source: string, text: string): boolean {
  const translated = translateRegex(source)
  if (!('regex' in translated)) throw new Error(`${source}: ${JSON.stringify(translated)}`)
  return translated.regex.test(text)
}

describe('a regular expression of Python', () => {
  test.each([
    ['a.c', 'a\u2028c', 'a\nc'],
    ['(?s)a.c', 'a\nc', 'ac'],
    ['a$', 'ba\n', 'ab'],
    ['(?m)^b$', 'a\nb\nc', 'ab'],
    ['\\Aab\\Z', 'ab', 'ab\n'],
    ['\\w\\b', 'é', '-'],
    ['^\\w+$', 'Ärger_²', 'x y'],
    ['(?a)^\\w+$', 'arger_2', 'Ärger'],
    ['\\s', '\u001c', '\ufeff'],
    ['^\\d$', '٣', '²'],
    ['[^\\W\\d]', 'é', '1'],
    ['[]a]', ']', 'b'],
    ['[^]a]', 'b', ']'],
    ['[a\\-z]', '-', 'b'],
    ['[\\x61-\\143]', 'b', 'd'],
    ['(?i)THUMBS\\.db', 'Thumbs.DB', 'thumbsxdb'],
    ['a(?i:b)c', 'aBc', 'aBC'],
    ['(?P<name>x)y', 'xy', 'x'],
    ['a(?#note)+b', 'aab', 'b'],
    ['x{2,3}', 'xx', 'x'],
    ['^x{,1}$', '', 'xx'],
    ['x{a}', 'x{a}', 'xa'],
    ['(?<!\\.)bak$', 'my-bak', 'my.bak'],
    ['/\\.cache(/|$)', 'me/.cache', 'me/.caches'],
    ['\\101\\0', 'A\0', 'A'],
  ])('%j finds something in %j and nothing in %j', (source, hit, miss) => {
    expect([finds(source, hit), finds(source, miss)]).toEqual([true, false])
  })

  test.each([
    ['(', 'missing )'],
    [')', 'unbalanced )'],
    ['*a', 'nothing to repeat'],
    ['^*', 'nothing to repeat'],
    ['a**', 'multiple repeat'],
    ['a{3,2}', 'min repeat'],
    ['[z-a]', 'bad character range'],
    ['[\\w-z]', 'bad character range'],
    ['[a', 'unterminated'],
    ['\\q', 'unknown escape'],
    ['\\', 'bad escape'],
    ['\\x6', 'incomplete escape'],
    ['(?<name>x)', 'unknown extension'],
    ['(?y)', 'unknown flag'],
  ])('%j is broken: %s', (source, problem) => {
    expect(translateRegex(source)).toEqual({ broken: expect.stringContaining(problem) })
  })

  test.each(['a++', '(?>a)', '(a)\\1', '(?P<x>a)(?P=x)', '(a)?(?(1)b|c)', '(?x) a', '\\N{DIGIT ONE}', 'a(?i)'])(
    '%j is left to Python',
    (source) => {
      expect(translateRegex(source)).toHaveProperty('foreign')
    },
  )
})
