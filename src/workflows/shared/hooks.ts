// The person's hooks around a run, as steps of it: before, then the work, then after or on_error, and finally. Those of
// all repos are outside, those of the repo inside. They run while the repo is held, and not at all where it cannot be.

import type { Hooks } from '../../config/schema.ts'
import type { Deps, HookEnd } from '../../deps.ts'
import { AppError, EXIT, toAppError } from '../../errors.ts'
import { HOOK_STEPS, type HookMoment } from '../../model/hook.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { CREATE } from '../../model/resume.ts'
import type { RunReport } from '../../model/run.ts'
import { type Run, requireNotStopped } from './run.ts'

/** Of what a hook said last, in a sentence about it. */
const SAID_MAX_CHARS = 200
/** Of the document that hooks read. */
const FORMAT = 1

export type HookDeps = Pick<Deps, 'config' | 'hooks' | 'stop'>

export interface HookedRun {
  readonly run: Run
  readonly record: RepoRecord
  /** The report as it would be if the run ended now, with that error. */
  soFar(error?: AppError): RunReport
}

/**
 * A before hook that fails ends the run before anything is done; one that exits with 75 skips it. What the others fail
 * at is a warning: the work is done, or has failed already.
 */
export async function withHooks(deps: HookDeps, hooked: HookedRun, body: () => Promise<void>): Promise<void> {
  const { hooks, repos } = await deps.config.load()
  const own = repos[hooked.record.name]?.hooks ?? {}
  const all = { hooks, own }
  let error: AppError | undefined
  try {
    for (const script of scripts(all, 'before')) await runBefore(deps, hooked, script, hooks.timeout)
    await body()
    for (const script of scripts(all, 'after')) await runAfterwards(deps, hooked, 'after', script, hooks.timeout)
  } catch (thrown) {
    error = toAppError(thrown)
    if (error.code !== 'skipped') {
      for (const script of scripts(all, 'on_error')) {
        await runAfterwards(deps, hooked, 'on_error', script, hooks.timeout, error)
      }
    }
    throw thrown
  } finally {
    for (const script of scripts(all, 'finally')) {
      await runAfterwards(deps, hooked, 'finally', script, hooks.timeout, error)
    }
  }
}

interface Script {
  readonly text: string
  /** For people. */
  readonly whose: string
}

function scripts({ hooks, own }: { readonly hooks: Hooks; readonly own: Hooks }, when: HookMoment): Script[] {
  const both = [
    { text: hooks[when], whose: 'of all repos' },
    { text: own[when], whose: 'of this repo' },
  ]
  const ordered = when === 'before' ? both : both.reverse()
  return ordered.flatMap(({ text, whose }) => (text === undefined ? [] : [{ text, whose }]))
}

async function runBefore(deps: HookDeps, hooked: HookedRun, script: Script, timeoutMs: number): Promise<void> {
  await hooked.run.step(HOOK_STEPS.before, async () => {
    const told = toldTo('before', hooked, undefined)
    const end = await deps.hooks.run({ script: script.text, ...told, timeoutMs, whenStopped: false })
    requireNotStopped(deps.stop)
    if (end.exitCode === EXIT.skipped) throw new AppError('skipped', end.said.at(-1) ?? 'the before hook said so')
    if (end.exitCode !== EXIT.ok) {
      throw new AppError('hook-failed', `the before hook ${script.whose} failed`, {
        reason: howItEnded(end, timeoutMs),
        hint: 'nothing was done; mend the hook in the configuration, or see what else it said with --verbose',
        context: { said: end.said },
      })
    }
    return { value: undefined, detail: script.whose }
  })
}

async function runAfterwards(
  deps: HookDeps,
  hooked: HookedRun,
  when: HookMoment,
  script: Script,
  timeoutMs: number,
  error?: AppError,
): Promise<void> {
  const step = when === 'after' ? hooked.run.step : hooked.run.closingStep
  await step.call(hooked.run, HOOK_STEPS[when], async ({ onWarning }) => {
    const told = toldTo(when, hooked, error)
    const end = await deps.hooks.run({ script: script.text, ...told, timeoutMs, whenStopped: when !== 'after' })
    if (end.exitCode !== EXIT.ok) {
      onWarning({ kind: 'hook', message: `the ${HOOK_STEPS[when]} ${script.whose}: ${howItEnded(end, timeoutMs)}` })
    }
    return { value: undefined, detail: script.whose }
  })
}

/** What a hook learns of the run, in its environment and on its stdin; documented in docs/hooks.md. */
function toldTo(when: HookMoment, { record, soFar }: HookedRun, error: AppError | undefined) {
  const { outcome, exitCode, ...run } = soFar(error)
  const end = when === 'before' ? {} : { outcome, exitCode }
  const archive =
    run.continues?.archive ?? run.steps.find(({ name, outcome: how }) => name === CREATE && how !== 'failed')?.detail
  const facts: Record<string, string | number | undefined> = {
    HOOK: when,
    ID: run.id,
    WORKFLOW: run.workflow,
    REPO: record.name,
    REPOSITORY: record.path,
    VAULT: record.vault,
    STARTED_AT: run.startedAt,
    OUTCOME: end.outcome,
    EXIT_CODE: end.exitCode,
    ARCHIVE: archive,
    ERROR: error?.code,
    ERROR_MESSAGE: error && [error.message, error.reason].filter((part) => part !== undefined).join(': '),
  }
  const env = Object.entries(facts).flatMap(([name, value]) =>
    // A NUL cannot stand in an environment, and would end the run with a defect.
    value === undefined ? [] : [[`BORGBOI_RUN_${name}`, String(value).replaceAll('\0', '')]],
  )
  const { path: repositoryPath, sources } = record
  const document = { format: FORMAT, hook: when, repositoryPath, sources, ...optional('vault', record.vault) }
  return {
    env: Object.fromEntries(env) as Record<string, string>,
    input: `${JSON.stringify({ ...document, run: { ...run, ...end } })}\n`,
  }
}

function howItEnded({ exitCode, signal, timedOut, said }: HookEnd, timeoutMs: number): string {
  const last = said.at(-1)
  if (timedOut) return `it took longer than ${Math.round(timeoutMs / 1000)} s and was killed`
  const end = signal === undefined ? `it ended with exit ${exitCode}` : `it was ended by ${signal}`
  if (last === undefined) return end
  return `${end}: ${last.length > SAID_MAX_CHARS ? `${last.slice(0, SAID_MAX_CHARS)}…` : last}`
}
