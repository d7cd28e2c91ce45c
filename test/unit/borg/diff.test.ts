import { describe, expect, it } from 'vitest'
import { toArchiveChange } from '../../../src/borg/commands/diff.ts'

const change = (...changes: Record<string, unknown>[]) => toArchiveChange({ path: 'a', changes })

describe('a line of borg diff', () => {
  it.each([
    [
      { type: 'added', size: 4 },
      { kind: 'added', addedBytes: 4 },
    ],
    [
      { type: 'removed', size: 4 },
      { kind: 'removed', removedBytes: 4 },
    ],
    [
      { type: 'modified', added: 6, removed: 2 },
      { kind: 'modified', addedBytes: 6, removedBytes: 2 },
    ],
    [{ type: 'modified' }, { kind: 'modified' }],
    [{ type: 'added directory' }, { kind: 'added' }],
    [{ type: 'removed link' }, { kind: 'removed' }],
    [{ type: 'changed link' }, { kind: 'modified' }],
  ])('%j is one change', (said, told) => {
    expect(change(said)).toEqual({ path: 'a', attributes: [], ...told })
  })

  it('tells mode, owner and times beside the content', () => {
    const told = change(
      { type: 'modified', added: 1, removed: 1 },
      { type: 'owner', old_user: 'anna', old_group: 'staff', new_user: 'ben', new_group: 'staff' },
      { type: 'mtime', old_mtime: '2026-01-02T03:04:05.000001', new_mtime: '2026-01-03T03:04:05.000001' },
    )

    expect(told).toMatchObject({
      kind: 'modified',
      attributes: [{ name: 'owner', before: 'anna:staff', after: 'ben:staff' }, { name: 'mtime' }],
    })
    expect(told.attributes[1]?.before).toMatch(/^2026-01-0\dT.*Z$/)
  })

  it('takes a file that became a directory for modified, and a new mode alone for an attribute', () => {
    const mode = (new_mode: string) => change({ type: 'mode', old_mode: '-rw-r--r--', new_mode })

    expect(mode('drwxr-xr-x').kind).toBe('modified')
    expect(mode('-rwxr-xr-x')).toMatchObject({
      kind: 'attributes',
      attributes: [{ name: 'mode', before: '-rw-r--r--', after: '-rwxr-xr-x' }],
    })
  })

  it('of no known form is refused', () => {
    expect(() => toArchiveChange({ path: 'a' })).toThrow('unknown form')
  })
})
