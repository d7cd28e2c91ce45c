// Findings in words: a mark, what was looked at, what was found, and what to do about it.

import type { Finding } from '../../model/finding.ts'
import { sanitizeForTerminal } from './format.ts'

const MARKS = { ok: '✓', warning: '!', error: '✗' } as const

export function renderFindings(findings: readonly Finding[]): string {
  return findings
    .flatMap(({ level, subject, message, hint }) => [
      `${MARKS[level]} ${sanitizeForTerminal(subject)}: ${sanitizeForTerminal(message)}`,
      ...(hint === undefined ? [] : [`    ${sanitizeForTerminal(hint)}`]),
    ])
    .join('\n')
}
