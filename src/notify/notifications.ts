// The notifiers as an outlet: at the end of a run it is decided who is told, they are told all at once, and what they
// were told is remembered. How promises are kept is told when the command ends, of each repo once. One that is down or
// hangs costs a warning, and no more time than it is given.

import type { NotifierConfig } from '../config/schema.ts'
import type { Clock, RepoStore, RunHistory } from '../deps.ts'
import { toAppError } from '../errors.ts'
import type { AppEvent, ConcludingStep, EventSink, ObjectivesJudged, Outlet } from '../model/events.ts'
import { HOOK_STEPS } from '../model/hook.ts'
import { decide, isObjectiveDue, isToldAlways, type NotifyRule, type Told } from '../model/notifier.ts'
import type { RunReport } from '../model/run.ts'
import { CONDITION_STEPS, SCHEDULE_RUN } from '../model/schedule.ts'
import { redactAll } from '../model/secret.ts'
import { endsWithin } from '../platform/patience.ts'
import type { Channel } from './channel.ts'
import { aboutPromises, aboutRun, aboutStart, asDigest, asTest, type Message, type RepoDay } from './message.ts'
import type { NotifierFacts, Notifiers } from './notifiers.ts'
import type { ToldStore } from './told.ts'

export interface Notifier {
  readonly name: string
  readonly settings: NotifierConfig
  readonly channel: Channel
  /** False: it needs the network, which is not to be used. */
  readonly usable: boolean
}

export interface NotificationsOptions {
  readonly notifiers: readonly Notifier[]
  readonly told: ToldStore
  readonly clock: Clock
  readonly hostname: string
  /** Aborted when the person insists: nothing is waited for any more. */
  readonly kill: AbortSignal
  readonly repos: Pick<RepoStore, 'list'>
  readonly runs: Pick<RunHistory, 'list'>
  /** Where is told what could not be told, when no run can be warned of it any more. */
  readonly events: EventSink
}

interface Delivery {
  readonly notifier: Notifier
  readonly rule: NotifyRule
  /** What to remember once it arrived; absent for those that are told always. */
  readonly told?: Told
}

/** How far back the newest run of each workflow is looked for. */
const RUNS_READ = 50

export class Notifications implements Outlet, Notifiers {
  readonly #options: NotificationsOptions
  readonly #workflows = new Map<string, string>()
  /** How each repo stood when this command looked last. */
  readonly #judged = new Map<string, ObjectivesJudged>()
  #hasRun = false
  /** What became of telling that a run begins. */
  readonly #starts = new Map<string, Promise<string | undefined>[]>()

  constructor(options: NotificationsOptions) {
    this.#options = options
  }

