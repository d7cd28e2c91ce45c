// The words people type who come from BorgBoi 1.x, Borg or borgmatic, as data over the commands there are: what each one
// is called here, and which of its options have other names. What is not listed is the same here.

/** What becomes of an option of BorgBoi 1.x. */
export type OldOption =
  /** It has another name here; `form` is what BorgBoi 1.x took. */
  | { readonly to: string; readonly value: string; readonly form?: RegExp }
  /** Its value stands without an option here. */
  | { readonly argument: string }
  /** Here it is always so. */
  | { readonly always: true }
  /** There is nothing that does the same, for `reason`; with `except`, it took a value, and this one is always so. */
  | { readonly reason: string; readonly hint: string; readonly except?: string }

/** A command of BorgBoi 1.x: deprecated, and says so. */
export interface OldVerb {
  readonly verb: string
  readonly now: string
  readonly options?: Readonly<Record<string, OldOption>>
  /** Options it insisted on, by the names that may stand for each; here the command would choose something itself. */
  readonly needs?: readonly (readonly string[])[]
  /** What it did besides, and the command here needs to be told: always there, or only without one of `unless`. */
  readonly adds?: { readonly words: readonly string[]; readonly unless?: readonly string[] }
  /** Where no name is given, the repo is called like the directory in this option. */
  readonly namedAfter?: string
  /** What is not quite as it was. */
  readonly note?: string
}

/** Options that mean the same in all of them. */
export const OLD_OPTIONS: Readonly<Record<string, OldOption>> = {
  '--repo-path,-r': { to: '--path', value: 'PATH' },
  '--repo-name,-n': { to: '--name', value: 'NAME' },
  '--archive-name,-a': { to: '--archive', value: 'ARCHIVE' },
  '--passphrase,-p': { to: '--passphrase', value: 'PASSPHRASE' },
}

const REPO = ['--path', '--name']

export const OLD_VERBS: readonly OldVerb[] = [
  {
    verb: 'create-repo',
    now: 'repo create',
    options: { '--backup-target,-b': { to: '--source', value: 'DIR' } },
    needs: [['--path'], ['--source']],
    namedAfter: '--path',
    note: 'the name, which it asked for, is that of the directory unless --name gives another',
  },
  {
    verb: 'create-exclusions',
    now: 'exclusions create',
    options: { '--exclusions-source,-x': { to: '--from', value: 'FILE' } },
    needs: [REPO, ['--from']],
  },
  { verb: 'list-repos', now: 'repo list' },
  { verb: 'list-archives', now: 'backup list', needs: [REPO] },
  {
    verb: 'list-archive-contents',
    now: 'backup contents',
    options: {
      '--output,-o': {
        except: 'stdout',
        reason: 'what an archive holds goes to stdout here, whatever its size',
        hint: 'send it there: borgboi backup contents --archive ARCHIVE > FILE',
      },
    },
    needs: [REPO, ['--archive']],
  },
  { verb: 'get-repo', now: 'repo info', needs: [REPO], note: 'repo list shows the record without asking Borg' },
  { verb: 'repo-info', now: 'repo info', options: { '--pp': { always: true } }, needs: [REPO] },
  {
    verb: 'daily-backup',
    now: 'backup daily',
    needs: [REPO],
    note: 'what is copied off-site is set by borgboi vault use',
  },
  {
    verb: 'export-repo-key',
    now: 'repo key export',
    options: {
      '--passphrase,-p': {
        reason: 'the key is exported without its passphrase, and stays locked by it',
        hint: 'leave the passphrase out',
      },
    },
    needs: [REPO],
    note: 'the key goes to stdout, or with --to FILE into a file',
  },
  {
    verb: 'extract-archive',
    now: 'backup restore',
    needs: [REPO, ['--archive']],
    adds: { words: ['--destination', '.'], unless: ['--destination', '--target', '-t', '--in-place'] },
    note: 'files that are there are replaced only with --overwrite always',
  },
  {
    verb: 'delete-archive',
    now: 'backup delete',
    needs: [REPO, ['--archive']],
    note: 'the space comes back with the next borgboi backup compact',
  },
  { verb: 'delete-repo', now: 'repo delete', needs: [REPO] },
  {
    verb: 'append-excludes',
    now: 'exclusions add',
    options: { '--exclusion-pattern,-x': { argument: 'PATTERN' } },
    needs: [REPO, ['PATTERN']],
  },
  {
    verb: 'modify-excludes',
    now: 'exclusions remove',
    options: { '--delete-line-num,-D': { to: '--line', value: 'LINE', form: /^[1-9]\d*$/ } },
    needs: [REPO, ['--line']],
  },
  {
    verb: 'restore-repo',
    now: 's3 restore',
    options: {
      '--repo-path,-r': { to: '--to', value: 'DIR' },
      '--dry-run': {
        reason: 'a restore is tried by doing it, to another directory',
        hint: 'see what it would bring with: borgboi s3 describe --from VAULT',
      },
      '--force': {
        reason: 'nothing that is there is overwritten by a restore',
        hint: 'restore to another directory, or move the old one away',
      },
    },
    needs: [['--from'], ['--to']],
    note: 'the copy may only be read, unless --writable takes over',
  },
  {
    verb: 'migrate-passphrases',
    now: 'repo passphrase migrate',
    adds: { words: ['--all'], unless: [...REPO, '--all'] },
  },
]

