// What a notifier is made of: a way to send, and what it needs from outside.

import type { NotifierConfig } from '../config/schema.ts'
import { AppError } from '../errors.ts'
import type { Secret } from '../model/secret.ts'
import type { Message } from './message.ts'

export interface Channel {
  /** Undefined when it was taken; else why not, in words without secrets. May throw AppErrors, too. */
  send(message: Message, signal: AbortSignal): Promise<string | undefined>
}

export interface ChannelContext {
  readonly settings: NotifierConfig
  readonly env: Readonly<Record<string, string | undefined>>
  /** The one line of a file that only its owner may read. @throws AppError */
  readSecret(path: string): Promise<Secret>
}

/** Where it is sent to: what stands in the configuration, or in the file of that name. @throws AppError */
export async function addressOf({ settings: { url, url_file: file }, readSecret }: ChannelContext): Promise<string> {
  if (file === undefined) return url ?? ''
  const address = (await readSecret(file)).reveal()
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address
  throw new AppError('file-unusable', `cannot take the address of a notifier from ${file}`, {
    reason: 'what it holds is none of a web server',
    hint: `write one into it that begins with https://: ${file}`,
  })
}

/** The header of a token, where there is one. */
export async function authorization({ settings, readSecret }: ChannelContext): Promise<Record<string, string>> {
  if (settings.token_file === undefined) return {}
  return { authorization: `Bearer ${(await readSecret(settings.token_file)).reveal()}` }
}

/** The beginning of a text, at most that many bytes of UTF-8, and said to be only that. */
export function shorten(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  return `${bytes
    .subarray(0, maxBytes - 4)
    .toString()
    .replace(/�+$/, '')}…`
}
