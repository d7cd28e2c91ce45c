// The event log: everything runs tell, one JSON line each, in files that are rotated. Lines are written in the background;
// a disk that is full, read-only or does not answer costs the run a warning and nothing else.

import type { Clock } from '../deps.ts'
import { AppError, toAppError } from '../errors.ts'
import { type EventLine, toEventLines } from '../model/event-line.ts'
import { type AppEvent, type ConcludingStep, hasChanged, type Outlet } from '../model/events.ts'
import { type LogLevel, levelOf, reaches } from '../model/log-level.ts'
import type { RunReport } from '../model/run.ts'
import { redactAll } from '../model/secret.ts'
import { endsWithin } from '../platform/patience.ts'
import { appendLines, type Rotation } from '../platform/rotating-file.ts'

export interface EventLogOptions extends Rotation {
  /** `<home>/logs/events.jsonl`; it need not exist. */
  readonly path: string
  readonly level: LogLevel
  readonly clock: Clock
  /** How long a command waits for a disk that does not answer. */
  readonly patienceMs: number
}

const FORMAT = 1
/** Lines that wait for a slow disk; beyond, they are dropped. */
const WAITING_MAX = 10_000

export class EventLog implements Outlet {
  readonly #options: EventLogOptions
  #waiting: string[] = []
  #writing: Promise<void> | undefined
  #problem: AppError | undefined
  #isTold = false

  constructor(options: EventLogOptions) {
    this.#options = options
  }

  readonly take = (event: AppEvent): void => {
    if (event.type === 'notice') {
      const { level, message, hint } = event
      this.#add(level, { message_type: 'notice', message, hint })
    } else if (event.type === 'objectives-judged') {
      const { type: _, ...change } = event
      if (hasChanged(event))
        this.#add(event.broke.length > 0 ? 'error' : 'info', { message_type: 'objectives_changed', ...change })
    } else if (event.type !== 'progress' || reaches('debug', this.#options.level)) {
      for (const line of toEventLines(event)) this.#add(levelOf(line), line)
    }
  }

  async conclude(_report: RunReport, step: ConcludingStep): Promise<void> {
    await this.#settle()
    const problem = this.#problem
    if (problem === undefined || this.#isTold) return
    this.#isTold = true
    await step('event log', async ({ onWarning }) => {
      onWarning({ kind: 'reporting', message: `${problem.message}: ${problem.reason}` })
      return {}
    })
  }

  async close(): Promise<void> {
    await this.#settle()
  }

  #add(level: LogLevel, line: EventLine | Readonly<Record<string, unknown>>): void {
    if (this.#problem !== undefined || !reaches(level, this.#options.level) || this.#waiting.length >= WAITING_MAX)
      return
    const time = this.#options.clock.now().toISOString()
    this.#waiting.push(`${redactAll(JSON.stringify({ format: FORMAT, time, level, ...line }))}\n`)
    this.#writing ??= this.#write()
  }

  async #write(): Promise<void> {
    const { path, maxBytes, keep } = this.#options
    try {
      while (this.#waiting.length > 0) await appendLines(path, this.#waiting.splice(0).join(''), { maxBytes, keep })
    } catch (error) {
      this.#problem = toAppError(error)
      this.#waiting = []
    } finally {
      this.#writing = undefined
    }
  }

  async #settle(): Promise<void> {
    const { path, patienceMs } = this.#options
    if (this.#writing === undefined || (await endsWithin(this.#writing, patienceMs))) return
    this.#problem ??= new AppError('file-unusable', `cannot write ${path}`, { reason: 'the disk does not answer' })
  }
}
