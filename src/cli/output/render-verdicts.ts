// Verdicts on repos in words: the line that closes a screen, and the one line that monitoring reads.

import { EXIT } from '../../errors.ts'
import type { Verdict } from '../../model/standing.ts'
import { numberOf } from '../../model/words.ts'

export interface Judged {
  readonly label: string
  readonly verdict: Verdict | 'unknown'
  readonly reasons: readonly string[]
}

export const VERDICT_MARKS = { met: '✓', 'at-risk': '!', broken: '✗', unknown: '·' } as const

/** `1 of 3 broken its promise (exit 14)` */
export function renderClosingVerdict(all: readonly Judged[]): string {
  const [broken, atRisk, met] = [those(all, 'broken'), those(all, 'at-risk'), those(all, 'met')]
  if (broken.length > 0) {
    const whose = broken.length === 1 ? 'its promise' : 'their promises'
    return `${broken.length} of ${all.length} broke ${whose} (exit ${EXIT.objective})`
  }
  if (atRisk.length > 0) return `${atRisk.length} of ${all.length} at risk`
  return met.length === all.length
    ? `${numberOf(all.length, 'repo')} as promised`
    : `${met.length} of ${all.length} as promised`
}

/** As checks of Nagios print it: a word, what is wrong, and figures behind a bar. */
export function renderBrief(all: readonly Judged[]): string {
  const [broken, atRisk] = [those(all, 'broken'), those(all, 'at-risk')]
  const word = broken.length > 0 ? 'CRITICAL' : atRisk.length > 0 ? 'WARNING' : 'OK'
  const wrong = [
    ...(broken.length > 0 ? [`${broken.length} of ${all.length} broken: ${inWords(broken)}`] : []),
    ...(atRisk.length > 0 ? [`${atRisk.length} of ${all.length} at risk: ${inWords(atRisk)}`] : []),
  ]
  const text = wrong.length > 0 ? wrong.join('; ') : renderClosingVerdict(all)
  const figures = `met=${those(all, 'met').length} at_risk=${atRisk.length} broken=${broken.length}`
  // A bar in a name or a path would begin the figures.
  return `BORGBOI ${word} - ${text.replaceAll('|', '/')} | ${figures}`
}

function those(all: readonly Judged[], verdict: Judged['verdict']): readonly Judged[] {
  return all.filter((judged) => judged.verdict === verdict)
}

function inWords(judged: readonly Judged[]): string {
  return judged.map(({ label, reasons }) => `${label} (${reasons.join(', ')})`).join(', ')
}
