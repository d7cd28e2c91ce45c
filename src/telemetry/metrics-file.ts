// The metrics file: figures of all repos, written anew at the end of every run, a failed one too, so that whoever reads
// it never sees an older state. Also written when it is asked for.

import { dirname } from 'node:path'
import type { Metrics, RepoStore, RunHistory } from '../deps.ts'
import { AppError, toAppError } from '../errors.ts'
import type { ConcludingStep, EventSink, Outlet } from '../model/events.ts'
import { renderMetrics } from '../model/metrics.ts'
import type { RunReport } from '../model/run.ts'
import { statIfAny, writeFileAtomic } from '../platform/files.ts'

export interface MetricsOptions {
  readonly version: string
  readonly repos: Pick<RepoStore, 'list'>
  readonly runs: Pick<RunHistory, 'list'>
}

/** How far back the newest run of each workflow, and the newest good one, are looked for. */
const RUNS_READ = 100
/** For everybody: who collects them is another user. */
const MODE = 0o644

export class MetricsFile implements Metrics {
  readonly #options: MetricsOptions

  constructor(options: MetricsOptions) {
    this.#options = options
  }

  async text(): Promise<string> {
    return await this.#text([])
  }

  async write(path: string): Promise<void> {
    await this.#write(path, [])
  }

  /** What writes it with every run. */
  outlet(path: string, events: EventSink): Outlet {
    const ended: RunReport[] = []
    return {
      take: () => {},
      conclude: async (report: RunReport, step: ConcludingStep) => {
        ended.unshift(report)
        const problem = await this.#problem(path, ended)
        if (problem === undefined) return
        await step('metrics', async ({ onWarning }) => {
          onWarning({ kind: 'reporting', message: problem })
          return {}
        })
      },
      // Of runs at the same time, the last to write may have missed the others' warnings.
      close: async () => {
        const problem = ended.length > 1 ? await this.#problem(path, []) : undefined
        if (problem !== undefined) events({ type: 'notice', level: 'warning', message: problem })
      },
    }
  }

  async #problem(path: string, ended: readonly RunReport[]): Promise<string | undefined> {
    try {
      await this.#write(path, ended)
      return undefined
    } catch (error) {
      const { message, reason } = toAppError(error)
      return `${message}: ${reason}`
    }
  }

  async #write(path: string, ended: readonly RunReport[]): Promise<void> {
    // Made here it would be closed to others, and then nobody could collect it.
    if (!(await statIfAny(dirname(path)))?.isDirectory()) {
      throw new AppError('file-unusable', `cannot write the metrics to ${path}`, {
        reason: 'its directory does not exist',
        hint: `make it, for whoever collects them to read: ${dirname(path)}`,
      })
    }
    await writeFileAtomic(path, await this.#text(ended), { mode: MODE })
  }

  /** `ended`: runs that may not be in the history yet, newest first. */
  async #text(ended: readonly RunReport[]): Promise<string> {
    const { version, repos, runs } = this.#options
    const records = await repos.list()
    const all = records.map(async (record) => {
      const kept = await runs.list(record.name, RUNS_READ)
      const own = ended.filter(({ repo, id }) => repo === record.name && !kept.some((one) => one.id === id))
      return { record, runs: [...own, ...kept] }
    })
    return renderMetrics(version, await Promise.all(all))
  }
}
