// Copies off-site in words: generations, one of them, what they take.

import { formatBytes, formatCount, numberOf } from '../../model/words.ts'
import type { GenerationDetails, GenerationList } from '../../workflows/offsite/list-generations.ts'
import type { MeasuredVault } from '../../workflows/offsite/measure-vault.ts'
import { formatWhen, sanitizeForTerminal } from './format.ts'
import { renderTable } from './table.ts'

const STATES = {
  head: 'newest',
  kept: '',
  expired: 'expired, can still be restored',
  orphan: 'never finished',
  fork: 'fork',
} as const

export function renderGenerations({ name, url, generations, problems }: GenerationList, now: Date): string {
  const rows = generations.map(({ seq, createdAt, state, verified }) => [
    `#${seq}`,
    formatWhen(createdAt, now),
    STATES[state],
    verified ? `V${verified.level}, ${formatWhen(verified.at, now)}` : 'never verified',
  ])
  return [
    `${sanitizeForTerminal(name)} · ${sanitizeForTerminal(url)} · ${numberOf(generations.length, 'generation')}`,
    ...(rows.length === 0 ? [] : [renderTable(rows)]),
    ...problems.map((problem) => `! ${sanitizeForTerminal(problem)}`),
  ].join('\n')
}

export function renderGeneration({ manifest, ref, vault }: GenerationDetails, now: Date): string {
  const { seq, createdAt, writer, tool, parent, totals, added, removed, borg, suspicious } = manifest
  const rows = [
    ['generation', `#${seq}${parent ? `, after #${parent.seq}` : ', the first'}`],
    ['vault', sanitizeForTerminal(vault)],
    ['repository', manifest.repoId],
    ['made', `${formatWhen(new Date(createdAt), now)} by ${sanitizeForTerminal(`${writer.host} (${tool})`)}`],
    ['holds', `${numberOf(totals.files, 'file')}, ${formatBytes(totals.bytes)}`],
    ['changed', `${formatCount(added.length)} new, ${formatCount(removed.length)} gone`],
    ['transaction', formatCount(borg.transactionId)],
    ['expect', `${ref.seq}:${ref.sha256}`],
  ]
  const warning = suspicious === undefined ? [] : [`! ${sanitizeForTerminal(suspicious)}`]
  return [renderTable(rows), ...warning].join('\n')
}

const GROWTH_SHOWN = 10

export function renderStats(stats: MeasuredVault, now: Date): string {
  const { name, url, vaultAsOf, generations, objects, bytes, byStorageClass, growth, costPerMonth } = stats
  const classes = Object.entries(byStorageClass)
  const rows = [
    ['repo', sanitizeForTerminal(name)],
    ['vault', sanitizeForTerminal(url)],
    ...(vaultAsOf === undefined ? [] : [['as it was', formatWhen(new Date(vaultAsOf), now)]]),
    ['generations', formatCount(generations)],
    ['holds', `${numberOf(objects, 'object')}, ${formatBytes(bytes)}`],
    ...(classes.length < 2
      ? []
      : classes.map(([name, group]) => [
          '',
          `${name}: ${numberOf(group.objects, 'object')}, ${formatBytes(group.bytes)}`,
        ])),
    ...(costPerMonth === undefined ? [] : [['costs about', `${costPerMonth.toFixed(2)} a month, by the bytes alone`]]),
    ...growth
      .slice(0, GROWTH_SHOWN)
      .map(({ seq, at, bytes }, place) => [
        place === 0 ? 'growth' : '',
        `#${seq}  ${formatWhen(new Date(at), now)}  ${formatBytes(bytes)}`,
      ]),
  ]
  return renderTable(rows)
}
