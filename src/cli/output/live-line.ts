// The line of a running step on a terminal: what is done, of how much, how fast, for how long still.

import type { Progress } from '../../model/events.ts'
import type { RunReport } from '../../model/run.ts'
import { formatBytes, formatDuration, numberOf } from '../../model/words.ts'
import { formatRate, sanitizeForTerminal, shortenMiddle } from './format.ts'

export interface RunningStep {
  readonly repo: string
  readonly step: string
  readonly startedMs: number
  /** The run before this one: its figures are the estimate. */
  readonly previous: RunReport | undefined
  progress: Progress
}

/** Below this an estimate would only flicker. */
const ESTIMATE_AFTER_MS = 1500

export function renderLive(
  running: RunningStep,
  nowMs: number,
  spinner: string,
  columns: number,
  showRepo: boolean,
): string {
  const { progress, step, repo } = running
  const elapsedMs = nowMs - running.startedMs
  const before = running.previous?.steps.find((candidate) => candidate.name === step)
  const totalBytes = progress.totalBytes ?? before?.figures['originalBytes']
  const parts = [
    progress.stage ?? '',
    progress.files === undefined ? '' : numberOf(progress.files, 'file'),
    progress.bytes === undefined ? '' : amountOf(progress.bytes, totalBytes, progress.totalBytes !== undefined),
    progress.bytes === undefined || elapsedMs < 500 ? '' : formatRate((progress.bytes / elapsedMs) * 1000),
    progress.fraction === undefined ? '' : `${Math.floor(progress.fraction * 100)} %`,
    timeLeft(fractionOf(progress, totalBytes), elapsedMs, before?.durationMs),
  ]
  const head = `  ${spinner} ${showRepo ? `${repo}: ` : ''}${step.padEnd(16)} ${parts.filter((part) => part !== '').join(' · ')}`
  const room = columns - head.length - 4
  const path =
    progress.path === undefined || room < 12 ? '' : `   ${shortenMiddle(sanitizeForTerminal(progress.path), room)}`
  return shortenMiddle(`${head}${path}`, columns - 1)
}

function amountOf(bytes: number, total: number | undefined, isExact: boolean): string {
  if (total === undefined || total < bytes) return formatBytes(bytes)
  return `${formatBytes(bytes)} of ${isExact ? '' : '~'}${formatBytes(total)}`
}

function fractionOf({ bytes, fraction }: Progress, totalBytes: number | undefined): number | undefined {
  if (fraction !== undefined) return fraction
  return bytes === undefined || !totalBytes || bytes > totalBytes ? undefined : bytes / totalBytes
}

/** By how far it is; where nobody can tell, by how long it took the last time. */
function timeLeft(fraction: number | undefined, elapsedMs: number, beforeMs: number | undefined): string {
  if (elapsedMs < ESTIMATE_AFTER_MS) return ''
  const left =
    fraction !== undefined && fraction > 0.02 ? (elapsedMs / fraction) * (1 - fraction) : (beforeMs ?? 0) - elapsedMs
  return left > 0 ? `about ${formatDuration(left)} left` : ''
}
