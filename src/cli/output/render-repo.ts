// Repos in words.

import { archivesNamedAfter, type RepoRecord } from '../../model/repo.ts'
import { retentionText } from '../../model/retention.ts'
import type { SharedRepo } from '../../model/shared-repo.ts'
import { upheavalInWords } from '../../model/upheaval.ts'
import { formatBytes, formatCount, numberOf } from '../../model/words.ts'
import type { CreatedRepo } from '../../workflows/repo/create-repo.ts'
import type { DeletedRepo } from '../../workflows/repo/delete-repo.ts'
import type { ImportedRepo } from '../../workflows/repo/import-repo.ts'
import type { RepoDetails } from '../../workflows/repo/inspect-repo.ts'
import type { RenamedRepo } from '../../workflows/repo/rename-repo.ts'
import { formatWhen, sanitizeForTerminal } from './format.ts'
import { renderKitStates } from './render-kit.ts'
import { renderInstalledSchedule } from './render-schedule.ts'
import { renderChecked } from './render-vault.ts'
import { renderTable } from './table.ts'

/** The stable fields of a repo in `--json`. */
export function repoJson(record: RepoRecord) {
  const { lastBackup, ...rest } = record
  return {
    ...rest,
    lastBackupAt: lastBackup?.at ?? null,
    lastArchive: lastBackup?.archive ?? null,
    lastBackupFiles: lastBackup?.files ?? null,
    lastBackupBytes: lastBackup?.originalBytes ?? null,
  }
}

export function renderRepos(repos: readonly RepoRecord[], now: Date): string {
  if (repos.length === 0)
    return 'No repo yet. Set one up with: borgboi repo create --name NAME --path PATH --source DIR'
  const rows = repos.map(({ name, path, sources, lastBackup }) => [
    name,
    lastBackup ? formatWhen(new Date(lastBackup.at), now) : 'never',
    lastBackup ? formatBytes(lastBackup.originalBytes) : '–',
    sanitizeForTerminal(path),
    sanitizeForTerminal(sources.join(', ')),
  ])
  return renderTable([['name', 'last backup', 'size', 'repository', 'sources'], ...rows], [2])
}

/** The stable fields of a repo of any host. */
export function sharedRepoJson({ lastBackupAt, lastBackupBytes, ...repo }: SharedRepo) {
  return { ...repo, lastBackupAt: lastBackupAt ?? null, lastBackupBytes: lastBackupBytes ?? null }
}

export function renderSharedRepos(repos: readonly SharedRepo[], now: Date): string {
  if (repos.length === 0) return 'No repo yet on any host.'
  const rows = repos.map(({ hostname, name, path, sources, lastBackupAt, lastBackupBytes }) => [
    sanitizeForTerminal(hostname),
    sanitizeForTerminal(name),
    lastBackupAt === undefined ? 'never' : formatWhen(new Date(lastBackupAt), now),
    lastBackupBytes === undefined ? '–' : formatBytes(lastBackupBytes),
    sanitizeForTerminal(path),
    sanitizeForTerminal(sources.join(', ')),
  ])
  return renderTable([['host', 'name', 'last backup', 'size', 'repository', 'sources'], ...rows], [3])
}

const PASSPHRASE_WORDS = {
  generated: 'generated, kept in',
  terminal: 'typed in, kept in',
  file: 'read from',
  flag: 'taken from the command line, kept in',
  environment: 'taken from BORG_NEW_PASSPHRASE, kept in',
  config: 'taken from the configuration, kept in',
  kit: 'taken from a recovery kit, kept in',
} as const

/** `commandLine`: how to say the same without being asked. */
export function renderCreated(
  { record, passphrase, vault, schedule }: CreatedRepo,
  now: Date,
  commandLine?: string,
): string {
  const { name, path, encryption } = record
  const file = passphrase && sanitizeForTerminal(passphrase.file)
  const advice = passphrase
    ? [
        '! If this machine is lost, you need the key and the passphrase. Make a recovery kit now:',
        `    borgboi repo kit create --name ${name}`,
      ]
    : ['! This repository is not encrypted: whoever can read it can read your files.']
  return [
    `✓ Borg repository created   ${sanitizeForTerminal(path)}  (${encryption})`,
    ...(passphrase ? [`✓ passphrase ${PASSPHRASE_WORDS[passphrase.origin]}   ${file}  (only you can read it)`] : []),
    ...(vault ? [renderChecked(vault.probe)] : []),
    ...(schedule ? [renderInstalledSchedule(schedule, now)] : []),
    '',
    ...advice,
    `  Back up:  borgboi backup daily --name ${name}`,
    ...(schedule ? [] : ['  By itself:  borgboi schedule install']),
    ...(commandLine === undefined ? [] : ['  The same without questions:', `    ${commandLine}`]),
  ].join('\n')
}

