// The figures of a step in words, in the order that matters.

import type { Figures } from './run.ts'
import { formatBytes, formatCount, numberOf } from './words.ts'

const FIGURES: readonly (readonly [key: string, render: (value: number) => string])[] = [
  ['generation', (n) => `generation ${formatCount(n)}`],
  ['generations', (n) => numberOf(n, 'generation')],
  ['files', (n) => numberOf(n, 'file')],
  ['entries', (n) => numberOf(n, 'entry', 'entries')],
  ['objects', (n) => numberOf(n, 'object')],
  ['originalBytes', formatBytes],
  ['bytes', formatBytes],
  ['copiedObjects', (n) => `${numberOf(n, 'object')} from the mirror`],
  ['copiedBytes', formatBytes],
  ['fetchedBytes', (n) => `fetched ${formatBytes(n)}`],
  ['requests', (n) => numberOf(n, 'request')],
  ['deduplicatedBytes', (n) => `${formatBytes(n)} new`],
  ['kept', (n) => `kept ${formatCount(n)}`],
  ['removed', (n) => `removed ${formatCount(n)}`],
  ['created', (n) => `created ${formatCount(n)}`],
  ['replaced', (n) => `replaced ${formatCount(n)}`],
  ['freedBytes', (n) => (n === 0 ? 'nothing to free' : `freed ${formatBytes(n)}`)],
]

/** `20,006 files · 1.07 GB · 11.2 MB new` */
export function renderFigures(figures: Figures): string {
  return FIGURES.flatMap(([key, render]) => (figures[key] === undefined ? [] : [render(figures[key])])).join(' · ')
}
