// Columns of text, as wide as their widest cell in terminal columns.

import stringWidth from 'fast-string-width'

/** No borders, two spaces between columns; columns named in `right` (from 0) are set flush right. */
export function renderTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell))
  }
  const pad = (cell: string, column: number) => {
    const space = ' '.repeat((widths[column] ?? 0) - stringWidth(cell))
    return right.includes(column) ? space + cell : cell + space
  }
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
