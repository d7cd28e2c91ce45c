// A store that another process never gives back.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Clock } from '../../../src/deps.ts'
import { acquireLock } from '../../../src/platform/lock.ts'
import { JsonRepoStore } from '../../../src/store/json/json-repo-store.ts'
import { HOSTNAME, request } from '../../support/lock-samples.ts'
import { sampleRecord } from '../../support/store-samples.ts'
import { tempDir } from '../../support/temp-dir.ts'

test('a store that stays locked is read at once, and not written, with the holder named', async () => {
  const directory = await tempDir()
  const store = new JsonRepoStore({ directory, clock: hurried(), host: { hostname: HOSTNAME }, events: () => {} })
  await store.add(sampleRecord('docs'))
  await using _lock = await acquireLock(join(directory, 'repositories.json.lock'), request({ purpose: 'repo create' }))

  const adding = store.add(sampleRecord('photos'))

  await expect(adding).rejects.toMatchObject({
    code: 'store-busy',
    exitCode: 11,
    reason: expect.stringMatching(`^it is locked by borgboi repo create \\(pid ${process.pid} on this machine, since `),
  })
  expect(await store.list()).toHaveLength(1)
})

/** A clock on which sleeping takes no time. */
function hurried(): Clock {
  let passedMs = 0
  return {
    now: () => new Date(),
    monotonicMs: () => passedMs,
    sleep: async (ms) => {
      passedMs += ms
    },
    within: async (_ms, act) => await act,
  }
}
