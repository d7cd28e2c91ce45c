// A process that records the repo docs in a home with tables, and kills itself on the way.
// Arguments: home, table, and where it ends: `announced`, `written`, `ready`; or `none`, `offline` to come to the end, and
// then say on standard output whether the SDK was loaded.

import { createRequire } from 'node:module'
import type { RepoStore } from '../../src/deps.ts'
import { sampleRecord } from './store-samples.ts'
import { synced } from './synced-store.ts'

const [home = '', repos = '', end] = process.argv.slice(2)
const kill = () => process.kill(process.pid, 'SIGKILL')

const { store, outbox } = synced(home, { repos }, { wrap: killed, flags: end === 'offline' ? { offline: 'true' } : {} })
if (end === 'ready') {
  outbox.ready = async () => {
    kill()
    return []
  }
}
await store.add(sampleRecord('docs'))
const loaded = Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('client-dynamodb'))
process.stdout.write(loaded ? 'loaded' : 'not loaded')

function killed(local: RepoStore): RepoStore {
  return new Proxy(local, {
    get: (_, name) => {
      const value: unknown = Reflect.get(local, name)
      if (name === 'add') {
        return async (record: Parameters<RepoStore['add']>[0]) => {
          if (end === 'announced') kill()
          await local.add(record)
          if (end === 'written') kill()
        }
      }
      return typeof value === 'function' ? value.bind(local) : value
    },
  })
}
