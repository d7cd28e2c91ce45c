// All requests of one vault: paced, tried again, and their failures brought into one shape. Object requests go over
// wire.ts, everything that S3 answers in XML through the AWS SDK.

import type { S3Client } from '@aws-sdk/client-s3'
import type { VaultSettings } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { VaultContext } from '../context.ts'
import { stopped } from './attempt.ts'
import { explainError } from './explain-error.ts'
import { factsOfSdkError, S3Failure, type S3Operation } from './failure.ts'
import type { S3Limits } from './limits.ts'
import { parseS3Url, type S3Location } from './location.ts'
import { Pace } from './pace.ts'
import { Attempts, isSlowDown } from './retry.ts'
import { openTarget, type Target } from './target.ts'
import { type Answer, exchange, type ObjectRequest } from './wire.ts'

/** To look for credentials again would only take as long again. */
const CREDENTIAL_FAILURES = ['NoCredentials', 'SsoSessionEnded']

export class S3Connection {
  readonly location: S3Location
  readonly limits: S3Limits
  readonly settings: VaultSettings
  readonly context: VaultContext
  readonly pace: Pace
  /** An answer has shown that the bucket is there. */
  bucketSeen = false
  #target: Promise<Target> | undefined

  /** @throws AppError `value-invalid` */
  constructor(settings: VaultSettings, context: VaultContext, limits: S3Limits) {
    this.location = parseS3Url(settings.url)
    this.settings = settings
    this.context = context
    this.limits = limits
    this.pace = new Pace(limits.concurrency)
  }

  /** Made with the first request. */
  target(): Promise<Target> {
    this.#target ??= openTarget(this.location, this.settings, this.context, this.limits)
    return this.#target
  }

  /** A request about one object, tried as often as is of use. @throws S3Failure, AppError */
  async request(request: ObjectRequest, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#retried(request.operation, request.key, signal, async (target) => {
      let counted = 0
      const { body } = request
      const counting = body && {
        ...body,
        onBytes: (bytes: number) => {
          counted += bytes
          body.onBytes(bytes)
        },
      }
      try {
        return await exchange(target, counting ? { ...request, body: counting } : request, this.limits, signal)
      } catch (error) {
        if (counted > 0) body?.onBytes(-counted)
        throw error
      }
    })
    this.bucketSeen = true
    return answer
  }

  /** A call of the SDK, tried as often as is of use. `key`: in the bucket. @throws S3Failure, AppError */
  async send<T>(
    operation: S3Operation,
    key: string | undefined,
    signal: AbortSignal,
    call: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return await this.#retried(operation, key, signal, (target) => call(target.client, { abortSignal: signal }))
  }

  /** As `send`, with one try. @throws S3Failure, AppError */
  async sendOnce<T>(
    operation: S3Operation,
    key: string | undefined,
    signal: AbortSignal,
    call: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return await this.#once(operation, key, signal, (target) => call(target.client, { abortSignal: signal }))
  }

  attempts(signal: AbortSignal): Attempts {
    const { attempts, budgetMs } = this.limits
    return new Attempts({ clock: this.context.clock, signal, attempts, budgetMs })
  }

  /** Waits until the next try is due. @throws the failure, or AppError `interrupted` */
  async again(attempts: Attempts, failure: S3Failure, signal: AbortSignal): Promise<void> {
    try {
      await attempts.after(failure)
    } catch (error) {
      throw signal.aborted ? stopped(signal, failure, this.location) : error
    }
  }

  /** Any error of a request as S3Failure; AppErrors and what is a defect of ours pass through. */
  toFailure(error: unknown, operation: S3Operation, key: string | undefined, signal: AbortSignal): S3Failure {
    if (error instanceof S3Failure) return error
    if (signal.aborted) throw stopped(signal, { operation, key }, this.location)
    if (error instanceof AppError || error instanceof TypeError) throw error
    return new S3Failure(operation, key, factsOfSdkError(error))
  }

  /** What a caller of the vault is told of a failure. */
  async explain(error: unknown): Promise<unknown> {
    if (!(error instanceof S3Failure)) return error
    const target = await this.#target?.catch(() => undefined)
    const { settings, context } = this
    return explainError(error, {
      location: this.location,
      region: target?.region ?? settings.region,
      endpoint: target?.url.origin ?? settings.endpoint,
      profile: settings.profile ?? context.env['AWS_PROFILE'],
      now: context.clock.now(),
      secrets: CREDENTIAL_FAILURES.includes(error.code) ? [] : ((await target?.secrets()) ?? []),
    })
  }

  /** Waits for an answer; what fails is explained. @throws AppError */
  async told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      throw await this.explain(error)
    }
  }

  /** @throws AppError */
  async *toldEach<T>(answers: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* answers
    } catch (error) {
      throw await this.explain(error)
    }
  }

  async close(): Promise<void> {
    const target = await this.#target?.catch(() => undefined)
    target?.close()
  }

  async #retried<T>(
    operation: S3Operation,
    key: string | undefined,
    signal: AbortSignal,
    attempt: (target: Target) => Promise<T>,
  ): Promise<T> {
    const attempts = this.attempts(signal)
    for (;;) {
      try {
        return await this.#once(operation, key, signal, attempt)
      } catch (error) {
        const failure = this.toFailure(error, operation, key, signal)
        if (failure.code === 'RequestTimeTooSkewed' && failure.serverTime) {
          const target = await this.target()
          target.correctClock(failure.serverTime)
        }
        await this.again(attempts, failure, signal)
      }
    }
  }

  async #once<T>(
    operation: S3Operation,
    key: string | undefined,
    signal: AbortSignal,
    attempt: (target: Target) => Promise<T>,
  ): Promise<T> {
    if (signal.aborted) throw stopped(signal, { operation, key }, this.location)
    const target = await this.target().catch((error: unknown) => {
      if (error instanceof AppError) throw error
      const isRegion = error instanceof Error && error.message.startsWith('Region is missing')
      throw new S3Failure(operation, key, isRegion ? { code: 'NoRegion' } : factsOfSdkError(error))
    })
    try {
      return await this.pace.run(
        () => attempt(target),
        (error) => isSlowDown(this.toFailure(error, operation, key, signal)),
      )
    } catch (error) {
      throw this.toFailure(error, operation, key, signal)
    }
  }
}
