// Expectations were taken from Borg's own `borg.patterns`; test/integration/exclusions.test.ts asks Borg itself.

import { describe, expect, test } from 'vitest'
import { compilePattern, literalPathOf } from '../../../src/model/borg-pattern.ts'

function matches(pattern: string, path: string): boolean {
  const compiled = compilePattern(pattern)
  if (!('matches' in compiled)) throw new Error(`${pattern}: ${JSON.stringify(compiled)}`)
  return compiled.matches(path)
}

describe('a pattern', () => {
  test.each([
    ['*.tmp', 'home/a.tmp', 'home/a.tmpx'],
    ['*.tmp', 'home/dir.tmp/inside', 'tmp'],
    ['/home/*/cache', 'home/a/b/cache', 'home/cache'],
    ['node_modules', 'node_modules/x', 'src/node_modules'],
    ['/home/me/', 'home/me/x', 'home/me'],
    ['*/[a-c]x', 'h/bx', 'h/dx'],
    ['*/[!a-c]x', 'h/dx', 'h/bx'],
    ['*/[c-ax]', 'h/x', 'h/b'],
    ['*/[!c-a]b', 'h/ab', 'h/b'],
    ['*/[]]', 'h/]', 'h/['],
    ['*/x[', 'h/x[', 'h/x'],
    ['/home//./me/../you', 'home/you', 'home/me'],
    ['fm:a?c', 'a/c', 'ac'],
    ['sh:**/node_modules', 'node_modules', 'xnode_modules'],
    ['sh:**/node_modules', 'a/b/node_modules/c', 'a/node_modules2'],
    ['sh:home/*/x', 'home/a/x', 'home/a/b/x'],
    ['sh:a?c', 'abc', 'a/c'],
    ['sh:home/**/', 'home/a/b', 'homes'],
    ['sh:**/[!/]x', 'h/ax', 'h/x'],
    ['pp:/home/me', 'home/me/x', 'home/mex'],
    ['pp:home/me/', 'home/me', 'home'],
    ['pf:/home/me', 'home/me', 'home/me/x'],
    ['re:\\.(tmp|bak)$', 'home/a.bak', 'home/a.bak/x'],
    ['re:^home', 'home/x', 'x/home'],
    ['*\udcff', 'home/a\udcff', 'home/a\udcfe'],
  ])('%j matches %j, not %j', (pattern, hit, miss) => {
    expect([matches(pattern, hit), matches(pattern, miss)]).toEqual([true, false])
  })

  test.each(['sh:[c-a]', 're:(', 'xx:a'])('%j is one that Borg refuses', (pattern) => {
    expect(compilePattern(pattern)).toHaveProperty('broken')
  })

  test.each([
    ['pp:/home/me/', 'home/me'],
    ['pf:home//me', 'home/me'],
    ['/home/me', 'home/me'],
    ['sh:node_modules', 'node_modules'],
    ['/home/me/', undefined],
    ['*.tmp', undefined],
    ['re:^home/me', undefined],
  ])('%j leads to %j', (pattern, path) => {
    expect(literalPathOf(pattern)).toBe(path)
  })
})
