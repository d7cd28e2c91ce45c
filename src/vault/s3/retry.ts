// When a request to S3 is sent again, and how long to wait before: the one place that knows.

import type { Clock } from '../../deps.ts'
import { secureBytes } from '../../platform/random.ts'
import type { S3Failure } from './failure.ts'

export interface Patience {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Tries without progress. */
  readonly attempts: number
  /** No further try is begun after that long of failures. */
  readonly budgetMs: number
}

const FIRST_WAIT_MS = 200
/** A server that asks to be spared. */
const FIRST_WAIT_WHEN_SLOWED_MS = 1000
const LONGEST_WAIT_MS = 20_000

/** Of servers that may do it the next time. */
export const PASSING_STATUS: readonly number[] = [408, 429, 500, 502, 503, 504]
/** Answers of 400 and 409 that say nothing against the request itself. */
const PASSING_CODES = ['RequestTimeout', 'IncompleteBody', 'ConditionalRequestConflict', 'OperationAborted']
/** Something may have happened to this one request; a second time it is the content or the clock. */
const ONCE_CODES = ['RequestTimeTooSkewed', 'BadDigest', 'XAmzContentSHA256Mismatch']
/** No answer, and none to be hoped for. */
const LASTING_CODES =
  /^(ENOTFOUND|ERR_INVALID_\w+|ERR_TLS_\w+|\w*CERT\w*|UNABLE_TO_\w+|NoCredentials|SsoSessionEnded|NotS3|ContentChanged|Replaced)$/
const NETWORK_CODES = /^(E[A-Z_]+|ERR_SSL_\w+|HPE_\w+|UND_\w+|IdleTimeout|CutShort)$/

export function isSlowDown(failure: S3Failure): boolean {
  return failure.status === 503 || failure.status === 429
}

function verdictOf(failure: S3Failure): 'again' | 'once' | 'never' {
  const { status, code } = failure
  if (ONCE_CODES.includes(code)) return 'once'
  if (status !== undefined) return PASSING_STATUS.includes(status) || PASSING_CODES.includes(code) ? 'again' : 'never'
  return !LASTING_CODES.test(code) && NETWORK_CODES.test(code) ? 'again' : 'never'
}

/** The tries of one request, or of one body that is read in pieces. */
export class Attempts {
  readonly #patience: Patience
  readonly #met = new Set<string>()
  #failures = 0
  #failingSince: number | undefined

  constructor(patience: Patience) {
    this.#patience = patience
  }

  /** Waits until the next try is due. @throws the failure, where another try is of no use */
  async after(failure: S3Failure): Promise<void> {
    const { clock, signal, attempts, budgetMs } = this.#patience
    const verdict = verdictOf(failure)
    if (verdict === 'never' || (verdict === 'once' && this.#met.has(failure.code))) throw failure
    this.#met.add(failure.code)
    this.#failures += 1
    this.#failingSince ??= clock.monotonicMs()
    const wait = waitMs(this.#failures, isSlowDown(failure))
    const spent = clock.monotonicMs() - this.#failingSince
    if (this.#failures >= attempts || spent + wait > budgetMs) throw failure
    await clock.sleep(wait, signal)
  }

  /** Bytes have come: what failed before is forgiven. */
  progressed(): void {
    this.#failures = 0
    this.#failingSince = undefined
  }
}

/** Doubling, and half of it by chance: writers that were refused together must not come back together. */
function waitMs(failures: number, slowed: boolean): number {
  const full = Math.min((slowed ? FIRST_WAIT_WHEN_SLOWED_MS : FIRST_WAIT_MS) * 2 ** (failures - 1), LONGEST_WAIT_MS)
  const chance = (secureBytes(1)[0] ?? 0) / 255
  return full * (0.5 + 0.5 * chance)
}
