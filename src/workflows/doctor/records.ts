// The record of repos, and the disk that it is on.

import { dirname } from 'node:path'
import type { DiskSpace, StoreHealth } from '../../deps.ts'
import { formatBytes, numberOf } from '../../model/words.ts'
import type { Check } from './check.ts'

export interface RecordsFacts {
  readonly health: StoreHealth
  readonly disk: DiskSpace
}

/** A home without room for its records loses what the next backup learns. */
const HOME_NEEDS = 50e6

export const records: Check<RecordsFacts> = {
  name: 'records',
  gather: async (deps) => {
    const health = await deps.repos.check()
    return { health, disk: await deps.files.space(dirname(health.path)) }
  },
  judge: ({ health, disk }) => {
    const { problems, repos, waiting, path } = health
    if (problems.length > 0) {
      const hint = 'see what could be saved: borgboi store rebuild --dry-run'
      return problems.map((message) => ({ level: 'error', message, hint }))
    }
    if (disk.freeBytes < HOME_NEEDS) {
      const message = `only ${formatBytes(disk.freeBytes)} are free on the disk of ${dirname(path)}`
      return [
        { level: 'error', message, hint: 'make room there: records and run history are written with every backup' },
      ]
    }
    if (waiting > 0) {
      return [
        {
          level: 'warning',
          message: `${numberOf(waiting, 'change')} of them did not get to DynamoDB yet`,
          hint: 'nothing is lost: they go with the next change that gets through; see aws in: borgboi config show',
        },
      ]
    }
    return [{ level: 'ok', message: `${numberOf(repos, 'repo')}, nothing wrong with them` }]
  },
}
