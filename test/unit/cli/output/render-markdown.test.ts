import { describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../../../src/cli/output/render-markdown.ts'

const render = (page: string, columns = 40) =>
  renderMarkdown(page, { columns, paint: (colour, text) => `<${colour}>${text}</${colour}>` }).split('\n')

describe('a page on a terminal', () => {
  it('has headings, and paragraphs as wide as the terminal', () => {
    expect(render('# One `two`\n\nThe quick brown fox jumps over\nthe lazy dog, twice.\n')).toEqual([
      '<bold>One two</bold>',
      '',
      'The quick brown fox jumps over the lazy',
      'dog, twice.',
    ])
  })

  it('has lines of 100 columns at most', () => {
    const lines = render(`${'word '.repeat(200)}\n`, 250)

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('has no marks of emphasis, links and code, and keeps what stands in code', () => {
    expect(render('A **strong** [page](x.md), *so*: `**/a*b*` and 2*3.', 80)).toEqual([
      'A strong page, so: **/a*b* and 2*3.',
    ])
  })

  it('sets the text of lists in, and code further', () => {
    expect(
      render('- one two three four five six seven eight\n- b\n\n1. x\n\n   ```sh\n   a  b\n     c\n   ```\n'),
    ).toEqual(['- one two three four five six seven', '  eight', '- b', '', '1. x', '', '       a  b', '         c'])
  })

  it('wraps the cells of a table that is too wide', () => {
    const table = '| A | B |\n| --- | --- |\n| `a\\|b` | one two three four five six seven eight |\n| c |  |\n'

    expect(render(table)).toEqual(['A    B', 'a|b  one two three four five six seven', '     eight', 'c'])
  })
})
