// The library: the same engine the command line uses.

export { type App, type AppOptions, openApp } from './app.ts'
export { AppError, ERROR_CODES, type ErrorCode, EXIT, type ExitCode } from './errors.ts'
export type { AppEvent, EventSink, Progress } from './model/events.ts'
export type { RepoRecord } from './model/repo.ts'
export type { RunReport, StepReport, Warning } from './model/run.ts'
export type { Orchestrator } from './orchestrator.ts'