  readonly take = (event: AppEvent): void => {
    if (event.type === 'objectives-judged') this.#judged.set(event.repo, event)
    if (event.type === 'run-started') this.#workflows.set(event.runId, event.workflow)
    // The run may still be skipped: what never began would never end.
    if (event.type !== 'step-started' || isAroundWork(event.step) || this.#starts.has(event.runId)) return
    const workflow = this.#workflows.get(event.runId) ?? ''
    const message = aboutStart(event.repo, workflow, this.#circumstances())
    const told = this.#for(event.repo, workflow).filter(({ settings }) => isToldAlways(settings.type))
    this.#starts.set(
      event.runId,
      told.map((notifier) => this.#send(notifier, message)),
    )
  }

  async conclude(report: RunReport, step: ConcludingStep): Promise<void> {
    this.#hasRun = true
    const starts = this.#starts.get(report.id) ?? []
    this.#starts.delete(report.id)
    this.#workflows.delete(report.id)
    const deliveries = await this.#decide(report)
    if (deliveries.length + starts.length === 0) return
    await step('notify', async ({ onWarning }) => {
      const warn = (message: string) => onWarning({ kind: 'reporting', message })
      for (const problem of await Promise.all(starts)) if (problem !== undefined) warn(problem)
      const told = await Promise.all(deliveries.map((delivery) => this.#deliver(delivery, report, warn)))
      const names = told.filter((name) => name !== undefined)
      return names.length === 0 ? {} : { detail: names.join(', ') }
    })
  }

  /** The day's digest goes with the first command of a day that makes runs, when all of them are over. */
  async close(): Promise<void> {
    await Promise.all(
      this.#options.notifiers.map(async (notifier) => {
        const told = await this.#tellPromises(notifier).catch((error: unknown) => wordsOf(notifier, error))
        // One that has just not taken something is not tried again.
        const problem = told ?? (await this.#digest(notifier).catch((error: unknown) => wordsOf(notifier, error)))
        if (problem !== undefined) this.#options.events({ type: 'notice', level: 'warning', message: problem })
      }),
    )
    this.#judged.clear()
  }

  async list(): Promise<readonly NotifierFacts[]> {
    return this.#options.notifiers.map(({ name, settings, usable }) => {
      const { type, on, url, url_file: file, to, repos, workflows, repeat_after: repeatAfter } = settings
      const where = to ?? (url === undefined ? file : new URL(url).host)
      return {
        ...{ name, type, on, workflows, repeatAfter, always: isToldAlways(type), usable },
        ...(where === undefined ? {} : { where }),
        ...(repos === undefined ? {} : { repos }),
      }
    })
  }

  async test(name: string): Promise<string | undefined> {
    const notifier = this.#options.notifiers.find((one) => one.name === name)
    if (notifier?.usable === false) return wordsOf(notifier, 'the configuration says offline')
    return notifier && (await this.#send(notifier, asTest(name, this.#circumstances())))
  }

  #circumstances() {
    return { host: this.#options.hostname, now: this.#options.clock.now() }
  }

  #for(repo: string, workflow: string): Notifier[] {
    return this.#options.notifiers.filter(
      ({ settings: { type, on, repos, workflows }, usable }) =>
        usable &&
        workflows.includes(workflow) &&
        (workflow === SCHEDULE_RUN || (repos?.includes(repo) ?? true)) &&
        !(isToldAlways(type) && on.includes('objective')),
    )
  }