/** Options that BorgBoi 1.x took before the command. */
export const OLD_FIRST_OPTIONS: Readonly<Record<string, string>> = { '--offline': '--offline', '--debug': '--verbose' }

/** Words of Borg and of borgmatic: as good as ours, where they can mean one thing only. */
export interface BorgWord {
  readonly words: readonly string[]
  readonly of: 'Borg' | 'borgmatic' | 'Borg, borgmatic'
  readonly now: string
}

export const BORG_WORDS: readonly BorgWord[] = [
  { words: ['init'], of: 'Borg, borgmatic', now: 'repo create' },
  { words: ['repo-create', 'rcreate'], of: 'borgmatic', now: 'repo create' },
  { words: ['rinfo'], of: 'borgmatic', now: 'repo info' },
  { words: ['repo-delete', 'rdelete'], of: 'borgmatic', now: 'repo delete' },
  { words: ['create'], of: 'Borg, borgmatic', now: 'backup run' },
  { words: ['repo-list', 'rlist'], of: 'borgmatic', now: 'backup list' },
  { words: ['extract'], of: 'Borg, borgmatic', now: 'backup restore' },
  { words: ['export-tar'], of: 'Borg, borgmatic', now: 'backup export-tar' },
  { words: ['recreate'], of: 'Borg, borgmatic', now: 'backup recreate' },
  { words: ['mount'], of: 'Borg, borgmatic', now: 'backup mount' },
  { words: ['umount'], of: 'Borg, borgmatic', now: 'backup umount' },
  { words: ['prune'], of: 'Borg, borgmatic', now: 'backup prune' },
  { words: ['compact'], of: 'Borg, borgmatic', now: 'backup compact' },
  { words: ['check'], of: 'Borg, borgmatic', now: 'backup check' },
  { words: ['diff'], of: 'Borg, borgmatic', now: 'backup diff' },
  { words: ['rename'], of: 'Borg', now: 'backup rename' },
  { words: ['key export'], of: 'Borg, borgmatic', now: 'repo key export' },
  { words: ['key import'], of: 'Borg, borgmatic', now: 'repo key import' },
  { words: ['key change-passphrase'], of: 'Borg, borgmatic', now: 'repo passphrase change' },
  { words: ['break-lock'], of: 'Borg, borgmatic', now: 'repo break-lock' },
]

/** Words of theirs that are written the same here. */
export const SAME_WORDS: readonly { readonly word: string; readonly of: BorgWord['of'] }[] = [
  { word: 'borg', of: 'borgmatic' },
  { word: 'version', of: 'Borg' },
  { word: 'help', of: 'Borg' },
  { word: 'config generate', of: 'borgmatic' },
  { word: 'config validate', of: 'borgmatic' },
]

/** Words of theirs that no command here stands for, and what there is instead. */
export interface AbsentWord {
  readonly word: string
  readonly of: BorgWord['of']
  readonly instead: string
}

const ITSELF = 'borgboi borg --name NAME --'

export const ABSENT_WORDS: readonly AbsentWord[] = [
  { word: 'benchmark', of: 'Borg', instead: 'Borg itself: borg benchmark crud PATH DIR' },
  { word: 'config', of: 'Borg', instead: `${ITSELF} config :: KEY` },
  { word: 'debug', of: 'Borg', instead: `${ITSELF} debug COMMAND` },
  { word: 'import-tar', of: 'Borg', instead: `${ITSELF} import-tar ::ARCHIVE FILE` },
  { word: 'key migrate-to-repokey', of: 'Borg', instead: `${ITSELF} key migrate-to-repokey` },
  { word: 'serve', of: 'Borg', instead: 'Borg itself on the server: borg serve' },
  { word: 'upgrade', of: 'Borg', instead: `${ITSELF} upgrade` },
  { word: 'with-lock', of: 'Borg', instead: `${ITSELF} with-lock :: COMMAND` },
  { word: 'config bootstrap', of: 'borgmatic', instead: 'borgboi repo import, or from a vault: borgboi s3 restore' },
  { word: 'transfer', of: 'borgmatic', instead: 'another copy of the whole repository: borgboi s3 sync --vault VAULT' },
]

/** Words of theirs that could mean two commands: never guessed. */
export interface DoubtfulWord {
  readonly word: string
  readonly of: 'Borg' | 'borgmatic' | 'Borg, borgmatic'
  readonly either: readonly [string, string]
  readonly what: readonly [string, string]
}

export const DOUBTFUL_WORDS: readonly DoubtfulWord[] = [
  {
    word: 'list',
    of: 'Borg, borgmatic',
    either: ['backup list', 'backup contents'],
    what: ['archives', 'what one holds'],
  },
  { word: 'info', of: 'Borg, borgmatic', either: ['repo info', 'backup list'], what: ['a repository', 'its archives'] },
  {
    word: 'delete',
    of: 'Borg, borgmatic',
    either: ['backup delete', 'repo delete'],
    what: ['archives', 'a repository'],
  },
  {
    word: 'restore',
    of: 'borgmatic',
    either: ['backup restore', 's3 restore'],
    what: ['files of an archive', 'a repository from its copy'],
  },
]
