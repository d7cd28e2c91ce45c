// A failed Borg run as the AppError a person can act on: what was attempted, why it failed, what to do next.

import { AppError, type ErrorCode } from '../errors.ts'
import type { RunEnd } from '../platform/process.ts'
import type { BorgCall, LogMessage } from './call.ts'
import type { RepositoryAccess } from './client.ts'
import { errorCodeOf } from './exit-code.ts'
import { describeHolder, findLockHolder } from './lock-holder.ts'

interface Seen {
  readonly messages: readonly LogMessage[]
  readonly raw: readonly string[]
  readonly stopped: AbortSignal
}

export async function toBorgError(call: BorgCall, end: RunEnd, seen: Seen): Promise<AppError> {
  if (seen.stopped.aborted) return interrupted(call, seen.stopped)
  if (end.startError) return notStarted(call, end.startError)
  const errors = seen.messages.filter(({ level }) => level === 'ERROR' || level === 'CRITICAL')
  // After the message with the id may come its traceback, as an error of its own.
  const last = errors.findLast((message) => message.messageId !== undefined) ?? errors.at(-1)
  const code = codeOf(end, last?.messageId, errors)
  const words = lastWords(last, errors, seen.raw)
  const isOlder = isOlderState(last?.messageId, end.exitCode)
  const { attempt, reason, hint } = isOlder ? olderState(call, words) : await explain(code, call, words, end)
  return new AppError(code, attempt, {
    reason,
    hint,
    context: {
      repository: call.access.path,
      subcommand: call.subcommand,
      ...(end.exitCode === undefined ? {} : { borgExitCode: end.exitCode }),
      ...(last?.messageId === undefined ? {} : { messageId: last.messageId }),
      log: [...seen.messages.map((message) => message.text), ...seen.raw].slice(-10),
    },
  })
}

function codeOf(end: RunEnd, messageId: string | undefined, errors: readonly LogMessage[]): ErrorCode {
  if (end.exitCode === undefined) return 'borg-failed'
  return errorCodeOf({ messageId, exitCode: end.exitCode, text: errors.map(({ text }) => text).join('\n') })
}

/** One line. Where Borg itself broke ("Local Exception"), the line of its traceback that names the exception. */
function lastWords(last: LogMessage | undefined, errors: readonly LogMessage[], raw: readonly string[]): string {
  const text = (last?.messageId === 'Exception' ? errors.at(-1) : last)?.text ?? raw.at(-1) ?? ''
  const lines = text.trim().split('\n')
  const unindented = lines.filter((line) => /^\S/.test(line))
  return (lines[0]?.startsWith('Traceback') ? unindented.at(-1) : lines[0]) ?? ''
}

function interrupted(call: BorgCall, stopped: AbortSignal): AppError {
  return new AppError('interrupted', `borg ${call.subcommand} was stopped`, {
    reason: `borgboi got ${String(stopped.reason)} and passed it on`,
    hint:
      call.subcommand === 'create'
        ? 'run the same command again: what Borg had stored by its last checkpoint is not read twice'
        : 'the repository is as it was before; run the same command again',
  })
}

function notStarted(call: BorgCall, systemCode: string): AppError {
  return new AppError('borg-missing', `cannot start borg ${call.subcommand}`, {
    reason: `the system answered ${systemCode}`,
    hint: 'check the binary that borg.executable_path names: borgboi config show --origin',
  })
}

interface Explanation {
  readonly attempt: string
  readonly reason: string
  readonly hint: string
}

