// Events as JSON lines on stdout, each with message_type and time, for programs. Documented in docs/formats.md.

import type { Writable } from 'node:stream'
import type { Clock } from '../../deps.ts'
import { toEventLines } from '../../model/event-line.ts'
import type { AppEvent } from '../../model/events.ts'
import type { RunReport } from '../../model/run.ts'

/** Progress lines per step come at most this often. */
const PROGRESS_EVERY_MS = 250

export class JsonSink {
  readonly #stdout: Writable
  readonly #stderr: Writable
  readonly #clock: Clock
  readonly #lastProgress = new Map<string, number>()

  constructor({
    stdout,
    stderr,
    clock,
  }: { readonly stdout: Writable; readonly stderr: Writable; readonly clock: Clock }) {
    this.#stdout = stdout
    this.#stderr = stderr
    this.#clock = clock
  }

  take(event: AppEvent): void {
    if (event.type === 'notice') {
      // Not part of any run's stream: a line for the log.
      this.#stderr.write(`${event.level}: ${event.message}${event.hint ? `; ${event.hint}` : ''}\n`)
      return
    }
    // Of no run either: the document of the command says how things stand.
    if (event.type === 'objectives-judged') return
    if (event.type === 'step-started') this.#lastProgress.delete(event.runId)
    if (event.type === 'progress' && !this.#isDue(event.runId)) return
    const time = this.#clock.now().toISOString()
    for (const { message_type, ...rest } of toEventLines(event)) this.#write({ message_type, time, ...rest })
  }

  /** How far a look is, is not for programs: they get what was found. */
  watch(): void {}

  settle(): void {}

  /** Several runs: one more line that closes them all. */
  end(reports: readonly RunReport[]): void {
    if (reports.length < 2) return
    const outcomes = reports.map(({ repo, workflow, outcome, exitCode }) => ({ repo, workflow, outcome, exitCode }))
    this.#write({ message_type: 'total', time: this.#clock.now().toISOString(), runs: outcomes })
  }

  close(): void {
    this.#lastProgress.clear()
  }

  #isDue(runId: string): boolean {
    const now = this.#clock.monotonicMs()
    if (now - (this.#lastProgress.get(runId) ?? Number.NEGATIVE_INFINITY) < PROGRESS_EVERY_MS) return false
    this.#lastProgress.set(runId, now)
    return true
  }

  #write(value: unknown): void {
    this.#stdout.write(`${JSON.stringify(value)}\n`)
  }
}
