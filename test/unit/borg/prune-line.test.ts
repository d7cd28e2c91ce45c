import { describe, expect, it } from 'vitest'
import { parsePruneLine } from '../../../src/borg/commands/prune.ts'

const ID = 'a'.repeat(64)
const line = (start: string, archive: string) => `${start} ${archive.padEnd(36)} Fri, 2026-11-20 09:04:55 [${ID}]`

describe('a line of borg prune --list', () => {
  it.each([
    ['Keeping archive (rule: daily #1):        ', true],
    ['Keeping archive (rule: yearly[oldest] #1):', true],
    ['Keeping archive (rule: within #12):      ', true],
    ['Pruning archive (1/3):                   ', false],
    ['Would prune:                             ', false],
  ])('%s', (start, keep) => {
    expect(parsePruneLine(line(start, 'docs-2026-11-20T02:30:04'))).toEqual({
      keep,
      archive: 'docs-2026-11-20T02:30:04',
    })
  })

  it.each(['two words', 'old (1 of 2)', 'a: b', 'Fri, 2026-11-20 09:04:55 x', 'ünï 日本', 'a [b]', 'x'.repeat(200)])(
    'names the archive "%s" whole',
    (archive) => {
      expect(parsePruneLine(line('Pruning archive (1/3):', archive))).toEqual({ keep: false, archive })
      expect(parsePruneLine(line('Keeping archive (rule: daily #1):', archive))).toEqual({ keep: true, archive })
    },
  )

  it('may have a time zone, as newer Borgs print', () => {
    const text = `Keeping archive (rule: daily #1):  docs  Fri, 2026-11-20 09:04:55 +0100 [${ID}]`

    expect(parsePruneLine(text)).toEqual({ keep: true, archive: 'docs' })
  })

  it('is none when it is about a checkpoint or anything else', () => {
    expect(parsePruneLine(line('Keeping checkpoint archive:', 'docs.checkpoint'))).toBeUndefined()
    expect(parsePruneLine('terminating with success status, rc 0')).toBeUndefined()
    expect(parsePruneLine('')).toBeUndefined()
  })
})
