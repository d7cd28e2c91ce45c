import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { isInside, isRemote, parseRepositoryPath } from '../../../src/model/location.ts'

describe('the location of a repository', () => {
  test.each([
    ['/mnt/backup/docs', '/mnt/backup/docs'],
    ['/mnt/../mnt/docs/', '/mnt/docs'],
    ['docs', '/home/me/docs'],
    ['./nas:docs', '/home/me/nas:docs'],
    ['/mnt/with space/日本', '/mnt/with space/日本'],
    ['-rf', '/home/me/-rf'],
    ['ssh://me@nas:22/./backup/docs', 'ssh://me@nas:22/./backup/docs'],
    ['ssh://me@[fe80::1]/backup', 'ssh://me@[fe80::1]/backup'],
    ['me@nas:docs', 'me@nas:docs'],
  ])('%j is recorded as %j', (written, recorded) => {
    expect(parseRepositoryPath(written, '/home/me')).toBe(recorded)
  })

  test.each([
    '',
    'a\nb',
    '/mnt/a\0b',
    '/mnt/docs::archive',
    '/mnt/[a::b]',
    'ssh://nas/docs::archive',
    'https://nas/docs',
    's3://bucket/docs',
    'ssh://-oProxyCommand=x/docs',
    'ssh://me@-x/docs',
    '-oProxyCommand=x:docs',
  ])('%j is refused', (written) => {
    expect(() => parseRepositoryPath(written, '/home/me')).toThrow(AppError)
  })

  test('what starts like a path is on this machine', () => {
    expect(['/a:b', './a:b', '../a:b', 'ab', 'nas:b', 'SSH://nas/b'].map(isRemote)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ])
  })
})

test.each([
  ['/a/b', '/a/b', true],
  ['/a/b/c', '/a/b', true],
  ['/a/b/..c', '/a/b', true],
  ['/a/bc', '/a/b', false],
  ['/a', '/a/b', false],
  ['/x', '/', true],
])('%s inside %s: %s', (inner, outer, inside) => {
  expect(isInside(inner, outer)).toBe(inside)
})
