// One execution of a workflow on one repo: its lock, its steps, its report. The only reporter: everything that shows or
// keeps what happened is a sink on the events emitted here, or reads the report.

import type { Deps } from '../../deps.ts'
import { AppError, EXIT, type ExitCode, toAppError } from '../../errors.ts'
import type { Outlet, StepHandlers } from '../../model/events.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { optional } from '../../model/repo.ts'
import type {
  Continuation,
  FailureReport,
  Figures,
  RunOutcome,
  RunReport,
  RunUnderWay,
  StepReport,
  Warning,
  WarningKind,
} from '../../model/run.ts'
import { RunJournal } from './journal.ts'

export type RunDeps = Pick<Deps, 'config' | 'runs' | 'jobs' | 'events' | 'outlets' | 'clock' | 'host' | 'stop'>

/** What a step hands back: its value, and what to tell about it. */
export interface StepDone<T> {
  readonly value: T
  readonly figures?: Figures
  readonly detail?: string
}

export interface Run {
  /**
   * Runs one named step and reports it: started, progress, warnings, finished or failed. What `act` throws ends the
   * run; `skipped` ends it as skipped on purpose. Nothing starts after the person asked to stop. `makes`: its `detail`,
   * where that is known beforehand and whoever goes on with a run that was cut off has to know it.
   */
  step<T>(name: string, act: (handlers: Required<StepHandlers>) => Promise<StepDone<T>>, makes?: string): Promise<T>
  /** As `step`, but also after the person asked to stop: for what tidies up. */
  closingStep<T>(name: string, act: (handlers: Required<StepHandlers>) => Promise<StepDone<T>>): Promise<T>
  /** Reports a step that had nothing to do. */
  skip(name: string, detail: string): void
  /** Keeps with the run which earlier one it goes on with. */
  goesOnWith(earlier: Continuation): void
}

/** What a run is about: a repo, or what is to become one. */
export type RunSubject = Pick<RepoRecord, 'name' | 'path' | 'sources' | 'vault'>

export interface RunInput {
  readonly record: RunSubject
  /** The command's words: `backup daily`. */
  readonly workflow: string
  /** Whether another run on this repo has to wait. Reading does not ask for it. */
  readonly exclusive: boolean
}

type AboutRun = Pick<RunReport, 'id' | 'workflow' | 'repo' | 'sources' | 'startedAt'>

/** How many warnings a report keeps in full; all of them are counted. */
const WARNINGS_KEPT = 100
/** How far back the latest comparable run is looked for. */
const PREVIOUS_RUNS_READ = 10

/** Performs `body` as a run. Failures are part of the report, which is kept in the run history; this never throws for them. */
export async function performRun(
  deps: RunDeps,
  input: RunInput,
  body: (run: Run, soFar: (error?: AppError) => RunReport) => Promise<void>,
): Promise<RunReport> {
  const { record, workflow } = input
  const id = deps.host.newId()
  const startedAt = deps.clock.now()
  const began = deps.clock.monotonicMs()
  const journal = new RunJournal(deps)
  const about = { id, workflow, repo: record.name, sources: record.sources, startedAt: startedAt.toISOString() }
  const recorder = new RunRecorder(deps, about, input.exclusive ? journal : undefined)
  const previous = await previousRun(deps, record, workflow)
  deps.events({
    type: 'run-started',
    runId: id,
    repo: record.name,
    workflow,
    sources: record.sources,
    repositoryPath: record.path,
    ...optional('vault', record.vault),
    ...optional('previous', previous),
  })

  const report = (error?: AppError) => toReport(recorder, deps.clock.monotonicMs() - began, error)
  let error = await failureOf(async () => {
    if (!input.exclusive) return await body(recorder, report)
    const { borg } = await deps.config.load()
    await using _lock = await deps.jobs.acquire(record.name, workflow, borg.lock_wait)
    await journal.settle(record.name)
    await body(recorder, report)
  })
  for (const outlet of deps.outlets) await recorder.conclude(outlet, report(error))
  const unrecorded = await failureOf(() => deps.runs.append(report(error)))
  error ??= unrecorded
  const final = report(error)
  deps.events({ type: 'run-finished', runId: id, repo: record.name, report: final })
  return final
}

/** The latest comparable run that came to its end. Only estimates need it: a history that cannot be read stops nothing. */
async function previousRun(deps: RunDeps, { name }: RunSubject, workflow: string): Promise<RunReport | undefined> {
  try {
    const recent = await deps.runs.list(name, PREVIOUS_RUNS_READ)
    return recent.find((run) => run.workflow === workflow && (run.outcome === 'ok' || run.outcome === 'warnings'))
  } catch {
    // Whatever is wrong with the history is told when this run is added to it.
    return undefined
  }
}

class RunRecorder implements Run {
  readonly steps: StepReport[] = []
  readonly warnings: Warning[] = []
  readonly warningCounts: Partial<Record<WarningKind, number>> = {}
  continues: Continuation | undefined
  readonly #deps: RunDeps
  readonly #about: AboutRun
  readonly #ids: { readonly runId: string; readonly repo: string }
  readonly #journal: RunJournal | undefined

