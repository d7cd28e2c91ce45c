import { describe, expect, it } from 'vitest'
import { errorCodeOf, familyOf } from '../../../src/borg/exit-code.ts'
import { ERROR_CODES, EXIT } from '../../../src/errors.ts'

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('families', () => {
  it.each([
    ['success', [0]],
    ['warning', [1, ...range(100, 127)]],
    ['error', range(2, 99)],
    ['signal', range(128, 255)],
    ['error', [-1]],
  ] as const)('%s: %j', (family, codes) => {
    expect(codes.map(familyOf)).toEqual(codes.map(() => family))
  })
})

/** Borg's documented errors: exit code, message id, and what they stand for. */
const DOCUMENTED = [
  [3, 'CancelledByUser', 'borg-failed'],
  [4, 'CommandError', 'borg-failed'],
  [5, 'PlaceholderError', 'borg-failed'],
  [6, 'InvalidPlaceholder', 'borg-failed'],
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
  [25, 'MandatoryFeatureUnsupported', 'repository-invalid'],
  [26, 'NoManifestError', 'repository-damaged'],
  [27, 'UnsupportedManifestError', 'repository-invalid'],
  [30, 'Archive.AlreadyExists', 'archive-exists'],
  [31, 'Archive.DoesNotExist', 'archive-unknown'],
  [32, 'Archive.IncompatibleFilesystemEncodingError', 'borg-failed'],
  [40, 'KeyfileInvalidError', 'key-missing'],
  [41, 'KeyfileMismatchError', 'key-missing'],
  [42, 'KeyfileNotFoundError', 'key-missing'],
  [43, 'NotABorgKeyFile', 'file-unusable'],
  [44, 'RepoKeyNotFoundError', 'key-missing'],
  [45, 'RepoIdMismatch', 'file-unusable'],
  [46, 'UnencryptedRepo', 'borg-failed'],
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
  [74, 'NotLocked', 'borg-failed'],
  [75, 'NotMyLock', 'borg-failed'],
  [80, 'ConnectionClosed', 'repository-unreachable'],
  [81, 'ConnectionClosedWithHint', 'repository-unreachable'],
  [82, 'InvalidRPCMethod', 'repository-unreachable'],
  [83, 'PathNotAllowed', 'repository-denied'],
  [84, 'RemoteRepository.RPCServerOutdated', 'repository-unreachable'],
  [85, 'UnexpectedRPCDataFormatFromClient', 'borg-failed'],
  [86, 'UnexpectedRPCDataFormatFromServer', 'repository-unreachable'],
  [87, 'ConnectionBrokenWithHint', 'repository-unreachable'],
  [90, 'IntegrityError', 'repository-damaged'],
  [91, 'FileIntegrityError', 'repository-damaged'],
  [92, 'DecompressionError', 'repository-damaged'],
  [95, 'ArchiveTAMInvalid', 'repository-damaged'],
  [96, 'ArchiveTAMRequiredError', 'repository-damaged'],
  [97, 'TAMInvalid', 'repository-damaged'],
  [98, 'TAMRequiredError', 'repository-damaged'],
  [99, 'TAMUnsupportedSuiteError', 'borg-failed'],
] as const

describe('what a failure stands for', () => {
  it.each(DOCUMENTED)(
    'exit code %i and %s: %s, also when only one of the two is there',
    (exitCode, messageId, code) => {
      expect(errorCodeOf({ messageId, exitCode, text: '' })).toBe(code)
      expect(errorCodeOf({ messageId, exitCode: 2, text: '' })).toBe(code)
      expect(errorCodeOf({ exitCode, text: '' })).toBe(code)
    },
  )

  it('is told by the message id before the exit code', () => {
    expect(errorCodeOf({ messageId: 'PassphraseWrong', exitCode: 73, text: '' })).toBe('passphrase-wrong')
  })

  it('is told by the errno where Borg itself broke', () => {
    const broke = (errno: number) =>
      errorCodeOf({ messageId: 'Exception', exitCode: 2, text: `Local Exception\nOSError: [Errno ${errno}] …` })

    expect([28, 122, 13, 30, 5].map(broke)).toEqual([
      'repository-full',
      'repository-full',
      'repository-denied',
      'repository-denied',
      'borg-failed',
    ])
  })

  it('is a plain failure where nothing is known', () => {
    expect(errorCodeOf({ messageId: 'NewInBorg9', exitCode: 99, text: 'something' })).toBe('borg-failed')
    expect(errorCodeOf({ exitCode: 143, text: '' })).toBe('borg-failed')
  })

  it('never exits as if all were well', () => {
    expect(DOCUMENTED.map(([, , code]) => ERROR_CODES[code][0])).not.toContain(EXIT.ok)
  })
})
