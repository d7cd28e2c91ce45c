// The machine's clock. Nothing else in src reads the time.

import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../deps.ts'

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
}