  async #decide(report: RunReport): Promise<Delivery[]> {
    const { repo, workflow, outcome } = report
    const now = this.#options.clock.now()
    const deliveries: Delivery[] = []
    for (const notifier of this.#for(repo, workflow)) {
      if (isToldAlways(notifier.settings.type)) {
        if (outcome !== 'skipped') deliveries.push({ notifier, rule: ALWAYS[outcome] })
        continue
      }
      const last = await this.#options.told.last(notifier.name, repo, workflow)
      const decision = decide(notifier.settings, last, outcome, now)
      if (decision?.rule !== undefined) deliveries.push({ notifier, rule: decision.rule, told: decision.told })
      // Nobody misses what cannot be remembered here: it is told once more at worst.
      else if (decision && decision.told.state !== last?.state)
        await this.#keep(notifier, report, decision.told).catch(() => undefined)
    }
    return deliveries
  }

  /** The notifier's name when it was told. */
  async #deliver(
    { notifier, rule, told }: Delivery,
    report: RunReport,
    warn: (message: string) => void,
  ): Promise<string | undefined> {
    const problem = await this.#send(notifier, aboutRun(rule, report, this.#circumstances()))
    if (problem !== undefined) {
      warn(problem)
      return undefined
    }
    if (told) await this.#keep(notifier, report, told).catch((error: unknown) => warn(wordsOf(notifier, error)))
    return notifier.name
  }

  async #keep({ name }: Notifier, { repo, workflow }: RunReport, told: Told): Promise<void> {
    await this.#options.told.keep(name, repo, workflow, told)
  }

  /** Why one was not told, where it was not: what is left then is told the next time. */
  async #tellPromises(notifier: Notifier): Promise<string | undefined> {
    const { name, settings, usable } = notifier
    const { told, clock } = this.#options
    if (!usable || !settings.on.includes('objective')) return undefined
    const judged = [...this.#judged.values()].filter(({ repo }) => settings.repos?.includes(repo) ?? true)
    const isAlways = isToldAlways(settings.type)
    const spoken = isAlways ? await this.#oneWord(notifier, judged) : judged
    for (const { repo, broken } of judged) {
      const last = await told.lastObjectives(name, repo)
      const [names, before, now] = [broken.map(({ objective }) => objective), last?.broken ?? [], clock.now()]
      if (!isAlways && !isObjectiveDue(settings, last, names, now)) continue
      if (spoken.some((one) => one.repo === repo)) {
        const broke = names.filter((objective) => !before.includes(objective))
        const recovered = before.filter((objective) => !names.includes(objective))
        const message = aboutPromises({ repo, broken, broke, recovered }, this.#circumstances())
        const problem = await this.#send(notifier, message)
        if (problem !== undefined) return problem
      }
      await told.keepObjectives(name, repo, { broken: names, at: now.toISOString() })
    }
    return undefined
  }

  /** For those that know one state only: what is broken, or else that nothing is, also of what nobody looked at now. */
  async #oneWord(
    { name, settings }: Notifier,
    judged: readonly ObjectivesJudged[],
  ): Promise<readonly ObjectivesJudged[]> {
    const { told, repos } = this.#options
    const bad = judged.filter(({ broken }) => broken.length > 0)
    if (bad.length > 0) return bad
    for (const { name: repo } of await repos.list()) {
      if (settings.repos?.includes(repo) === false || this.#judged.has(repo)) continue
      if (((await told.lastObjectives(name, repo))?.broken.length ?? 0) > 0) return []
    }
    return judged.slice(0, 1)
  }

  async #digest(notifier: Notifier): Promise<string | undefined> {
    const { name, settings } = notifier
    const { told, clock, repos, runs } = this.#options
    if (!this.#hasRun || !notifier.usable || !settings.on.includes('digest')) return undefined
    const now = clock.now()
    if ((await told.lastDigest(name))?.toDateString() === now.toDateString()) return undefined
    const days: RepoDay[] = []
    for (const { name: repo } of await repos.list()) {
      if (settings.repos?.includes(repo) === false) continue
      const reports = (await runs.list(repo, RUNS_READ)).filter(({ outcome }) => outcome !== 'skipped')
      const newest = settings.workflows.map((workflow) => reports.find((report) => report.workflow === workflow))
      const latest = newest.filter((report) => report !== undefined)
      days.push({ repo, latest, broken: this.#judged.get(repo)?.broken ?? [] })
    }
    if (days.length === 0) return undefined
    const problem = await this.#send(notifier, asDigest(days, this.#circumstances()))
    if (problem === undefined) await told.keepDigest(name, now)
    return problem
  }

  /** Undefined when it arrived; else why not, with the notifier's name. Never rejects, and never takes longer than given. */
  async #send(notifier: Notifier, message: Message): Promise<string | undefined> {
    const { channel, settings } = notifier
    const signal = AbortSignal.any([this.#options.kill, AbortSignal.timeout(settings.timeout)])
    let problem: string | undefined = 'it did not end in time'
    const sending = (async () => {
      try {
        problem = await channel.send(message, signal)
      } catch (error) {
        const { message: what, reason } = toAppError(error)
        problem = reason === undefined ? what : `${what}: ${reason}`
      }
    })()
    await endsWithin(sending, settings.timeout + GRACE_MS)
    return problem === undefined ? undefined : wordsOf(notifier, problem)
  }
}

/** Steps around the work itself. */
function isAroundWork(step: string): boolean {
  return [...Object.values(HOOK_STEPS), ...CONDITION_STEPS].includes(step)
}

/** What gives up by itself does so a little after its time. */
const GRACE_MS = 500
const ALWAYS = { ok: 'success', warnings: 'warning', failed: 'failure', interrupted: 'failure' } as const

function wordsOf({ name, settings }: Notifier, problem: unknown): string {
  const text = typeof problem === 'string' ? problem : toAppError(problem).message
  return `${name} (${settings.type}) was not told: ${redactAll(text)}`
}
