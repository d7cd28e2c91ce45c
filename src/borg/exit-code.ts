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

const BY_MESSAGE_ID: Readonly<Record<string, ErrorCode>> = {
  LockTimeout: 'locked',
  LockFailed: 'locked',
  LockError: 'locked',
  LockErrorT: 'locked',
  PassphraseWrong: 'passphrase-wrong',
  PasswordRetriesExceeded: 'passphrase-wrong',
  NoPassphraseFailure: 'passphrase-missing',
  PasscommandFailure: 'passphrase-missing',
  KeyfileNotFoundError: 'key-missing',
  KeyfileInvalidError: 'key-missing',
  RepoKeyNotFoundError: 'key-missing',
  'Repository.DoesNotExist': 'repository-missing',
  'Repository.AlreadyExists': 'repository-exists',
  'Repository.PathAlreadyExists': 'repository-exists',
  'Repository.ParentPathDoesNotExist': 'repository-missing',
  'Repository.InvalidRepository': 'repository-invalid',
  'Repository.InvalidRepositoryConfig': 'repository-invalid',
  'Manifest.MandatoryFeatureUnsupported': 'repository-invalid',
  UnsupportedManifestError: 'repository-invalid',
  UnsupportedPayloadError: 'repository-invalid',
  'Repository.InsufficientFreeSpaceError': 'repository-full',
  'Repository.StorageQuotaExceeded': 'repository-full',
  'Repository.PathPermissionDenied': 'repository-denied',
  'Repository.CheckNeeded': 'repository-damaged',
  'Repository.ObjectNotFound': 'repository-damaged',
  IntegrityError: 'repository-damaged',
  FileIntegrityError: 'repository-damaged',
  DecompressionError: 'repository-damaged',
  NoManifestError: 'repository-damaged',
  'Archive.DoesNotExist': 'archive-unknown',
  'Archive.AlreadyExists': 'archive-exists',
  'Cache.RepositoryReplay': 'repository-moved',
  'Cache.RepositoryIDNotUnique': 'repository-moved',
  'Cache.RepositoryAccessAborted': 'repository-moved',
  'Cache.EncryptionMethodMismatch': 'repository-moved',
  'Cache.CacheInitAbortedError': 'repository-moved',
  ConnectionClosed: 'repository-unreachable',
  ConnectionClosedWithHint: 'repository-unreachable',
  ConnectionBrokenWithHint: 'repository-unreachable',
  InvalidRPCMethod: 'repository-unreachable',
  UnexpectedRPCDataFormatFromServer: 'repository-unreachable',
}

/** Borg has no message id for these two; the errno in its generic exception text is all there is. */
const BY_ERRNO: Readonly<Record<string, ErrorCode>> = {
  28: 'repository-full',
  122: 'repository-full',
  13: 'repository-denied',
  30: 'repository-denied',
}

/** What an error message of Borg stands for. */
export function errorCodeOf(
  message: { readonly messageId?: string | undefined; readonly text: string } | undefined,
): ErrorCode {
  const byId = message?.messageId === undefined ? undefined : BY_MESSAGE_ID[message.messageId]
  if (byId) return byId
  const errno = /\[Errno (\d+)\]/.exec(message?.text ?? '')?.[1]
  return (errno === undefined ? undefined : BY_ERRNO[errno]) ?? 'borg-failed'
}
