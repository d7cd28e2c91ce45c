// The machine's clock. Nothing else in src reads the time.

import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../deps.ts'

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
  async within(ms, act) {
    const over = new AbortController()
    const late = delay(ms, undefined, { signal: over.signal }).catch(() => undefined)
    try {
      return await Promise.race([act, late])
    } finally {
      over.abort()
    }
  },
}
