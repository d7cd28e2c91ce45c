// Where a passphrase is looked for, and in which order. The two orders are the contract in deps.ts.

import { join } from 'node:path'
import type { PassphraseInput, ResolvedPassphrase } from '../deps.ts'
import { AppError } from '../errors.ts'
import { type Secret, SecretText } from '../model/secret.ts'
import { problemOfPassphrase } from './file.ts'
import { generatePassphrase } from './generate.ts'

/** The places, as the keeper opens them. */
export interface PassphraseSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Undefined where there is no file. */
  readFile(path: string): Promise<Secret | undefined>
  readDescriptor(fd: number): Promise<Secret>
  /** The passphrases in the configuration. */
  configured(): Promise<{ readonly existing?: Secret | undefined; readonly forNew?: Secret | undefined }>
  warnOfArgument(): void
}

/** What was handed in > the usual file, left by an earlier attempt > `BORG_NEW_PASSPHRASE` > configuration > a new one. */
export async function resolveNew(
  sources: PassphraseSources,
  usualFile: string,
  input: PassphraseInput,
): Promise<ResolvedPassphrase> {
  const given = await fromInput(sources, input)
  if (given) return given
  const left = await sources.readFile(usualFile)
  if (left) return { secret: left, origin: 'file', file: usualFile }
  const fromEnv = fromVariable(sources, 'BORG_NEW_PASSPHRASE')
  if (fromEnv) return { secret: fromEnv, origin: 'environment' }
  const { forNew } = await sources.configured()
  if (forNew) return { secret: forNew, origin: 'config' }
  return { secret: new SecretText(generatePassphrase()), origin: 'generated' }
}

/** systemd's name of the secret that holds the passphrase of a repo; a service finds it in a directory of its own. */
const CREDENTIAL = 'borgboi.passphrase.'

/**
 * What was handed in > the file > a credential of systemd > configuration > `BORG_PASSPHRASE`, when that is allowed. A
 * credential is a file that only this service can see, put there by whoever wrote the unit.
 */
export async function resolveExisting(
  sources: PassphraseSources,
  repo: { readonly name: string; readonly file: string },
  input: PassphraseInput,
): Promise<ResolvedPassphrase> {
  const given = await fromInput(sources, input)
  if (given) return given
  const kept = await sources.readFile(repo.file)
  if (kept) return { secret: kept, origin: 'file', file: repo.file }
  const directory = sources.env['CREDENTIALS_DIRECTORY']
  const credential = directory ? join(directory, `${CREDENTIAL}${repo.name}`) : undefined
  const handed = credential && (await sources.readFile(credential))
  if (handed) return { secret: handed, origin: 'file', file: credential }
  const { existing } = await sources.configured()
  if (existing) return { secret: existing, origin: 'config' }
  const fromEnv = fromVariable(sources, 'BORG_PASSPHRASE')
  if (fromEnv && input.allowEnv) return { secret: fromEnv, origin: 'environment' }
  throw new AppError('passphrase-missing', `there is no passphrase for ${repo.name}`, {
    reason: `${repo.file} does not exist, and the configuration has none`,
    hint: fromEnv
      ? 'to use the one in BORG_PASSPHRASE, add --allow-env-passphrase'
      : 'give it with --passphrase-file FILE, or put it into that file',
  })
}

async function fromInput(sources: PassphraseSources, input: PassphraseInput): Promise<ResolvedPassphrase | undefined> {
  if (input.typed !== undefined) return { secret: checked(input.typed.reveal(), 'that was typed'), origin: 'terminal' }
  if (input.value !== undefined) {
    sources.warnOfArgument()
    return { secret: checked(input.value, '--passphrase'), origin: 'flag' }
  }
  if (input.fd !== undefined) return { secret: await sources.readDescriptor(input.fd), origin: 'flag' }
  if (input.file === undefined) return undefined
  const secret = await sources.readFile(input.file)
  if (secret) return { secret, origin: 'file', file: input.file }
  throw new AppError('passphrase-missing', `cannot take the passphrase from ${input.file}`, {
    reason: 'there is no such file',
    hint: 'check the path given with --passphrase-file',
  })
}

/** An empty variable counts as none. */
function fromVariable(sources: PassphraseSources, variable: string): Secret | undefined {
  const text = sources.env[variable]
  return text ? checked(text, variable) : undefined
}

function checked(text: string, source: string): Secret {
  const reason = problemOfPassphrase(text)
  if (reason === undefined) return new SecretText(text)
  throw new AppError('value-invalid', `the passphrase in ${source} is not usable`, {
    reason,
    hint: 'a passphrase is one line of text',
  })
}
