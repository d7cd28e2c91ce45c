// A process that does a daily backup and kills itself where that was ordered: when a step is announced, or before the
// report at the end. Its clock is an hour ahead: files made just now are old to it.

import { openApp } from '../../src/app.ts'
import type { RunHistory } from '../../src/deps.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { aheadOf } from './shifted-clock.ts'

export interface DailyOrder {
  readonly root: string
  /** The name of a step, or `report`. */
  readonly killAt: string
}

const { root, killAt }: DailyOrder = JSON.parse(process.argv[2] ?? '')
const never = new AbortController().signal
const clock = aheadOf(systemClock)
const options = { env: process.env, cwd: root, stop: never, kill: never, events: () => {} }

const { orchestrator } = await openApp({ ...options, overrides: { clock, runs: mortal(await historyOfHome()) } })
await orchestrator.backup.daily({ name: 'docs', passphrase: {} })

function mortal(runs: RunHistory): RunHistory {
  return {
    note: async (run) => {
      await runs.note(run)
      if (run.step.name === killAt) die()
    },
    append: async (report) => {
      if (killAt === 'report' && report.outcome === 'ok') die()
      await runs.append(report)
    },
    list: (...args) => runs.list(...args),
    underWay: (...args) => runs.underWay(...args),
    find: (...args) => runs.find(...args),
    share: (...args) => runs.share(...args),
    unshare: (...args) => runs.unshare(...args),
  }
}

async function historyOfHome(): Promise<RunHistory> {
  const { historyIn } = await import('./run-history.ts')
  return historyIn(`${root}/.borgboi/data`)
}

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}
