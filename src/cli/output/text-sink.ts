// Runs as text for people: a line per step when it ends, and on a terminal one redrawn line per running step. Runs that
// are under way at once each keep their lines together.

import type { Writable } from 'node:stream'
import type { Clock } from '../../deps.ts'
import type { AppEvent, Notice, Progress, RunEvent } from '../../model/events.ts'
import type { RunReport } from '../../model/run.ts'
import { formatDuration } from '../../model/words.ts'
import { sanitizeForTerminal } from './format.ts'
import { type RunningStep, renderLive } from './live-line.ts'
import { renderFailure } from './render-failure.ts'
import { renderClosing, renderHeading, renderStep, renderWarnings } from './render-run.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

export interface TextSinkOptions {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly clock: Clock
  readonly quiet: boolean
  readonly verbose: boolean
}

const REDRAW_MS = 100
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const PLAIN_SPINNER = ['|', '/', '-', '\\']

/** One run's lines, kept back while an earlier run is still speaking. */
interface Block {
  readonly lines: { readonly stream: Writable; readonly text: string }[]
  readonly previous: RunReport | undefined
  running: RunningStep | undefined
  finished: boolean
}

export class TextSink {
  readonly #options: TextSinkOptions
  /** Each stream has its own: one may be a terminal and the other a file. */
  readonly #styles: { readonly stdout: Style; readonly stderr: Style }
  readonly #blocks = new Map<string, Block>()
  #watched: RunningStep | undefined
  #timer: NodeJS.Timeout | undefined
  #liveLines = 0
  #frame = 0

  constructor(options: TextSinkOptions, styles: { readonly stdout: Style; readonly stderr: Style }) {
    this.#options = options
    this.#styles = styles
  }

  take(event: AppEvent): void {
    if (event.type === 'notice') {
      this.#notice(event)
      return
    }
    // The screen of the command says how things stand; that it changed is for those who are not looking.
    if (event.type === 'objectives-judged') return
    const block = this.#blockOf(event)
    const { quiet, stdout, stderr, clock, verbose } = this.#options
    switch (event.type) {
      case 'run-started':
        if (!quiet) this.#say(block, stdout, renderHeading(event, this.#styles.stdout))
        return
      case 'step-started': {
        const { repo, step } = event
        block.running = { repo, step, startedMs: clock.monotonicMs(), previous: block.previous, progress: {} }
        this.#animate()
        return
      }
      case 'progress':
        if (block.running) block.running.progress = event.progress
        return
      case 'warning':
        // Counted and shown together when the run ends.
        return
      case 'step-finished':
        block.running = undefined
        if (!quiet) this.#say(block, stdout, renderStep(event.step, this.#styles.stdout))
        return
      case 'run-finished': {
        const { report } = event
        for (const line of renderWarnings(report, this.#styles.stderr, verbose)) this.#say(block, stderr, line)
        if (report.failure) {
          const text = renderFailure(report.failure, this.#styles.stderr, { repo: report.repo, verbose })
          this.#say(block, stderr, text.trimEnd())
        } else if (!quiet) this.#say(block, stdout, renderClosing(report))
        block.finished = true
        this.#flush()
      }
    }
  }

  /** Shows how far something is that is no run. */
  watch(what: string, progress: Progress): void {
    if (this.#watched?.step === what) this.#watched.progress = progress
    else {
      const startedMs = this.#options.clock.monotonicMs()
      this.#watched = { repo: '', step: what, startedMs, previous: undefined, progress }
    }
    this.#animate()
  }

  /** Ends what `watch` shows. */
  settle(): void {
    if (this.#watched === undefined) return
    this.#watched = undefined
    this.#erase()
    this.#draw()
  }

  /** Several runs: a table of how each ended. */
  end(reports: readonly RunReport[]): void {
    if (reports.length < 2 || this.#options.quiet) return
    const isMixed = new Set(reports.map(({ workflow }) => workflow)).size > 1
    const rows = reports.map(({ repo, workflow, outcome, durationMs, exitCode, steps }) => [
      `${this.#styles.stdout.symbols[outcome === 'interrupted' ? 'failed' : outcome]} ${repo}`,
      steps.find((step) => step.name === 'create archive')?.detail ?? (isMixed ? workflow : ''),
      formatDuration(durationMs),
      exitCode === 0 ? '' : `exit ${exitCode}`,
    ])
    this.#options.stdout.write(`\n${renderTable(rows)}\n`)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#erase()
  }

  #blockOf(event: RunEvent): Block {
    const known = this.#blocks.get(event.runId)
    if (known) return known
    const previous = event.type === 'run-started' ? event.previous : undefined
    const block: Block = { lines: [], previous, running: undefined, finished: false }
    this.#blocks.set(event.runId, block)
    return block
  }

  #notice({ level, message, hint }: Notice): void {
    if (level === 'info' && this.#options.quiet) return
    this.#erase()
    const { paint, symbols } = this.#styles.stderr
    const mark = level === 'warning' ? `${paint('yellow', symbols.warnings)} ` : ''
    const more = hint === undefined ? '' : `\n  ${sanitizeForTerminal(hint)}`
    this.#options.stderr.write(`${mark}${sanitizeForTerminal(message)}${more}\n`)
    this.#draw()
  }

  #say(block: Block, stream: Writable, text: string): void {
    block.lines.push({ stream, text })
    this.#flush()
  }

  /** Writes what the first unfinished run has said, and then the runs behind it that waited. */
  #flush(): void {
    this.#erase()
    for (const [id, block] of this.#blocks) {
      for (const { stream, text } of block.lines.splice(0)) stream.write(`${text}\n`)
      if (!block.finished) break
      this.#blocks.delete(id)
    }
    this.#draw()
  }

  #animate(): void {
    if (!this.#styles.stderr.live || this.#options.quiet || this.#timer) return
    this.#timer = setInterval(() => {
      this.#frame++
      this.#erase()
      this.#draw()
    }, REDRAW_MS)
    this.#timer.unref()
  }

  #draw(): void {
    if (!this.#styles.stderr.live || this.#options.quiet) return
    const frames = this.#styles.stderr.symbols.ok === '✓' ? SPINNER : PLAIN_SPINNER
    const spinner = frames[this.#frame % frames.length] ?? ''
    const now = this.#options.clock.monotonicMs()
    const running = [...this.#blocks.values()].flatMap((block) => (block.running ? [block.running] : []))
    if (this.#watched) running.push(this.#watched)
    for (const step of running) {
      const line = renderLive(step, now, spinner, this.#styles.stderr.columns, this.#blocks.size > 1)
      this.#options.stderr.write(`${line}\n`)
    }
    this.#liveLines = running.length
  }

  #erase(): void {
    if (this.#liveLines > 0) this.#options.stderr.write(`\x1b[${this.#liveLines}A\x1b[0J`)
    this.#liveLines = 0
  }
}
