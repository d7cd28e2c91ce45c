// The run history of a home, as the program keeps it.

import { parseSpan } from '../../src/model/quantities.ts'
import { FileRunHistory } from '../../src/store/run-history.ts'
import { FakeClock } from '../fakes/fake-clock.ts'

export interface HistoryLimits {
  readonly max_runs: number
  readonly max_age: number
}

const LIMITS: HistoryLimits = { max_runs: 1000, max_age: parseSpan('1y') }

/** `directory`: `<home>/data`. */
export function historyIn(directory: string, limits = LIMITS, clock = new FakeClock()): FileRunHistory {
  const load = async () => ({ history: limits })
  return new FileRunHistory({ directory, clock, config: { load } })
}
