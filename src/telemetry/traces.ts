// Traces: a run as a span, each of its steps as one below it, sent to a collector as OTLP over HTTP, in JSON, when the run
// ends. A collector that is down costs the run a warning.

import { createHash } from 'node:crypto'
import type { Clock } from '../deps.ts'
import type { AppEvent, ConcludingStep, Outlet } from '../model/events.ts'
import type { RunReport, StepReport } from '../model/run.ts'
import { redactAll } from '../model/secret.ts'
import { post } from '../platform/http.ts'

export interface TracesOptions {
  /** Where the collector takes traces: `http://localhost:4318/v1/traces`. */
  readonly url: string
  readonly serviceName: string
  readonly version: string
  readonly hostname: string
  readonly clock: Clock
  readonly timeoutMs: number
}

interface Timed {
  readonly step: StepReport
  readonly startMs: number
}

/** Of OTLP: an inner span, and the status of one that failed. */
const INTERNAL = 1
const FAILED = 2

export class Traces implements Outlet {
  readonly #options: TracesOptions
  readonly #steps = new Map<string, Timed[]>()

  constructor(options: TracesOptions) {
    this.#options = options
  }

  readonly take = (event: AppEvent): void => {
    if (event.type === 'run-started') this.#steps.set(event.runId, [])
    if (event.type !== 'step-finished') return
    const startMs = this.#options.clock.now().getTime() - event.step.durationMs
    this.#steps.get(event.runId)?.push({ step: event.step, startMs })
  }

  async conclude(report: RunReport, step: ConcludingStep): Promise<void> {
    const { url, timeoutMs } = this.#options
    const steps = this.#steps.get(report.id) ?? []
    this.#steps.delete(report.id)
    const body = redactAll(JSON.stringify(this.#document(report, steps)))
    const headers = { 'content-type': 'application/json' }
    const problem = await post({ url, body, headers, signal: AbortSignal.timeout(timeoutMs) })
    if (problem === undefined) return
    await step('traces', async ({ onWarning }) => {
      onWarning({ kind: 'reporting', message: `the collector of traces was not told: ${redactAll(problem)}` })
      return {}
    })
  }

  async close(): Promise<void> {
    // All is told when a run ends.
  }

  #document(report: RunReport, steps: readonly Timed[]): unknown {
    const { serviceName, version, hostname } = this.#options
    const { id, workflow, repo, outcome, exitCode, startedAt, durationMs, failure, warningCounts } = report
    const traceId = idOf(id, 32)
    const root = idOf(`${id}/run`, 16)
    const warnings = Object.values(warningCounts).reduce((sum, count) => sum + count, 0)
    const run = {
      ...{ traceId, spanId: root, name: workflow },
      ...timesOf(Date.parse(startedAt), durationMs),
      attributes: attributesOf({ repo, run: id, outcome, exit_code: exitCode, warnings }),
      ...statusOf(failure?.code),
    }
    const children = steps.map(({ step, startMs }, index) => ({
      ...{ traceId, spanId: idOf(`${id}/${index}`, 16), parentSpanId: root, name: step.name },
      ...timesOf(startMs, step.durationMs),
      attributes: attributesOf({ repo, outcome: step.outcome, ...step.figures }),
      ...statusOf(step.failure?.code),
    }))
    const about = { 'service.name': serviceName, 'service.version': version, 'host.name': hostname }
    const resource = { attributes: attributesOf(about, '') }
    const scopeSpans = [{ scope: { name: 'borgboi', version }, spans: [run, ...children] }]
    return { resourceSpans: [{ resource, scopeSpans }] }
  }
}

/** Always the same for the same run, and another for every other. */
function idOf(text: string, hexDigits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, hexDigits)
}

function timesOf(startMs: number, durationMs: number) {
  const nanoseconds = (ms: number) => String(BigInt(Math.round(ms)) * 1_000_000n)
  const [startTimeUnixNano, endTimeUnixNano] = [nanoseconds(startMs), nanoseconds(startMs + durationMs)]
  return { kind: INTERNAL, startTimeUnixNano, endTimeUnixNano }
}

function attributesOf(values: Readonly<Record<string, string | number>>, prefix = 'borgboi.') {
  return Object.entries(values).map(([name, value]) => ({
    key: `${prefix}${name}`,
    value: typeof value === 'string' ? { stringValue: value } : { doubleValue: value },
  }))
}

function statusOf(errorCode: string | undefined) {
  return errorCode === undefined ? {} : { status: { code: FAILED, message: errorCode } }
}