export function renderImported({ record, archives, managedArchives, vault }: ImportedRepo): string {
  const { name, path, sources } = record
  const lines = [
    `✓ repository recorded       ${sanitizeForTerminal(path)}  (${record.encryption}, ${numberOf(archives, 'archive')})`,
    ...(vault ? [renderChecked(vault.probe)] : []),
  ]
  if (managedArchives < archives) {
    lines.push(
      `! ${numberOf(archives - managedArchives, 'archive has a name', 'archives have names')} of another kind: prune leaves them alone.`,
      `    To include them, delete the record (--keep-repository) and import with --archive-glob 'PATTERN'.`,
    )
  }
  const after = archivesNamedAfter(record)
  if (after !== name)
    lines.push(`  Its new archives are named ${after}-…, so that prune and latest see one row of them.`)
  if (sources.length > 0) lines.push(`  Back up:  borgboi backup daily --name ${name}`)
  return lines.join('\n')
}

export function renderDetails(details: RepoDetails, now: Date): string {
  const { record, repository, archives, newest, retention, passphraseFile, kits } = details
  const rows = [
    ['name', record.name],
    ['repository', sanitizeForTerminal(record.path)],
    ['id', record.borgId],
    ['encryption', record.encryption],
    ['sources', sanitizeForTerminal(record.sources.join(', ') || 'none')],
    ['retention', retentionText(retention)],
    ['vault', record.vault ?? 'none'],
    ...(record.readOnly ? [['use', 'to be read only']] : []),
    ...(record.upheaval ? [['to be accepted', sanitizeForTerminal(upheavalInWords(record.upheaval))]] : []),
    ...(record.encryption === 'none' ? [] : [['passphrase file', sanitizeForTerminal(passphraseFile)]]),
    ['recovery kit', renderKitStates(kits, record.name, now)],
    ['archives', formatCount(archives)],
    ['newest', newest ? `${sanitizeForTerminal(newest.name)}  (${formatWhen(newest.startedAt, now)})` : 'none'],
    [
      'all archives',
      `${formatBytes(repository.originalBytes)} of files, ${formatBytes(repository.compressedBytes)} compressed`,
    ],
    ['on disk', formatBytes(repository.deduplicatedBytes)],
  ]
  return renderTable(rows)
}

export function renderRenamed({ formerName, record, archivesNamedAfter, schedules }: RenamedRepo): string {
  const { name, vault } = record
  return [
    `✓ ${formerName} is called ${name} now`,
    ...(archivesNamedAfter === name
      ? []
      : [`  its archives go on being named ${archivesNamedAfter}-…, so that prune and latest see one row of them`]),
    ...(schedules.length === 0
      ? []
      : [
          `! a schedule starts it as ${formerName} still: borgboi schedule install --name ${name}, then`,
          `    borgboi schedule remove --name ${formerName}, which is in:`,
          ...schedules.map((file) => `    ${sanitizeForTerminal(file)}`),
        ]),
    ...(vault === undefined
      ? []
      : [`  in the vault ${vault} it is still called as it was when it was first copied there`]),
  ].join('\n')
}

export function renderDeleted({ record, repositoryDeleted, archives, dryRun }: DeletedRepo): string {
  const would = dryRun ? 'would be ' : ''
  const path = sanitizeForTerminal(record.path)
  return repositoryDeleted
    ? `${dryRun ? '·' : '✓'} ${record.name}: the repository at ${path} with ${numberOf(archives, 'archive')} ${would}deleted`
    : `${dryRun ? '·' : '✓'} ${record.name}: the record ${would}deleted, the repository at ${path} stays`
}
