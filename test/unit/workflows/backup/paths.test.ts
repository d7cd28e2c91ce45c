import { describe, expect, it } from 'vitest'
import { archivePaths } from '../../../../src/workflows/backup/paths.ts'

describe('a path as the archive has it', () => {
  const sources = ['/home/me/Documents', '/srv/Pictures', '/data/Documents']

  it.each([
    ['/home/me/Documents/taxes', 'home/me/Documents/taxes'],
    ['home/me/Documents/taxes', 'home/me/Documents/taxes'],
    ['Documents/taxes', 'home/me/Documents/taxes'],
    ['Documents', 'home/me/Documents'],
    ['./Documents/taxes/', 'home/me/Documents/taxes'],
    ['Pictures/', 'srv/Pictures'],
    ['Documents2/x', 'Documents2/x'],
    ['elsewhere/Documents', 'elsewhere/Documents'],
    ['//etc', 'etc'],
  ])('%s is %s', (typed, path) => {
    expect(archivePaths([typed], sources)).toEqual([path])
  })

  it.each(['/', '', '//'])('%j is everything, whatever stands beside it', (typed) => {
    expect(archivePaths(['/home/me/Documents', typed], sources)).toEqual([])
  })
})
