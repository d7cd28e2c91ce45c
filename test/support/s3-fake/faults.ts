// What the S3 fake can be told to do wrong, and to which requests.

import type { S3Operation } from '../../../src/vault/s3/failure.ts'

/** One or several things to do wrong. */
export interface S3Fault {
  /** An error instead of an answer; nothing has happened. */
  readonly status?: number
  /** Goes with `status`, as do the next three. */
  readonly code?: string
  readonly message?: string
  readonly headers?: Record<string, string>
  /** Instead of an error as S3 writes it. */
  readonly page?: string
  /** The answer comes later. */
  readonly delayMs?: number
  /** It never comes. */
  readonly stall?: true
  /** The connection breaks after so many bytes of the request's body. */
  readonly resetRequestAfter?: number
  /** The connection breaks after so many bytes of the answer's body. */
  readonly resetResponseAfter?: number
  /** After so many bytes of the answer's body there are no more, and the connection stays. */
  readonly stallResponseAfter?: number
  /** The answer's body comes in pieces, one by one. */
  readonly pieces?: { readonly bytes: number; readonly everyMs: number }
  /** It happens, and the connection breaks before the answer. */
  readonly loseResponse?: true
  /** This byte of the answer's body is another. */
  readonly flipByte?: number
  /** 200 with an error of this code in its body, after it happened or instead of it. */
  readonly errorInSuccess?: { readonly code: string; readonly happens: boolean }
  readonly ignoreConditions?: true
  /** The answer is about the whole object, whatever range was asked for. */
  readonly ignoreRange?: true
  /** What is stored is not what came; the etag shows it. */
  readonly storeDamaged?: true
}

export interface FaultRule {
  readonly operation?: S3Operation
  /** In the bucket. */
  readonly key?: RegExp
  /** So many requests go well first. */
  readonly after?: number
  /** Default: all of them. */
  readonly times?: number
  readonly with: S3Fault
}

/** Rules in the order they were given; the first that matches a request and is not used up decides. */
export class FaultRules {
  readonly #rules: { readonly rule: FaultRule; seen: number }[] = []

  add(rule: FaultRule): void {
    this.#rules.push({ rule, seen: 0 })
  }

  clear(): void {
    this.#rules.length = 0
  }

  for(operation: string, key: string): S3Fault | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry
      if (rule.operation !== undefined && rule.operation !== operation) continue
      if (rule.key !== undefined && !rule.key.test(key)) continue
      entry.seen += 1
      const turn = entry.seen - (rule.after ?? 0)
      if (turn >= 1 && turn <= (rule.times ?? Number.POSITIVE_INFINITY)) return rule.with
    }
    return undefined
  }
}
