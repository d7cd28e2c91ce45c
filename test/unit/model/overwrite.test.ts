import { expect, test } from 'vitest'
import { parseOverwritePolicy } from '../../../src/model/overwrite.ts'

test.each(['never', 'if-changed', 'always'])('the overwrite policy %s is accepted', (policy) => {
  expect(parseOverwritePolicy(policy)).toBe(policy)
})

test.each(['', 'Never', 'ask', 'toString'])('the overwrite policy %j is refused with the ones there are', (policy) => {
  expect(() => parseOverwritePolicy(policy)).toThrow(
    expect.objectContaining({ code: 'value-invalid', hint: 'use one of never, if-changed, always' }),
  )
})