async function explain(code: ErrorCode, call: BorgCall, words: string, end: RunEnd): Promise<Explanation> {
  const said = words || howEnded(end)
  const { access } = call
  const opening = `cannot open the repository at ${access.path}`
  switch (code) {
    case 'locked':
      return { attempt: opening, ...(await lockedBecause(access)) }
    case 'passphrase-wrong':
      return {
        attempt: opening,
        reason: `Borg refused ${access.passphraseSource ?? 'the passphrase'}`,
        hint: access.isPassphraseBeingChanged
          ? `a change of it was cut off: go on with borgboi repo passphrase change --path ${access.path}`
          : `if it was changed elsewhere: borgboi repo passphrase set --path ${access.path}, or name it with --passphrase-file`,
      }
    case 'passphrase-missing':
      return {
        attempt: opening,
        reason: 'it is encrypted and no passphrase was given to Borg',
        hint: 'name the file that holds it with --passphrase-file FILE',
      }
    case 'key-missing':
      return {
        attempt: opening,
        reason: 'its key is not on this machine, or is broken',
        hint: `bring the exported key back with: borg key import ${access.path} KEYFILE`,
      }
    case 'file-unusable':
      return {
        attempt: `cannot use that key for ${access.path}`,
        reason: said,
        hint: 'it has to be what borgboi repo key export wrote for this repository',
      }
    case 'repository-missing':
      return {
        attempt: opening,
        reason: 'there is no Borg repository',
        hint: `is its disk mounted? if you moved it: borgboi repo move --path ${access.path} --to ITS-NEW-PLACE`,
      }
    case 'repository-full':
      return {
        attempt: `borg ${call.subcommand} could not write to ${access.path}`,
        reason: words || 'the disk or the quota of the repository is full',
        hint: 'free some space on that disk, or remove archives with borgboi backup prune and then borgboi backup compact',
      }
    case 'repository-denied':
      return {
        attempt: `borg ${call.subcommand} may not use ${access.path}`,
        reason: said,
        hint: `look at the owner and permissions with: ls -la ${access.path}`,
      }
    case 'repository-damaged':
      return {
        attempt: `borg ${call.subcommand} met damage in ${access.path}`,
        reason: said,
        hint: 'do not prune; look closer with: borgboi backup check --verify-data',
      }
    case 'repository-moved':
      return {
        attempt: opening,
        reason: words || 'Borg knows it at another place, or knew it in a newer state',
        hint: `if you put it there, say so: borgboi repo move --path ${access.path} --to ${access.path}; if not, find out what it is`,
      }
    case 'repository-exists':
      return {
        attempt: `cannot create a repository at ${access.path}`,
        reason: 'something is there already',
        hint: 'take another path, or record what is there with: borgboi repo import',
      }
    case 'archive-unknown':
      return {
        attempt: `borg ${call.subcommand} found no such archive`,
        reason: said,
        hint: `list what there is with: borgboi backup list --path ${call.access.path}`,
      }
    case 'archive-exists':
      return {
        attempt: `borg ${call.subcommand} cannot use that archive name`,
        reason: said,
        hint: 'run the same command again',
      }
    case 'repository-unreachable':
      return {
        attempt: opening,
        reason: said,
        hint: 'try the connection by hand with: ssh HOST borg --version',
      }
    default:
      return {
        attempt: `borg ${call.subcommand} failed on ${access.path}`,
        reason: said,
        hint: 'run the same command with --verbose to see what Borg said',
      }
  }
}

/** Borg remembers the newest state it saw of each repository. */
function isOlderState(messageId: string | undefined, exitCode: number | undefined): boolean {
  return OLDER_IDS.includes(messageId ?? '') || OLDER_EXIT_CODES.includes(exitCode ?? 0)
}

const OLDER_IDS = ['Cache.RepositoryReplay', 'Cache.RepositoryIDNotUnique']
const OLDER_EXIT_CODES = [63, 64]

function olderState({ access }: BorgCall, words: string): Explanation {
  return {
    attempt: `cannot open the repository at ${access.path}`,
    reason: words || 'Borg on this machine has seen a newer state of it',
    hint: 'find out who put an older state there; if it is the one to go on with: borgboi repo import --accept-older',
  }
}

async function lockedBecause(access: RepositoryAccess): Promise<{ reason: string; hint: string }> {
  const holder = await findLockHolder(access)
  if (holder === undefined) {
    return {
      reason: 'another Borg process holds its lock',
      hint: 'wait for it, or run with --lock-wait 10min',
    }
  }
  return {
    reason: `it is locked by ${describeHolder(holder)}`,
    hint: holder.here
      ? 'wait for it, or run with --lock-wait 10min'
      : `make sure that no Borg runs there any more, then: borgboi repo break-lock --force --path ${access.path}`,
  }
}

function howEnded(end: RunEnd): string {
  if (end.signal === undefined) return `it ended with exit code ${end.exitCode} and said nothing`
  return `it was killed by ${end.signal}${end.signal === 'SIGKILL' ? ', perhaps because the memory was full' : ''}`
}
