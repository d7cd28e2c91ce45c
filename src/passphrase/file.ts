// Passphrases read from files and descriptors, strictly: what is unsafe or ambiguous is an error with its own reason.

import { AppError } from '../errors.ts'
import type { EventSink } from '../model/events.ts'
import { SecretText } from '../model/secret.ts'
import { readDescriptor, readSecretFile, type SecretFile } from '../platform/secret-file.ts'

/** A passphrase of this many bytes is no passphrase; somebody named the wrong file. */
const MAX_BYTES = 4095
const PASSPHRASE = 'passphrase'

export interface PassphraseFileRules {
  readonly trustedUids: readonly number[]
  readonly events: EventSink
  /** What the file holds, where that is another secret: `token`. */
  readonly what?: string
}

/** The passphrase in a file; undefined where there is no file. @throws AppError `passphrase-file-unusable` */
export async function readPassphraseFile(path: string, rules: PassphraseFileRules): Promise<SecretText | undefined> {
  const found = await readSecretFile(path, { maxBytes: MAX_BYTES, trustedUids: rules.trustedUids })
  if (found.state === 'missing') return undefined
  if (found.state !== 'read') throw unusable(path, ...problemOfFile(found, path), rules.what)
  if (found.closedMode !== undefined) {
    rules.events({
      type: 'notice',
      level: 'warning',
      message: `${path} was open to other users (${octal(found.closedMode)}); it is now 0600`,
      hint: 'if somebody else may have read it, change the secret in it',
    })
  }
  return parsePassphraseBytes(found.bytes, path, rules.what)
}

/** Another secret, in a file that has to be there. @throws AppError `passphrase-file-unusable` */
export async function readOtherSecret(path: string, rules: Required<PassphraseFileRules>): Promise<SecretText> {
  const secret = await readPassphraseFile(path, rules)
  if (secret !== undefined) return secret
  throw unusable(path, 'there is no such file', `write the ${rules.what} into it, for nobody else to read`, rules.what)
}

/** The passphrase an inherited descriptor gives. @throws AppError `passphrase-file-unusable` */
export async function readPassphraseDescriptor(fd: number): Promise<SecretText> {
  const source = `file descriptor ${fd}`
  const bytes = await readDescriptor(fd, MAX_BYTES)
  if (bytes === undefined) throw unusable(source, 'it gives more than 4095 bytes', 'check what it is connected to')
  return parsePassphraseBytes(bytes, source)
}

/** Why a text cannot be a passphrase; undefined when it can. */
export function problemOfPassphrase(text: string): string | undefined {
  if (text === '') return 'it is empty'
  if (text.includes('\0')) return 'it has a NUL character'
  if (/[\r\n]/.test(text)) return 'it has more than one line'
  return undefined
}

function parsePassphraseBytes(bytes: Uint8Array, source: string, what = PASSPHRASE): SecretText {
  const hint = `it has to hold the ${what} as its one line of text`
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // The decoder's error says nothing more, and it may quote the bytes.
    throw unusable(source, 'it is not text in UTF-8', hint, what)
  }
  if (text.startsWith('\uFEFF')) throw unusable(source, 'it starts with a byte order mark', hint, what)
  const passphrase = text.replace(/\r?\n$/, '')
  const problem = problemOfPassphrase(passphrase)
  if (problem) throw unusable(source, problem, hint, what)
  return new SecretText(passphrase)
}

function problemOfFile(
  found: Exclude<SecretFile, { state: 'read' | 'missing' }>,
  path: string,
): [reason: string, hint: string] {
  switch (found.state) {
    case 'link':
      return ['it is a symbolic link', 'name the file it leads to']
    case 'directory':
      return ['it is a directory', 'name the file in it']
    case 'not-a-file':
      return ['it is not a regular file', 'to read a pipe, use --passphrase-fd']
    case 'too-big':
      return ['it is larger than 4095 bytes', 'check that it is the right file']
    case 'denied':
      return ['this user may not read it', `look at its owner and permissions with: ls -l ${path}`]
    case 'foreign':
      return [`it belongs to another user (uid ${found.uid})`, `if it is yours: sudo chown "$(id -u)" ${path}`]
    case 'exposed':
      return [
        `other users may read it (${octal(found.mode)}), and this user cannot change that`,
        `let its owner close it with: chmod 600 ${path}`,
      ]
  }
}

function octal(mode: number): string {
  return `0${mode.toString(8)}`
}

function unusable(source: string, reason: string, hint: string, what = PASSPHRASE): AppError {
  return new AppError('passphrase-file-unusable', `cannot take the ${what} from ${source}`, { reason, hint })
}
