// What became of a home of BorgBoi 1.x, in words: a line for every repo, then what needs a person.

import { EXIT, type ExitCode } from '../../errors.ts'
import { numberOf } from '../../model/words.ts'
import type { MigratedRepo, Migration } from '../../workflows/migrate/migrate-home.ts'
import { sanitizeForTerminal } from './format.ts'
import { renderFindings } from './render-findings.ts'
import { renderTable } from './table.ts'

const RECORD = { recorded: 'recorded', known: 'there already', refused: 'not taken over', failed: 'failed' } as const
const PASSPHRASE = { moved: 'moved', kept: 'in its place', missing: 'not known', unneeded: 'none needed' } as const
const EXCLUSIONS = { copied: 'copied', kept: 'there already', none: '–' } as const
const HEAD = ['repo', 'record', 'passphrase', 'exclusions', 'last backup', 'repository', 'found in']

export function renderMigration({ dryRun, repos, sharedExclusions, findings, settings }: Migration): string {
  if (repos.length === 0 && findings.length === 0 && sharedExclusions === 'none') {
    return 'There is nothing of BorgBoi 1.x in this home.'
  }
  const hasNew = repos.some(({ record }) => record === 'recorded')
  const blanked = [...new Set(repos.flatMap((repo) => repo.blanked))]
  return [
    ...(repos.length === 0 ? [] : [renderTable([HEAD, ...repos.map(rowOf)])]),
    ...(sharedExclusions === 'copied' ? ['✓ the exclusions for all repos are copied'] : []),
    ...blanked.map((file) => `✓ passphrases taken out of ${sanitizeForTerminal(file)}`),
    ...(hasNew
      ? ['· prune will look at archives that are named by a time, those of BorgBoi 1.x among them, and at no other']
      : []),
    ...(settings.length === 0
      ? []
      : [
          `· ${numberOf(settings.length, 'remark')} on the configuration, keys without effect among them: borgboi config validate`,
        ]),
    ...(findings.length === 0 ? [] : ['', renderFindings(findings)]),
    ...(dryRun ? ['', 'Nothing was changed: this says what would be done.'] : []),
  ].join('\n')
}

export function migrationExitCode({ findings }: Migration): ExitCode {
  if (findings.some(({ level }) => level === 'error')) return EXIT.failure
  return findings.length === 0 ? EXIT.ok : EXIT.warnings
}

function rowOf({ name, record, passphrase, exclusions, lastBackupAt, path, foundIn }: MigratedRepo): string[] {
  return [
    name,
    RECORD[record],
    passphrase === undefined ? '–' : PASSPHRASE[passphrase],
    exclusions === undefined ? '–' : EXCLUSIONS[exclusions],
    lastBackupAt?.slice(0, 10) ?? '–',
    path,
    foundIn.join(', '),
  ].map(sanitizeForTerminal)
}