  /** `journal`: of runs that change something, and that another one may have to go on with. */
  constructor(deps: RunDeps, about: AboutRun, journal: RunJournal | undefined) {
    this.#deps = deps
    this.#about = about
    this.#ids = { runId: about.id, repo: about.repo }
    this.#journal = journal
  }

  async step<T>(
    name: string,
    act: (handlers: Required<StepHandlers>) => Promise<StepDone<T>>,
    makes?: string,
  ): Promise<T> {
    requireNotStopped(this.#deps.stop)
    await this.#journal?.note({ ...this.facts(), step: { name, ...optional('detail', makes) } })
    return await this.closingStep(name, act)
  }

  async conclude(outlet: Outlet, report: RunReport): Promise<void> {
    try {
      await outlet.conclude(report, async (name, act) => {
        await this.closingStep(name, async (handlers) => ({ value: undefined, ...(await act(handlers)) }))
      })
    } catch (thrown) {
      // A defect in what only tells of the run must not make it a failure.
      const { message, reason } = toAppError(thrown)
      this.#count({ kind: 'reporting', message: `${message}: ${reason}` })
    }
  }

  async closingStep<T>(name: string, act: (handlers: Required<StepHandlers>) => Promise<StepDone<T>>): Promise<T> {
    const { events, clock } = this.#deps
    const began = clock.monotonicMs()
    let warned = false
    events({ type: 'step-started', ...this.#ids, step: name })
    const handlers: Required<StepHandlers> = {
      onProgress: (progress) => events({ type: 'progress', ...this.#ids, step: name, progress }),
      onWarning: (warning) => {
        warned = true
        this.#count(warning)
        events({ type: 'warning', ...this.#ids, step: name, warning })
      },
    }
    try {
      const { value, figures = {}, detail } = await act(handlers)
      const durationMs = clock.monotonicMs() - began
      this.#finish({ name, outcome: warned ? 'warnings' : 'ok', durationMs, figures, ...optional('detail', detail) })
      return value
    } catch (thrown) {
      const error = toAppError(thrown)
      const durationMs = clock.monotonicMs() - began
      if (error.code === 'skipped') this.skip(name, error.message)
      else this.#finish({ name, outcome: 'failed', durationMs, figures: {}, failure: toFailure(error) })
      throw thrown
    }
  }

  goesOnWith(earlier: Continuation): void {
    this.continues = earlier
  }

  skip(name: string, detail: string): void {
    this.#finish({ name, outcome: 'skipped', durationMs: 0, figures: {}, detail })
  }

  /** Everything that is known while the run goes on. */
  facts(): Omit<RunUnderWay, 'step' | 'notedAt'> {
    const { steps, warnings, warningCounts, continues } = this
    return { ...this.#about, steps, warnings, warningCounts, ...optional('continues', continues) }
  }

  #finish({ durationMs, ...rest }: StepReport): void {
    const step = { ...rest, durationMs: Math.round(durationMs) }
    this.steps.push(step)
    this.#deps.events({ type: 'step-finished', ...this.#ids, step })
  }

  #count(warning: Warning): void {
    this.warningCounts[warning.kind] = (this.warningCounts[warning.kind] ?? 0) + 1
    if (this.warnings.length < WARNINGS_KEPT) this.warnings.push(warning)
  }
}

/** @throws AppError `interrupted` */
export function requireNotStopped(stop: AbortSignal): void {
  if (!stop.aborted) return
  throw new AppError('interrupted', 'the run was stopped', {
    reason: `borgboi got ${String(stop.reason)}`,
    hint: 'what was finished stays; run the same command again for the rest',
  })
}

async function failureOf(act: () => Promise<void>): Promise<AppError | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    return toAppError(error)
  }
}

function toReport(recorder: RunRecorder, durationMs: number, error: AppError | undefined): RunReport {
  const [outcome, exitCode] = verdict(error, recorder.warnings.length > 0)
  const { steps, warningCounts, warnings, continues, ...about } = recorder.facts()
  return {
    ...about,
    durationMs: Math.round(durationMs),
    outcome,
    exitCode,
    // Copies: the run may go on after this report of it.
    steps: [...steps],
    warningCounts: { ...warningCounts },
    warnings: [...warnings],
    ...optional('continues', continues),
    ...optional('failure', error && error.code !== 'skipped' ? toFailure(error) : undefined),
  }
}

function verdict(error: AppError | undefined, warned: boolean): [RunOutcome, ExitCode] {
  if (error) return [error.code === 'interrupted' || error.code === 'skipped' ? error.code : 'failed', error.exitCode]
  return warned ? ['warnings', EXIT.warnings] : ['ok', EXIT.ok]
}

function toFailure(error: AppError): FailureReport {
  const { code, message, reason, hint, exitCode, context } = error
  return { code, message, exitCode, context, ...optional('reason', reason), ...optional('hint', hint) }
}
