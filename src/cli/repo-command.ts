// Commands that open a repository: where its passphrase comes from, how long to wait for its lock.

import { Option } from 'clipanion'
import type { PassphraseInput } from '../deps.ts'
import { AppError } from '../errors.ts'
import { toNumber } from './numbers.ts'
import { TargetCommand } from './target-command.ts'

export abstract class SecretCommand extends TargetCommand {
  passphraseFile = Option.String('--passphrase-file', { description: 'read the passphrase from this file' })
  passphraseFd = Option.String('--passphrase-fd', { description: 'read the passphrase from this file descriptor' })
  passphraseValue = Option.String('--passphrase', {
    description: 'the passphrase itself; others on the machine can see it',
  })
  lockWait = Option.String('--lock-wait', { description: 'wait this long for another process, such as 10min' })

  protected passphrase(): PassphraseInput {
    const given = [this.passphraseFile, this.passphraseFd, this.passphraseValue].filter((way) => way !== undefined)
    if (given.length > 1) {
      throw new AppError('usage-invalid', 'cannot tell which passphrase is meant', {
        reason: 'more than one of --passphrase-file, --passphrase-fd and --passphrase was given',
        hint: 'give one of them, best --passphrase-file',
      })
    }
    return {
      value: this.passphraseValue,
      file: this.passphraseFile === undefined ? undefined : this.absolute(this.passphraseFile),
      fd: toNumber('--passphrase-fd', this.passphraseFd),
    }
  }

  protected override flags(): Readonly<Record<string, readonly [string, string]>> {
    return this.lockWait === undefined ? {} : { 'borg.lock_wait': ['--lock-wait', this.lockWait] }
  }
}

/** Repositories that exist: the environment may hold their passphrase, but is believed only when asked for. */
export abstract class RepoCommand extends SecretCommand {
  allowEnv = Option.Boolean('--allow-env-passphrase', false, { description: 'also look at BORG_PASSPHRASE' })

  protected override passphrase(): PassphraseInput {
    return { ...super.passphrase(), allowEnv: this.allowEnv }
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
