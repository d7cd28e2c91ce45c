// Posting to servers of others: one request, its answer judged, and words for what went wrong.

import { systemCode } from './files.ts'

export interface Post {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** Gives up. */
  readonly signal: AbortSignal
}

const ANSWER_MAX_CHARS = 200

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  ETIMEDOUT: 'it did not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
}

/** Undefined when the server took it; else why not, in words without the address, which may be a secret. */
export async function post({ url, body, headers, signal }: Post): Promise<string | undefined> {
  try {
    // Followed, a POST may become a GET that says nothing, and still be answered as if all were well.
    const answer = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' })
    const text = await beginning(answer)
    if (answer.status >= 300 && answer.status < 400) return `it answered ${answer.status}: ${movedTo(answer, url)}`
    if (answer.ok) return undefined
    return `it answered ${answer.status}${text === '' ? '' : `: ${text}`}`
  } catch (error) {
    return signal.aborted ? 'it did not answer in time' : networkProblem(codeOf(error))
  }
}

/** Why a connection failed, in words without the address. */
export function networkProblem(code: string | undefined): string {
  return NETWORK[code ?? ''] ?? `the connection failed${code === undefined ? '' : ` (${code})`}`
}

/** The server only: the rest of the address may be a secret. */
function movedTo(answer: Response, url: string): string {
  const location = answer.headers.get('location') ?? ''
  const place = URL.canParse(location, url) ? ` on ${new URL(location, url).origin}` : ''
  return `it sends on to another address${place}; give that one`
}

function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  // Several addresses were tried: each has its own reason.
  return systemCode(cause) ?? (cause instanceof AggregateError ? systemCode(cause.errors[0]) : undefined)
}

async function beginning(answer: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    // Leaving the loop lets go of the rest.
    if (text.length >= ANSWER_MAX_CHARS) break
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, ANSWER_MAX_CHARS)
}
