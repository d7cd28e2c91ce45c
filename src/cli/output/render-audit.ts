// What an audit of exclusions found, in words.

import { formatBytes, numberOf } from '../../model/words.ts'
import type { AuditedRule, ExclusionAudit } from '../../workflows/exclusions/audit-exclusions.ts'
import { sanitizeForTerminal } from './format.ts'
import { renderRule } from './render-exclusions.ts'
import { renderTable } from './table.ts'

export function renderAudit({ repo, sources, rules, largest, cacheDirectories, unreadable }: ExclusionAudit): string {
  const used = rules.filter(({ state }) => state === 'used')
  const leftOut = used.reduce((sum, rule) => sum + rule.leftOut, 0)
  return [
    `✓ ${repo}: backed up are`,
    ...indented(sources.map(amountRow), [0, 1]),
    `· left out: ${numberOf(leftOut, 'entry', 'entries')} by ${numberOf(used.length, 'rule')}, ${numberOf(cacheDirectories, 'directory', 'directories')} tagged as caches`,
    ...renderUseless(rules.filter(({ state }) => state !== 'used')),
    ...(unreadable.count === 0
      ? []
      : [
          `! ${numberOf(unreadable.count, 'directory', 'directories')} this user may not read`,
          ...unreadable.paths.map((path) => `    ${sanitizeForTerminal(path)}`),
        ]),
    ...(largest.length === 0
      ? []
      : ['· the largest directories that are backed up', ...indented(largest.map(amountRow), [0, 1])]),
  ].join('\n')
}

function amountRow({ path, files, bytes }: ExclusionAudit['sources'][number]): string[] {
  return [formatBytes(bytes), numberOf(files, 'file'), sanitizeForTerminal(path)]
}

function indented(rows: readonly string[][], right: readonly number[] = []): string[] {
  return renderTable(rows, right)
    .split('\n')
    .map((line) => `    ${line}`)
}

/** A heading for each file, then a line for each of its rules. */
function renderUseless(rules: readonly AuditedRule[]): string[] {
  const files = [...new Set(rules.map(({ file }) => file))]
  return files.flatMap((file) => {
    const own = rules.filter((rule) => rule.file === file)
    return [
      `! ${numberOf(own.length, 'rule')} of ${sanitizeForTerminal(file ?? '')} ${own.length === 1 ? 'leaves' : 'leave'} nothing out`,
      ...indented(
        own.map((rule) => [`line ${rule.line}`, sanitizeForTerminal(rule.pattern), sanitizeForTerminal(why(rule))]),
      ),
    ]
  })
}

function why({ state, by, file, advice }: AuditedRule): string {
  if (state === 'shadowed' && by) {
    return `${by.file === file ? `${by.pattern} (line ${by.line})` : renderRule(by)} leaves it out already`
  }
  return advice ?? 'matches nothing'
}
