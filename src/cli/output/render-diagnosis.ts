// What `doctor` found: a line for every check of the machine; for each repo one line of what is well, and one of
// everything else.

import { numberOf } from '../../model/words.ts'
import type { Diagnosis, DoctorFinding } from '../../workflows/doctor/run-doctor.ts'
import { sanitizeForTerminal } from './format.ts'
import { renderTable } from './table.ts'

const MARKS = { ok: '✓', warning: '!', error: '✗', skipped: '·' } as const

interface Line {
  readonly level: DoctorFinding['level']
  readonly subject: string
  readonly message: string
  readonly hint?: string | undefined
}

export function renderDiagnosis({ findings }: Diagnosis, everything: boolean): string {
  const repos = [...new Set(findings.map(({ repo }) => repo))]
  const lines = repos.flatMap((repo) => {
    const own = findings.filter((finding) => finding.repo === repo)
    return repo === undefined || everything ? own.map(toLine) : ofRepo(repo, own)
  })
  // As wide as the widest, so that what was found stands in one column.
  const subjects = renderTable(lines.map(({ subject }) => [subject, '|'])).split('\n')
  const told = lines.map(({ level, message, hint }, index) => {
    const head = `${MARKS[level]} ${subjects[index]?.slice(0, -1)}${sanitizeForTerminal(message)}`
    return hint === undefined ? head : `${head}\n    ${sanitizeForTerminal(hint)}`
  })
  return [...told, closing(findings)].join('\n')
}

function toLine({ level, check, repo, message, hint }: DoctorFinding): Line {
  return { level, subject: repo === undefined ? check : `${repo}: ${check}`, message, hint }
}

function ofRepo(repo: string, findings: readonly DoctorFinding[]): Line[] {
  const well = findings.filter(({ level }) => level === 'ok').map(({ check }) => check)
  const others = findings.filter(({ level }) => level !== 'ok').map(toLine)
  return well.length === 0
    ? others
    : [{ level: 'ok', subject: repo, message: [...new Set(well)].join(', ') }, ...others]
}

function closing(findings: readonly DoctorFinding[]): string {
  const count = (wanted: DoctorFinding['level']) => findings.filter(({ level }) => level === wanted).length
  const [errors, warnings] = [count('error'), count('warning')]
  if (errors + warnings === 0) return '✓ all is well'
  const told = [
    ...(errors > 0 ? [numberOf(errors, 'error')] : []),
    ...(warnings > 0 ? [numberOf(warnings, 'warning')] : []),
  ]
  return `${errors > 0 ? '✗' : '!'} ${told.join(', ')}`
}
