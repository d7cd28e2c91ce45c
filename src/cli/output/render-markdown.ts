// The Markdown of our own pages as text for a terminal: paragraphs, lists, code, tables with wrapped cells. What our pages
// do not use is not known here.

import type { Style } from './style.ts'
import { renderTable } from './table.ts'

/** Wider lines are hard to read. */
const MAX_COLUMNS = 100
const CODE_INDENT = '    '
const GAP = 2

export function renderMarkdown(page: string, { columns, paint }: Pick<Style, 'columns' | 'paint'>): string {
  const width = Math.min(columns, MAX_COLUMNS)
  const lines = page.split('\n')
  const blocks: string[] = []
  while (lines.length > 0) {
    const line = lines.shift() ?? ''
    const heading = /^#+ (.*)$/.exec(line)?.[1]
    if (line.trim() === '') blocks.push('')
    else if (heading !== undefined) blocks.push(paint('bold', plain(heading)))
    else if (/^ *```/.test(line)) blocks.push(...takeCode(lines, line))
    else if (line.startsWith('|'))
      blocks.push(tableOf([line, ...takeWhile(lines, (next) => next.startsWith('|'))], width))
    else blocks.push(paragraphOf([line, ...takeWhile(lines, isContinuation)], width))
  }
  return blocks.join('\n').trim()
}

function takeWhile(lines: string[], wanted: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !wanted(line))
  return lines.splice(0, end < 0 ? lines.length : end)
}

function takeCode(lines: string[], fence: string): string[] {
  const indent = fence.indexOf('`')
  const code = takeWhile(lines, (line) => !/^ *```/.test(line))
  lines.shift()
  return code.map((line) => `${CODE_INDENT}${' '.repeat(indent)}${line.slice(indent)}`.trimEnd())
}

const ITEM = /^( *)([-*]|\d+\.) +/

function isContinuation(line: string): boolean {
  return line.trim() !== '' && !ITEM.test(line) && !/^(#|\|| *```)/.test(line)
}

/** A paragraph, or an item of a list with its text set in. */
function paragraphOf(lines: readonly string[], width: number): string {
  const [first = ''] = lines
  const start = ITEM.exec(first)?.[0] ?? /^ */.exec(first)?.[0] ?? ''
  const text = plain([first.slice(start.length), ...lines.slice(1)].map((line) => line.trim()).join(' '))
  return wrap(text, width - start.length)
    .map((line, index) => `${index === 0 ? start : ' '.repeat(start.length)}${line}`)
    .join('\n')
}

function tableOf(lines: readonly string[], width: number): string {
  const rows = lines.filter((line) => !/^\|[ |:-]+$/.test(line)).map(cellsOf)
  const natural = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const widths = widthsWithin(natural, width - GAP * (natural.length - 1))
  const wrapped = rows.flatMap((row) => {
    const cells = row.map((cell, column) => wrap(cell, widths[column] ?? width))
    const height = Math.max(...cells.map((cell) => cell.length))
    return Array.from({ length: height }, (_, index) => cells.map((cell) => cell[index] ?? ''))
  })
  return renderTable(wrapped)
}

function cellsOf(line: string): string[] {
  const cells = line.slice(1, -1).split(/(?<!\\)\|/)
  return cells.map((cell) => plain(cell.trim().replaceAll('\\|', '|')))
}

/** Narrow columns keep their width, and leave what they do not need to the wider ones. */
function widthsWithin(natural: readonly number[], room: number): readonly number[] {
  let [left, columns] = [room, natural.length]
  const widths = [...natural]
  for (const [column, wanted] of [...natural.entries()].sort(([, a], [, b]) => a - b)) {
    widths[column] = Math.min(wanted, Math.floor(left / columns))
    left -= widths[column]
    columns--
  }
  return widths
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Without the marks of code, emphasis and links; what stands in code stays as it is. */
function plain(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith('`')
        ? part.slice(1, -1)
        : part.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/\*\*?([^*\s][^*]*)\*\*?/g, '$1'),
    )
    .join('')
}
