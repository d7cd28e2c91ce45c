// An error as the three lines a person can act on: what, why, what now; then its code and exit code.

import type { FailureReport } from '../../model/run.ts'
import { sanitizeForTerminal } from './format.ts'
import type { Style } from './style.ts'

export function renderFailure(
  { code, message, reason, hint, exitCode, context }: FailureReport,
  style: Style,
  { repo, verbose }: { readonly repo?: string; readonly verbose: boolean },
): string {
  const isNamed = repo === undefined || message.startsWith(`${repo} `)
  const what = sanitizeForTerminal(isNamed ? message : `${repo}: ${message}`)
  const lines = [`${style.paint('red', style.symbols.failed)} ${what}`]
  if (reason) lines.push(`  ${sanitizeForTerminal(reason)}`)
  const mark = style.paint('dim', `[${code}, exit ${exitCode}]`)
  lines.push(hint ? `  ${sanitizeForTerminal(hint)}     ${mark}` : `  ${mark}`)
  if (verbose) lines.push(...renderContext(context))
  return `${lines.join('\n')}\n`
}

function renderContext(context: FailureReport['context']): string[] {
  return Object.entries(context).flatMap(([key, value]) => {
    const texts = typeof value === 'object' ? value : String(value).split('\n')
    return texts.map((text, index) => `    ${index === 0 ? `${key}: ` : '  '}${sanitizeForTerminal(String(text))}`)
  })
}
