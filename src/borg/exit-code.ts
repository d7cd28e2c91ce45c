// The one table from what Borg said (message id, exit code, errno in a generic text) to our error codes.
// Source: borg docs internals/frontends and usage/general, 1.2 and 1.4; measured on both.

import type { ErrorCode } from '../errors.ts'

export type BorgFamily = 'success' | 'warning' | 'error' | 'signal'

/** 0 · 1 and 100-127 · 2-99 · 128+N. An exit code that is none of these counts as an error. */
export function familyOf(exitCode: number): BorgFamily {
  if (exitCode === 0) return 'success'
  if (exitCode === 1 || (exitCode >= 100 && exitCode <= 127)) return 'warning'
  return exitCode >= 128 ? 'signal' : 'error'
}

/** Borg 1.4's specific exit codes with the message ids both lines give; errors without a code of ours are left out. */
const TABLE: readonly (readonly [exitCode: number, messageId: string, code: ErrorCode])[] = [
  [10, 'Repository.AlreadyExists', 'repository-exists'],
  [11, 'Repository.AtticRepository', 'repository-invalid'],
  [12, 'Repository.CheckNeeded', 'repository-damaged'],
  [13, 'Repository.DoesNotExist', 'repository-missing'],
  [14, 'Repository.InsufficientFreeSpaceError', 'repository-full'],
  [15, 'Repository.InvalidRepository', 'repository-invalid'],
  [16, 'Repository.InvalidRepositoryConfig', 'repository-invalid'],
  [17, 'Repository.ObjectNotFound', 'repository-damaged'],
  [18, 'Repository.ParentPathDoesNotExist', 'repository-missing'],
  [19, 'Repository.PathAlreadyExists', 'repository-exists'],
  [20, 'Repository.StorageQuotaExceeded', 'repository-full'],
  [21, 'Repository.PathPermissionDenied', 'repository-denied'],
  [25, 'Manifest.MandatoryFeatureUnsupported', 'repository-invalid'],
  [25, 'MandatoryFeatureUnsupported', 'repository-invalid'],
  [26, 'NoManifestError', 'repository-damaged'],
  [27, 'UnsupportedManifestError', 'repository-invalid'],
  [30, 'Archive.AlreadyExists', 'archive-exists'],
  [31, 'Archive.DoesNotExist', 'archive-unknown'],
  [40, 'KeyfileInvalidError', 'key-missing'],
  [41, 'KeyfileMismatchError', 'key-missing'],
  [42, 'KeyfileNotFoundError', 'key-missing'],
  [43, 'NotABorgKeyFile', 'file-unusable'],
  [44, 'RepoKeyNotFoundError', 'key-missing'],
  [45, 'RepoIdMismatch', 'file-unusable'],
  [47, 'UnknownKeyType', 'repository-invalid'],
  [48, 'UnsupportedPayloadError', 'repository-invalid'],
  [50, 'NoPassphraseFailure', 'passphrase-missing'],
  [51, 'PasscommandFailure', 'passphrase-missing'],
  [52, 'PassphraseWrong', 'passphrase-wrong'],
  [53, 'PasswordRetriesExceeded', 'passphrase-wrong'],
  [60, 'Cache.CacheInitAbortedError', 'repository-moved'],
  [61, 'Cache.EncryptionMethodMismatch', 'repository-moved'],
  [62, 'Cache.RepositoryAccessAborted', 'repository-moved'],
  [63, 'Cache.RepositoryIDNotUnique', 'repository-moved'],
  [64, 'Cache.RepositoryReplay', 'repository-moved'],
  [70, 'LockError', 'locked'],
  [71, 'LockErrorT', 'locked'],
  [72, 'LockFailed', 'locked'],
  [73, 'LockTimeout', 'locked'],
  [80, 'ConnectionClosed', 'repository-unreachable'],
  [81, 'ConnectionClosedWithHint', 'repository-unreachable'],
  [82, 'RemoteRepository.InvalidRPCMethod', 'repository-unreachable'],
  [82, 'InvalidRPCMethod', 'repository-unreachable'],
  [83, 'PathNotAllowed', 'repository-denied'],
  [84, 'RemoteRepository.RPCServerOutdated', 'repository-unreachable'],
  [86, 'UnexpectedRPCDataFormatFromServer', 'repository-unreachable'],
  [87, 'ConnectionBrokenWithHint', 'repository-unreachable'],
  [90, 'IntegrityError', 'repository-damaged'],
  [91, 'FileIntegrityError', 'repository-damaged'],
  [92, 'DecompressionError', 'repository-damaged'],
  [95, 'ArchiveTAMInvalid', 'repository-damaged'],
  [96, 'ArchiveTAMRequiredError', 'repository-damaged'],
  [97, 'TAMInvalid', 'repository-damaged'],
  [98, 'TAMRequiredError', 'repository-damaged'],
]

const BY_MESSAGE_ID = new Map(TABLE.map(([, messageId, code]) => [messageId, code]))
const BY_EXIT_CODE = new Map(TABLE.map(([exitCode, , code]) => [exitCode, code]))

/** Borg has neither an id nor a code of its own for these; the errno in its generic exception text is all there is. */
const BY_ERRNO: Readonly<Record<string, ErrorCode>> = {
  28: 'repository-full',
  122: 'repository-full',
  13: 'repository-denied',
  30: 'repository-denied',
}

/** What Borg's failure stands for: by its message id, else by its exit code, else by an errno in its text. */
export function errorCodeOf(said: {
  readonly messageId?: string | undefined
  readonly exitCode: number
  readonly text: string
}): ErrorCode {
  const known = BY_MESSAGE_ID.get(said.messageId ?? '') ?? BY_EXIT_CODE.get(said.exitCode)
  if (known) return known
  const errno = /\[Errno (\d+)\]/.exec(said.text)?.[1]
  return (errno === undefined ? undefined : BY_ERRNO[errno]) ?? 'borg-failed'
}
