// A vault over the S3 fake for tests of faults: it signs by the machine's clock, but does not really wait between tries.

import { onTestFinished } from 'vitest'
import type { Clock, VaultSettings } from '../../src/deps.ts'
import { systemClock } from '../../src/platform/clock.ts'
import type { VaultContext } from '../../src/vault/context.ts'
import { S3_LIMITS, type S3Limits } from '../../src/vault/s3/limits.ts'
import { openS3Vault } from '../../src/vault/s3/open-s3-vault.ts'
import type { Vault } from '../../src/vault/vault.ts'
import { s3Context, s3Settings } from './s3-access.ts'
import { type S3Fake, startS3Fake } from './s3-fake/start-s3-fake.ts'

export interface S3Stage {
  readonly s3: S3Fake
  readonly vault: Vault
  /** What was waited between tries, in ms. */
  readonly waits: readonly number[]
}

export interface StageOptions {
  readonly limits?: Partial<S3Limits>
  readonly settings?: Partial<VaultSettings>
  readonly context?: Partial<VaultContext>
}

const MIB = 1024 * 1024

/** Parts as small as S3 has them, so that tests need not be large. */
export const SMALL_PARTS = { singlePutBytes: 8 * MIB, partBytes: 5 * MIB } as const

/** Call it inside a test. The vault is `s3://vault/repo`. */
export async function s3Stage({ limits, settings, context }: StageOptions = {}): Promise<S3Stage> {
  const s3 = await startS3Fake()
  const waits: number[] = []
  const clock = hastyClock(waits)
  const vault = await openS3Vault(
    { ...s3Settings(s3, `s3://${s3.bucket}/repo`), ...settings },
    s3Context(s3, { clock, ...context }),
    { ...S3_LIMITS, ...SMALL_PARTS, ...limits },
  )
  onTestFinished(async () => {
    await vault.close()
    await s3[Symbol.asyncDispose]()
  })
  return { s3, vault, waits }
}

/** Tells the right time, and skips every wait, as if the time had passed. */
function hastyClock(waits: number[]): Clock {
  let skippedMs = 0
  return {
    now: systemClock.now,
    monotonicMs: () => systemClock.monotonicMs() + skippedMs,
    within: systemClock.within,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      waits.push(ms)
      skippedMs += ms
    },
  }
}

export async function failureOf(action: Promise<unknown>): Promise<unknown> {
  return await action.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
}
