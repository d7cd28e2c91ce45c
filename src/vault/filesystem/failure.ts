// What a file system's errors mean for a vault that is kept on it, in the taxonomy.

import { AppError, type ErrorCode } from '../../errors.ts'
import { formatMinute } from '../../model/words.ts'
import { systemCode } from '../../platform/files.ts'
import { LockHeldError } from '../../platform/lock.ts'

interface Meaning {
  readonly code: ErrorCode
  readonly reason: string
  readonly hint: (root: string) => string
}

const FULL: Meaning = {
  code: 'vault-full',
  reason: 'no space is left on the disk of the vault, or its quota is used up',
  hint: (root) => `make room on the disk of ${root}, or keep fewer generations, then run the same command again`,
}
const DENIED: Meaning = {
  code: 'vault-denied',
  reason: 'this user may not do that there, or the disk is mounted read-only',
  hint: (root) => `look at the owner and permissions with: ls -la ${root}; and at the mount with: findmnt -T ${root}`,
}
const UNREACHABLE: Meaning = {
  code: 'vault-unreachable',
  reason: 'the connection to the file server of the vault is lost',
  hint: (root) => `see whether it answers: ls ${root}; mount it again where it does not`,
}
const FAILED: Meaning = {
  code: 'vault-failed',
  reason: '',
  hint: (root) => `look at the disk of ${root} and at what the system says of it: dmesg | tail`,
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  ESTALE: UNREACHABLE,
  ENOTCONN: UNREACHABLE,
  ECONNABORTED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  EHOSTDOWN: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENODEV: UNREACHABLE,
  ENXIO: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
}

/**
 * A system error, also one that was translated as that of any file, as one of the vault; others pass through.
 * `attempt`: `store repo/head.json`.
 */
export function toVaultError(error: unknown, attempt: string, root: string): unknown {
  if (error instanceof LockHeldError) return lockHeld(error, attempt)
  const cause = error instanceof AppError ? error.cause : error
  const code = systemCode(cause)
  if (code === undefined || !(cause instanceof Error)) return error
  const { code: vaultCode, reason, hint } = MEANINGS[code] ?? FAILED
  return new AppError(vaultCode, `cannot ${attempt} in the vault ${root}`, {
    reason: reason || cause.message,
    hint: hint(root),
    cause,
  })
}

function lockHeld({ holder }: LockHeldError, attempt: string): AppError {
  return new AppError('vault-failed', `cannot ${attempt}`, {
    reason: holder
      ? `process ${holder.pid} on ${holder.host} has been writing the same object since ${formatMinute(holder.since)}`
      : 'another process has been writing the same object for too long',
    hint: 'wait until it is done, or end it, then run the same command again',
  })
}

export function missingRoot(root: string): AppError {
  return new AppError('vault-missing', `there is no directory ${root}, which is to be a vault`, {
    reason: 'its disk is not mounted, or the directory was never made',
    hint: `mount its disk; for a new vault make the directory first: mkdir -p ${root}`,
  })
}

export function failed(attempt: string, root: string, reason: string, hint: string): AppError {
  return new AppError('vault-failed', `cannot ${attempt} in the vault ${root}`, { reason, hint })
}

export function stopped(attempt: string, signal: AbortSignal): AppError {
  return new AppError('interrupted', `did not ${attempt}`, {
    reason: typeof signal.reason === 'string' ? `it was stopped by ${signal.reason}` : 'it was stopped',
    hint: 'run the same command again: it goes on with what is stored already',
  })
}
