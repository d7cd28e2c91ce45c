// Commands about a repo: how it is named, where its passphrase comes from, how long to wait for its lock.

import { Option } from 'clipanion'
import type { PassphraseInput, RepoTarget } from '../deps.ts'
import { parseRepositoryPath } from '../model/location.ts'
import { BaseCommand } from './base-command.ts'
import { toNumber } from './numbers.ts'

export abstract class RepoCommand extends BaseCommand {
  repoName = Option.String('--name,-n', { description: 'the repo by name; not needed when there is only one' })
  repoPath = Option.String('--path,-p', { description: "the repo by its repository's path" })
  passphraseFile = Option.String('--passphrase-file', { description: 'read the passphrase from this file' })
  passphraseFd = Option.String('--passphrase-fd', { description: 'read the passphrase from this file descriptor' })
  passphraseValue = Option.String('--passphrase', {
    description: 'the passphrase itself; others on the machine can see it',
  })
  allowEnv = Option.Boolean('--allow-env-passphrase', false, { description: 'also look at BORG_PASSPHRASE' })
  lockWait = Option.String('--lock-wait', { description: 'wait this long for another process, such as 10min' })

  protected target(): RepoTarget {
    const path = this.repoPath === undefined ? undefined : parseRepositoryPath(this.repoPath, this.context.cwd)
    return { name: this.repoName, path }
  }

  protected passphrase(): PassphraseInput {
    return {
      value: this.passphraseValue,
      file: this.passphraseFile === undefined ? undefined : this.absolute(this.passphraseFile),
      fd: toNumber('--passphrase-fd', this.passphraseFd),
      allowEnv: this.allowEnv,
    }
  }

  protected override flags(): Readonly<Record<string, readonly [string, string]>> {
    return this.lockWait === undefined ? {} : { 'borg.lock_wait': ['--lock-wait', this.lockWait] }
  }
}

/** Commands that make a run on one repo, or on every repo with --all. */
export abstract class RunCommand extends RepoCommand {
  all = Option.Boolean('--all', false, { description: 'every repo' })
  jobs = Option.String('--jobs,-j', { description: 'with --all: this many repos at once (default 1)' })

  protected selection() {
    return {
      ...this.target(),
      all: this.all,
      jobs: toNumber('--jobs', this.jobs, 1),
      passphrase: this.passphrase(),
    }
  }
}
