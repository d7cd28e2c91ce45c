// Everything that tells files and machines of runs, each loaded when the configuration asks for it and a run is there.

import { join } from 'node:path'
import type { Clock, ConfigSource, Metrics, RepoStore, RunHistory } from '../deps.ts'
import type { EventSink, Outlet } from '../model/events.ts'
import { lazyOutlet } from './lazy-outlet.ts'

export interface TelemetryOptions {
  readonly config: Pick<ConfigSource, 'load'>
  readonly clock: Clock
  /** The `.borgboi` directory. */
  readonly home: string
  readonly version: string
  readonly hostname: string
  readonly repos: Pick<RepoStore, 'list'>
  readonly runs: Pick<RunHistory, 'list'>
  readonly events: EventSink
}

/** How long a command waits at its end for the disk with the event log. */
const DISK_PATIENCE_MS = 5000
/** How long it waits for a collector of traces. */
const COLLECTOR_TIMEOUT_MS = 5000

export function openTelemetry(options: TelemetryOptions): { outlets: readonly Outlet[]; metrics: Metrics } {
  const { config, clock, home, events } = options
  const openMetrics = async () => new (await import('./metrics-file.ts')).MetricsFile(options)
  const metrics = lazyOutlet(async () => {
    const { file } = (await config.load()).metrics
    return file === undefined ? undefined : (await openMetrics()).outlet(file, events)
  })
  const traces = lazyOutlet(async () => {
    const { telemetry, offline } = await config.load()
    if (!telemetry.enabled || offline) return undefined
    const { Traces } = await import('./traces.ts')
    const { service_name: serviceName, trace_endpoint: url } = telemetry
    return new Traces({ ...options, url, serviceName, timeoutMs: COLLECTOR_TIMEOUT_MS })
  })
  const eventLog = lazyOutlet(async () => {
    const { enabled, level, max_bytes: maxBytes, backup_count: keep } = (await config.load()).logging
    if (!enabled) return undefined
    const { EventLog } = await import('./event-log.ts')
    const path = join(home, 'logs', 'events.jsonl')
    return new EventLog({ path, level, maxBytes, keep, clock, patienceMs: DISK_PATIENCE_MS })
  })
  return {
    outlets: [traces, metrics, eventLog],
    metrics: {
      text: async () => await (await openMetrics()).text(),
      write: async (path) => await (await openMetrics()).write(path),
    },
  }
}
