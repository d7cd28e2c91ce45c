// A report: lines of what was done or found, each with a mark where it begins. Shown as this stream can show it.

import type { Style } from './style.ts'

const MARKS = {
  '✓': ['ok', 'green'],
  '!': ['warnings', 'yellow'],
  '✗': ['failed', 'red'],
  '·': ['skipped', 'dim'],
} as const

/** With `quiet` only warnings and errors, each with the indented lines below it; empty where there are none. */
export function renderReport(text: string, style: Style, quiet: boolean): string {
  const lines = text.split('\n')
  return (quiet ? lines.filter(isTold()) : lines).map((line) => withMark(line, style)).join('\n')
}

function isTold(): (line: string) => boolean {
  let told = false
  return (line) => {
    if (!line.startsWith(' ')) told = /^[!✗] /.test(line)
    return told
  }
}

function withMark(line: string, { symbols, paint }: Style): string {
  const [symbol, colour] = line[1] === ' ' ? (MARKS[line[0] as keyof typeof MARKS] ?? []) : []
  return symbol === undefined ? line : `${paint(colour, symbols[symbol])}${line.slice(1)}`
}
