import { describe, expect, it } from 'vitest'
import { heldName, isHeld, mayMatchHeld, releasedName } from '../../../src/model/held.ts'
import { archiveGlob, parseRepoName } from '../../../src/model/names.ts'

describe('the name of an archive that is held', () => {
  it('tells it from all others, and gives the other name back', () => {
    const name = 'docs-2026-11-20T02:30:04'
    const held = heldName(name)

    expect([isHeld(name), isHeld(held)]).toEqual([false, true])
    expect([releasedName(held), releasedName(name), heldName(held)]).toEqual([name, name, held])
  })
})

describe('a pattern for archives', () => {
  it.each([
    ['*', true],
    ['h*', true],
    ['?eld*', true],
    ['[a-z]eld:docs-*', true],
    ['[]h]*', true],
    ['held:', true],
    ['docs-*', false],
    ['{hostname}-*', false],
    ['[!h]*', false],
    ['[a-g]*', false],
    ['[h*', false],
    ['hel?', false],
    ['', false],
    [archiveGlob(parseRepoName('docs')), false],
  ])('%s can match one that is held: %s', (glob, can) => {
    expect(mayMatchHeld(glob)).toBe(can)
  })
})
