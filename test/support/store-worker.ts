// A process that hammers a store: for every line on its standard input it adds one to a counter in it. It prints
// `holding` while it has the store's lock, and then the value it stored. `stall` makes it stay there, lock in hand.

import { writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { createInterface } from 'node:readline'
import { parseRepoName } from '../../src/model/names.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { JsonRepoStore } from '../../src/store/json/json-repo-store.ts'

const store = new JsonRepoStore({
  directory: process.argv[2] ?? '',
  clock: systemClock,
  host: { hostname: hostname() },
  events: ({ type }) => say(`told ${type}`),
})

for await (const order of createInterface({ input: process.stdin })) {
  const stored = await store.update(parseRepoName('counter'), (current) => {
    say('holding')
    if (order === 'stall') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    return { ...current, reclaimableBytes: (current.reclaimableBytes ?? 0) + 1 }
  })
  say(`stored ${stored.reclaimableBytes}`)
}

/** At once: the process may be killed a moment later. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}
