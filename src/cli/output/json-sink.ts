// Events as JSON lines on stdout, each with message_type and time, for programs. Documented in docs/formats.md.

import type { Writable } from 'node:stream'
import type { Clock } from '../../deps.ts'
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
    switch (event.type) {
      case 'notice':
        // Not part of any run's stream: a line for the log.
        this.#stderr.write(`${event.level}: ${event.message}${event.hint ? `; ${event.hint}` : ''}\n`)
        return
      case 'run-started': {
        const { workflow, repositoryPath, vault } = event
        this.#line('run_started', event, { workflow, repositoryPath, vault })
        return
      }
      case 'step-started':
        this.#lastProgress.delete(event.runId)
        this.#line('step_started', event, { step: event.step })
        return
      case 'progress':
        if (this.#isDue(event.runId)) this.#line('progress', event, { step: event.step, ...event.progress })
        return
      case 'warning':
        this.#line('warning', event, { step: event.step, ...event.warning })
        return
      case 'step-finished': {
        const { name, ...rest } = event.step
        this.#line('step_finished', event, { step: name, ...rest })
        return
      }
      case 'run-finished': {
        const { id, repo: _repo, ...report } = event.report
        this.#line('summary', event, { ...report, run: id })
        if (report.failure) this.#line('exit_error', event, { ...report.failure })
      }
    }
  }

  /** Several runs: one more line that closes them all. */
  end(reports: readonly RunReport[]): void {
    if (reports.length < 2) return
    const outcomes = reports.map(({ repo, outcome, exitCode }) => ({ repo, outcome, exitCode }))
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

  #line(messageType: string, { runId, repo }: { runId: string; repo: string }, fields: Record<string, unknown>): void {
    this.#write({ message_type: messageType, time: this.#clock.now().toISOString(), repo, run: runId, ...fields })
  }

  #write(value: unknown): void {
    this.#stdout.write(`${JSON.stringify(value)}\n`)
  }
}
