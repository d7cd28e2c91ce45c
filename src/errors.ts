// The one error taxonomy: every failure a person can meet has a stable code, an exit code, and three lines of text.
// Adapters translate foreign errors into these at their edge; nobody above them looks at foreign errors.

/** The process exit codes of design section "Contracts"; documented in docs/errors.md. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  warnings: 3,
  repositoryMissing: 10,
  locked: 11,
  passphrase: 12,
  damage: 13,
  objective: 14,
  offsite: 15,
  prerequisite: 20,
  skipped: 75,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Every error code, its exit code and what it stands for. Codes are never renamed or reused. */
export const ERROR_CODES = {
  // usage and configuration
  'usage-invalid': [EXIT.usage, 'the command line is wrong'],
  'value-invalid': [EXIT.usage, 'a name, path, policy or other value breaks its rule'],
  'confirmation-needed': [EXIT.usage, 'a destructive command was neither confirmed nor given --yes'],
  'config-invalid': [EXIT.usage, 'the configuration file or environment has a bad key or value'],
  'config-exists': [EXIT.usage, 'there is a configuration file already'],
  'repo-unknown': [EXIT.usage, 'no repo of that name or path is recorded'],
  'repo-exists': [EXIT.usage, 'a repo of that name or path is recorded already'],
  'repo-read-only': [EXIT.usage, 'the repo is a copy that may only be read'],
  'run-unknown': [EXIT.usage, 'the history has no such run'],
  'exclusions-exist': [EXIT.usage, 'the exclusions file exists already'],
  'source-missing': [EXIT.failure, 'a source directory does not exist or is not readable'],
  'path-unknown': [EXIT.failure, 'nothing in the archive matches a path that was asked for'],
  'destination-not-empty': [EXIT.usage, 'a restore would write into files that are there already'],
  // Borg and the repository
  'borg-missing': [EXIT.prerequisite, 'the Borg binary was not found or cannot be executed'],
  'borg-unsupported': [EXIT.prerequisite, 'this Borg version is too old or too new'],
  'fuse-missing': [EXIT.prerequisite, 'what mounting archives needs is not on this machine'],
  'borg-unresponsive': [EXIT.prerequisite, 'Borg did not answer when asked for its version'],
  'borg-failed': [EXIT.failure, 'Borg failed for a reason that has no code of its own'],
  'repository-missing': [EXIT.repositoryMissing, 'there is no Borg repository at the recorded path'],
  'repository-invalid': [EXIT.failure, 'the directory is not a Borg repository this version can read'],
  'repository-exists': [EXIT.failure, 'there is something at the path of a new repository already'],
  'repository-moved': [EXIT.failure, 'Borg knows this repository at another place or in a newer state'],
  'repository-full': [EXIT.failure, 'the disk or the quota of the repository is full'],
  'repository-denied': [EXIT.failure, 'the repository may not be read or written by this user'],
  'repository-damaged': [EXIT.damage, 'check found damage, or Borg met broken data'],
  'repository-unreachable': [EXIT.failure, 'the connection to a remote repository failed'],
  'archive-unknown': [EXIT.failure, 'there is no archive of that name'],
  'archive-exists': [EXIT.failure, 'there is an archive of that name already'],
  'archive-held': [EXIT.usage, 'an archive that is held would be deleted or changed'],
  'undo-impossible': [EXIT.failure, 'there is nothing to undo, or it cannot be undone any more'],
  'change-unaccepted': [
    EXIT.failure,
    'so much is gone or rewritten that nothing is removed or copied before a person says that it is meant',
  ],
  locked: [EXIT.locked, 'another process holds the repository'],
  'notifier-unknown': [EXIT.usage, 'no notifier of that name is configured'],
  'hook-failed': [EXIT.failure, 'a hook that runs before a backup failed'],
  // secrets
  'passphrase-wrong': [EXIT.passphrase, 'Borg refused the passphrase'],
  'passphrase-missing': [EXIT.passphrase, 'no passphrase was found where one is looked for'],
  'passphrase-file-unusable': [EXIT.passphrase, 'the passphrase file is empty, unsafe or not one line'],
  'key-missing': [EXIT.passphrase, 'the key of the repository is not on this machine'],
  // our own files and the machine
  'store-damaged': [EXIT.failure, 'the record of repos cannot be read'],
  'store-newer': [EXIT.failure, 'the record of repos was written by a newer borgboi'],
  'store-conflict': [EXIT.failure, 'the record of repos changed while it was being written'],
  'store-busy': [EXIT.locked, 'another process keeps the record of repos locked'],
  'disk-full': [EXIT.failure, 'no space left where a file had to be written'],
  'file-denied': [EXIT.failure, 'a file or directory may not be read or written by this user'],
  'file-unusable': [EXIT.failure, 'a file or directory is not what it has to be'],
  // off-site
  'vault-unknown': [EXIT.usage, 'no vault of that name is configured'],
  'vault-exists': [EXIT.usage, 'a vault of that name is configured already'],
  offline: [EXIT.usage, 'the network is needed, and the configuration says offline'],
  'credentials-missing': [EXIT.prerequisite, 'no credentials for the vault or the tables were found'],
  'vault-unreachable': [EXIT.failure, 'the vault did not answer, or not for long enough'],
  'vault-denied': [EXIT.failure, 'the vault refused the credentials or the request'],
  'vault-missing': [EXIT.failure, 'the bucket or directory of the vault does not exist'],
  'vault-full': [EXIT.failure, 'the vault has no space left or its quota is used up'],
  'vault-failed': [EXIT.failure, 'the vault failed for a reason that has no code of its own'],
  'vault-unsafe': [
    EXIT.usage,
    'the vault does not keep conditional writes, and nobody said that there is one writer only',
  ],
  'vault-newer': [EXIT.failure, 'the vault was written by a newer borgboi'],
  'vault-damaged': [EXIT.damage, 'an object in the vault is missing or not what it has to be'],
  'generation-unknown': [EXIT.failure, 'the vault has no such generation'],
  'generation-expired': [EXIT.failure, 'a generation was collected while it was being read'],
  'push-conflict': [EXIT.failure, 'another writer moved the head first'],
  'writer-fenced': [EXIT.failure, 'another machine has taken over as the writer of this repository'],
  'chain-forked': [EXIT.failure, 'two generations have the same parent'],
  'chain-backwards': [EXIT.failure, 'the repository or the vault is older than what was there before'],
  'replica-diverged': [EXIT.failure, 'a replica has changes that did not come from the vault'],
  'table-unreachable': [EXIT.failure, 'DynamoDB did not answer, or not in time, or asked to slow down'],
  'table-denied': [EXIT.failure, 'DynamoDB refused the credentials or the request'],
  'table-missing': [EXIT.failure, 'there is no such DynamoDB table'],
  'table-failed': [EXIT.failure, 'DynamoDB failed for a reason that has no code of its own'],
  'offsite-failed': [EXIT.offsite, 'the backup is complete, its off-site copy is not'],
  // by itself
  'scheduler-missing': [
    EXIT.prerequisite,
    'nothing was found that could start runs by itself, or not what was asked for',
  ],
  'scheduler-failed': [EXIT.failure, 'what starts runs on this machine refused a change'],
  'schedule-taken': [EXIT.usage, 'something that is not ours has the place where a schedule would go'],
  skipped: [EXIT.skipped, 'the run was skipped on purpose'],
  interrupted: [EXIT.interrupted, 'the run was stopped by a signal'],
  internal: [EXIT.failure, 'a defect in borgboi'],
} as const satisfies Record<string, readonly [ExitCode, string]>

