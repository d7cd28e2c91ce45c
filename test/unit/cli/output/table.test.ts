import { describe, expect, it } from 'vitest'
import { renderTable } from '../../../../src/cli/output/table.ts'

describe('a table', () => {
  it('has columns as wide as their widest cell', () => {
    expect(
      renderTable([
        ['a', 'bb', 'c'],
        ['aaa', 'b'],
      ]),
    ).toBe('a    bb  c\naaa  b')
  })

  it('counts wide, combining and coloured characters as a terminal does', () => {
    const rows = [
      ['日本', 'x'],
      ['u\u0308ber', 'x'],
      ['\x1b[32mok\x1b[39m', 'x'],
      ['👍', 'x'],
    ]

    expect(renderTable(rows).split('\n')).toEqual(['日本  x', 'u\u0308ber  x', '\x1b[32mok\x1b[39m    x', '👍    x'])
  })

  it('sets numbers flush right where asked', () => {
    expect(
      renderTable(
        [
          ['name', 'size'],
          ['a', '1 B'],
        ],
        [1],
      ),
    ).toBe('name  size\na      1 B')
  })

  it('may be empty', () => {
    expect(renderTable([])).toBe('')
  })
})
