// Where everything a command tells goes: data to stdout, progress, warnings and errors to stderr, as text for people or
// as JSON for programs. The only place of the command line that writes.

import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../../deps.ts'
import type { AppError, ExitCode } from '../../errors.ts'
import type { EventSink, Progress } from '../../model/events.ts'
import { combinedExitCode, type FailureReport, type RunReport } from '../../model/run.ts'
import type { Secret } from '../../model/secret.ts'
import type { Ask } from '../../workflows/shared/ask.ts'
import type { Confirm } from '../../workflows/shared/confirm.ts'
import { askHidden, askOnTerminal } from './ask.ts'
import { JsonSink } from './json-sink.ts'
import { renderFailure } from './render-failure.ts'
import { renderReport } from './render-report.ts'
import { chooseStyle, type Style } from './style.ts'
import { TextSink } from './text-sink.ts'

export interface OutputOptions {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly stdin: Readable
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly stop: AbortSignal
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

export interface Output {
  /** Takes the events of runs. */
  readonly sink: EventSink
  /** One document: `value` as JSON, or the text for people. What takes long to make comes as a function. */
  document(value: unknown, text: (style: Style) => string): void
  /** What was done or found, in lines with marks: as JSON, or as text of which `--quiet` leaves warnings and errors. */
  report(value: unknown, text: () => string): void
  /** Shows on a terminal how far a long look is, until there is something to print. */
  watch(what: string): (progress: Progress) => void
  /** Many lines, in constant memory: each item as one JSON line, or as one line of text. */
  lines<T>(items: AsyncIterable<T>, toJson: (item: T) => unknown, toText: (item: T) => string): Promise<void>
  /** Ends a command that made runs: they have been shown already. */
  runs(reports: readonly RunReport[]): ExitCode
  /** Shows an error and gives its exit code. */
  fail(error: AppError): ExitCode
  /** Asks on the terminal; `yes` answers for the person. */
  confirm(yes: boolean): Confirm
  /** Whether there is somebody to ask for what was not said. */
  readonly canAsk: boolean
  /** Asks on the terminal, as long as `act` takes. */
  asking<T>(act: (ask: Ask) => Promise<T>): Promise<T>
  /** Asks for what must not be seen; undefined without a terminal. */
  askHidden(question: string): Promise<Secret | undefined>
  close(): void
}

export function openOutput(options: OutputOptions): Output {
  const { stdout, stderr, json, quiet, verbose } = options
  const style = chooseStyle(options.env, stderr)
  const stdoutStyle = chooseStyle(options.env, stdout)
  const sink = json ? new JsonSink(options) : new TextSink(options, { stdout: stdoutStyle, stderr: style })
  const document = (value: unknown, text: (style: Style) => string) => {
    sink.settle()
    const told = json ? JSON.stringify(typeof value === 'function' ? value() : value) : text(stdoutStyle)
    stdout.write(`${told}\n`)
  }
  return {
    watch: (what) => (progress) => sink.watch(what, progress),
    sink: (event) => sink.take(event),
    document,
    report: (value, text) => {
      const told = json ? '' : renderReport(text(), stdoutStyle, quiet)
      if (json || told !== '') document(value, () => told)
    },
    lines: async (items, toJson, toText) => {
      let isGone = false
      const leave = () => {
        isGone = true
      }
      stdout.on('error', leave)
      try {
        for await (const item of items) {
          const line = json ? JSON.stringify(toJson(item)) : toText(item)
          if (!stdout.write(`${line}\n`)) await drained(stdout)
          // Whoever reads has seen enough: nothing more is asked of Borg. (Node never marks stdout as destroyed.)
          if (isGone) return
        }
      } finally {
        stdout.off('error', leave)
      }
    },
    runs: (reports) => {
      sink.end(reports)
      return combinedExitCode(reports.map((report) => report.exitCode))
    },
    fail: (error) => {
      sink.settle()
      const { code, message, reason, hint, exitCode, context } = error
      const failure: FailureReport = {
        code,
        message,
        exitCode,
        context,
        ...(reason && { reason }),
        ...(hint && { hint }),
      }
      if (json) stdout.write(`${JSON.stringify({ message_type: 'exit_error', ...failure })}\n`)
      else stderr.write(renderFailure(failure, style, { verbose }))
      return exitCode
    },
    confirm: (yes) => (yes ? async () => true : (loss) => askOnTerminal(options, loss)),
    askHidden: (question) => askHidden(options, question),
    canAsk: !json && 'isTTY' in options.stdin && options.stdin.isTTY === true,
    asking: async (act) => {
      const { withQuestions } = await import('./questions.ts')
      return await withQuestions({ ...options, style }, act)
    },
    close: () => sink.close(),
  }
}

/** What could not be written does not drain; the end of the process tells of it. */
async function drained(stream: Writable): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = () => {
      stream.off('drain', settle).off('error', settle)
      resolve()
    }
    stream.on('drain', settle).on('error', settle)
  })
}
