// Columns of text, as wide as their widest cell in terminal columns.

import stringWidth from 'fast-string-width'

/** No borders, two spaces between columns; columns named in `right` (from 0) are set flush right. */
export function renderTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = []
  for (const row of rows) {
    for (let column = 0; column < row.length; column++) {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(row[column] ?? ''))
    }
  }
  const lines = rows.map((row) => {
    let line = ''
    for (let column = 0; column < row.length; column++) {
      const cell = row[column] ?? ''
      const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell))
      line += right.includes(column) ? `${space}${cell}  ` : `${cell}${space}  `
    }
    return line.trimEnd()
  })
  return lines.join('\n')
}

const PRINTABLE_ASCII = /^[ -~]*$/

/** Long lists are nearly all ASCII, which needs no table of widths. */
function widthOf(cell: string): number {
  return PRINTABLE_ASCII.test(cell) ? cell.length : stringWidth(cell)
}