export type ErrorCode = keyof typeof ERROR_CODES

export interface AppErrorDetails {
  /** Why it failed, one line, lower case, no full stop. */
  reason?: string | undefined
  /** What to do next: a sentence or a command, one line. */
  hint?: string | undefined
  /** Flat, JSON-safe, free of secrets. */
  context?: Record<string, string | number | boolean | readonly string[]>
  cause?: unknown
}

/**
 * A failure with what happened (`message`: what was attempted on which thing), why (`reason`) and what next (`hint`).
 * `switch (error.code)` tells failures apart; `exitCode` follows from the code by the table above.
 */
export class AppError extends Error {
  override name = 'AppError'
  readonly code: ErrorCode
  readonly reason: string | undefined
  readonly hint: string | undefined
  readonly context: NonNullable<AppErrorDetails['context']>

  constructor(code: ErrorCode, message: string, details: AppErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.reason = details.reason
    this.hint = details.hint
    this.context = details.context ?? {}
  }

  get exitCode(): ExitCode {
    return ERROR_CODES[this.code][0]
  }
}

/** Any thrown value as an AppError; what is not one already is a defect and keeps its stack as `cause`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('internal', 'borgboi met a defect of its own', {
    reason: message,
    hint: 'please report it with the output of the same command and --verbose',
    context: error instanceof Error && error.stack ? { stack: error.stack } : {},
    cause: error,
  })
}
