// What the values of options and of words without an option are: the only part of completion that the commands do not
// say themselves. What is not here can be anything.

import { ENCRYPTIONS } from '../../model/repo.ts'

export type ValueKind =
  | 'repo'
  | 'repo-path'
  | 'archive'
  | 'source'
  | 'removed-archive'
  | 'vault'
  | 'notifier'
  | 'run'
  | 'file'
  | 'directory'
  | readonly string[]

/** By option; `exclusions create --from` stands above `--from`. */
export const OPTION_VALUES: Readonly<Record<string, ValueKind>> = {
  '--name': 'repo',
  '--path': 'repo-path',
  '--archive': 'archive',
  'backup undo --archive': 'removed-archive',
  '--vault': 'vault',
  '--from': 'vault',
  'exclusions create --from': 'file',
  'repo create --path': 'directory',
  'repo import --path': 'directory',
  '--source': 'directory',
  '--destination': 'directory',
  '--to': 'directory',
  '--scratch': 'directory',
  '--config': 'file',
  'metrics write --file': 'file',
  '--passphrase-file': 'file',
  '--kit': 'file',
  '--overwrite': ['never', 'if-changed', 'always'],
  '--only': ['repository', 'archives'],
  '--scheduler': ['systemd', 'launchd', 'cron'],
  '--at': ['hourly', 'daily', 'weekly', 'monthly'],
  '--level': ['1', '2', '3', '4'],
  '--encryption': ENCRYPTIONS,
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** What stands behind a command without an option; a second such word in `LATER_VALUES`. */
export const ARGUMENT_VALUES: Readonly<Record<string, ValueKind>> = {
  'notify test': 'notifier',
  'history show': 'run',
  'vault use': 'vault',
  'vault probe': 'vault',
  'vault remove': 'vault',
  'repo rename': 'repo',
  'backup mount': 'directory',
  'backup umount': 'directory',
  'backup hold': 'archive',
  'backup release': 'archive',
  'repo move': 'repo',
  'repo copy': 'repo',
  'repo kit verify': 'file',
  'repo sources add': 'directory',
  'repo sources remove': 'source',
  completion: SHELLS,
}

/** What stands behind the first word without an option, where that is something else. */
export const LATER_VALUES: Readonly<Record<string, ValueKind>> = {
  'repo copy': 'directory',
}
