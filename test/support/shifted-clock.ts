// The machine's clock, an hour ahead: to it, files that a test has just made are an hour old.

import type { Clock } from '../../src/deps.ts'

const HOUR_MS = 3_600_000

export function aheadOf(clock: Clock): Clock {
  return {
    now: () => new Date(clock.now().getTime() + HOUR_MS),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    within: (ms, act) => clock.within(ms, act),
  }
}
