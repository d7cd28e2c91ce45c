// What became of a configuration of borgmatic, in words: a line for every repository, then what needs a person.

import { EXIT, type ExitCode } from '../../errors.ts'
import { numberOf } from '../../model/words.ts'
import type { BorgmaticImport, BorgmaticRepo } from '../../workflows/repo/import-borgmatic.ts'
import { sanitizeForTerminal } from './format.ts'
import { renderFindings } from './render-findings.ts'

const MARKS = { recorded: '✓', known: '·', refused: '✗' } as const
const RECORD = { recorded: 'recorded', known: 'there already', refused: 'not taken over' } as const
const EXCLUSIONS = {
  written: 'its exclusions too',
  kept: 'its exclusions are there already',
  none: 'no exclusions',
} as const

export function renderBorgmatic({ dryRun, file, repos, findings }: BorgmaticImport): string {
  return [
    ...(repos.length === 0 ? [`! there is no repository in ${sanitizeForTerminal(file)}`] : repos.map(renderRepo)),
    ...(findings.length === 0 ? [] : [renderFindings(findings)]),
    ...(dryRun ? ['Nothing was changed: this says what would be done.'] : []),
  ].join('\n')
}

export function borgmaticExitCode({ repos, findings }: BorgmaticImport): ExitCode {
  if (findings.some(({ level }) => level === 'error')) return EXIT.failure
  return findings.length > 0 || repos.length === 0 ? EXIT.warnings : EXIT.ok
}

function renderRepo({ name, path, record, sources, exclusions }: BorgmaticRepo): string {
  const details = record === 'refused' ? '' : `   ${numberOf(sources.length, 'source')}, ${EXCLUSIONS[exclusions]}`
  return `${MARKS[record]} ${name} ${RECORD[record]}   ${sanitizeForTerminal(path)}${details}`
}
