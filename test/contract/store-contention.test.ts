// Many processes on one store; `npm run soak` does the same for longer.

import { expect, test } from 'vitest'
import { hammerStore } from '../support/store-hammer.ts'
import { tempDir } from '../support/temp-dir.ts'

const ROUNDS = 300
const TIMEOUT_MS = 600_000

// Nobody may wait for a killed holder either: after 30 seconds a process would give up with `store-busy`.
test(
  'eight processes lose no update of a store while half of them are killed with the lock in hand',
  async () => {
    const directory = await tempDir()

    const result = await hammerStore({ directory, rounds: ROUNDS, seed: 20_260_102 })

    expect(result.problems).toEqual([])
    expect(result.kills).toBe(4 * ROUNDS)
  },
  TIMEOUT_MS,
)
