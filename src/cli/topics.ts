// What `borgboi help` knows besides commands: pages of docs, or sections of them, whose text stands there alone.

export interface Topic {
  readonly name: string
  /** Other words for it. */
  readonly also?: readonly string[]
  /** One line. */
  readonly about: string
  /** A file of the package. */
  readonly page: string
  /** Headings of its second level; absent: all of it. */
  readonly sections?: readonly string[]
  /** Groups of commands whose list names it. */
  readonly groups?: readonly string[]
}

export const TOPICS: readonly Topic[] = [
  {
    name: 'exit-codes',
    about: 'what a command says by its exit code',
    page: 'docs/errors.md',
    sections: ['Exit codes'],
  },
  { name: 'patterns', about: 'what backups leave out', page: 'docs/exclusions.md', groups: ['exclusions'] },
  { name: 'retention', about: 'which archives stay', page: 'docs/retention.md', groups: ['repo'] },
  {
    name: 'passphrases',
    about: 'where they are kept, looked for and changed',
    page: 'docs/passphrases.md',
    groups: ['repo'],
  },
  {
    name: 'configuration',
    also: ['environment'],
    about: 'files, variables and options, and which one wins',
    page: 'docs/configuration.md',
    sections: ['Where values come from', 'Environment variables'],
    groups: ['config'],
  },
  {
    name: 'unattended',
    also: ['timers', 'cron'],
    about: 'backups that run by themselves, in five minutes',
    page: 'docs/unattended.md',
    groups: ['schedule'],
  },
  {
    name: 'changes',
    also: ['breaker', 'upheaval'],
    about: 'when most of a repo is gone or rewritten at once',
    page: 'docs/changes.md',
    groups: ['backup', 's3'],
  },
  { name: 'vaults', about: 'places off-site', page: 'docs/vaults.md', groups: ['vault', 's3'] },
  {
    name: 'recovery',
    about: 'when the machine or the bucket is gone',
    page: 'docs/recovery.md',
    groups: ['s3', 'backup'],
  },
  { name: 'notifications', about: 'who is told how runs ended', page: 'docs/notifications.md', groups: ['notify'] },
  {
    name: 'prometheus',
    also: ['traces'],
    about: 'figures and traces of runs, for monitoring',
    page: 'docs/metrics.md',
    groups: ['metrics'],
  },
  { name: 'hooks', about: 'scripts of yours around a backup', page: 'docs/hooks.md', groups: ['backup'] },
  { name: 'json', about: 'what --json prints', page: 'docs/formats.md', sections: ['`--json` on stdout'] },
  {
    name: 'words',
    also: ['legacy'],
    about: 'what commands of BorgBoi 1.x, Borg and borgmatic are called here',
    page: 'docs/commands.md',
    sections: ['Words from BorgBoi 1.x, Borg and borgmatic'],
  },
  { name: 'migration', about: 'coming from BorgBoi 1.x', page: 'docs/migration.md' },
]

export function findTopic(word: string | undefined): Topic | undefined {
  return TOPICS.find(({ name, also = [] }) => word !== undefined && [name, ...also].includes(word))
}

/** The part of its page that a topic is about, headings included; undefined where a section is missing. */
export function sectionsOf({ sections }: Topic, page: string): string | undefined {
  if (sections === undefined) return page
  const parts = page.split(/^(?=## )/m)
  const found = sections.flatMap((section) => parts.find((part) => part.startsWith(`## ${section}\n`)) ?? [])
  return found.length === sections.length ? found.join('') : undefined
}
