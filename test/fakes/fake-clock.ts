// A clock that stands still until it is told otherwise; who sleeps makes it go on.

import type { Clock } from '../../src/deps.ts'
import { systemClock } from '../../src/platform/clock.ts'

export class FakeClock implements Clock {
  #nowMs: number
  #monotonicMs = 1_000_000

  constructor(now = '2026-11-20T02:30:04.000Z') {
    this.#nowMs = Date.parse(now)
  }

  now(): Date {
    return new Date(this.#nowMs)
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.advance(ms)
  }

  /** Time stands still: whatever ends is in time. */
  async within<T>(_ms: number, act: Promise<T>): Promise<T | undefined> {
    return await act
  }

  advance(ms: number): void {
    this.#nowMs += ms
    this.#monotonicMs += ms
  }

  /** Somebody sets it; no time has passed. */
  jump(ms: number): void {
    this.#nowMs += ms
  }
}

/** The time of that clock, and real waiting: for locks that several are after at once. */
export function waiting(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => systemClock.monotonicMs(),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    within: (ms, act) => systemClock.within(ms, act),
  }
}
