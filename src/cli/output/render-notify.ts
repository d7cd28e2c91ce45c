// Notifiers in words.

import type { NotifierFacts } from '../../deps.ts'
import { formatDuration } from '../../model/words.ts'
import type { TestedNotifier } from '../../workflows/notify/test-notifiers.ts'
import { sanitizeForTerminal } from './format.ts'

export function renderNotifiers(notifiers: readonly NotifierFacts[]): string {
  if (notifiers.length === 0) return 'Nobody is told. How to change that: borgboi help notifications'
  return notifiers
    .map(({ name, type, where, repos, usable, ...rules }) =>
      [
        `${name} (${type})  ${sanitizeForTerminal(where ?? 'this machine')}`,
        `  told of  ${usable ? toldOf(rules) : 'nothing while offline'}`,
        `  repos    ${repos?.join(', ') ?? 'all'}`,
      ].join('\n'),
    )
    .join('\n')
}

function toldOf({ on, always, repeatAfter }: Pick<NotifierFacts, 'on' | 'always' | 'repeatAfter'>): string {
  if (always) return on.includes('objective') ? 'every look at what is promised' : 'begin and end of every run'
  const again = repeatAfter === 'never' ? 'changes only' : repeatAfter === 0 ? 'every time' : undefined
  return `${on.join(', ')} (${again ?? `again after ${spanOf(repeatAfter as number)}`})`
}

const HOUR_MS = 3_600_000

function spanOf(ms: number): string {
  return ms % HOUR_MS === 0 ? `${ms / HOUR_MS} h` : formatDuration(ms)
}

export function renderTested(notifiers: readonly TestedNotifier[]): string {
  return notifiers
    .map(({ name, type, problem }) =>
      problem === undefined ? `✓ ${name} (${type}) was told` : `✗ ${sanitizeForTerminal(problem)}`,
    )
    .join('\n')
}
