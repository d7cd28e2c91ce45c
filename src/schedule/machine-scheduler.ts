// The schedules of this home on this machine, whichever kind of scheduler has them.

import { join } from 'node:path'
import type { Clock } from '../deps.ts'
import { AppError } from '../errors.ts'
import { formatCalendar } from '../model/calendar.ts'
import { optional } from '../model/repo.ts'
import type { Schedule, SchedulerKind } from '../model/schedule.ts'
import { statIfAny } from '../platform/files.ts'
import type { BackEnd, FoundJob, JobFile } from './back-end.ts'
import { Crontab } from './crontab.ts'
import { leftBehind, scheduledEnvironment } from './environment.ts'
import { type Job, jobId } from './job.ts'
import { LaunchdJobs } from './launchd-jobs.ts'
import { Machine, type MachineOptions, type Scope } from './machine.ts'
import { type Note, readNote } from './note.ts'
import type {
  InstalledSchedule,
  InstallOptions,
  ScheduleInstallation,
  ScheduleProblem,
  Scheduler,
} from './scheduler.ts'
import { findPassing, findStableProgram, type RunningProgram } from './stable-program.ts'
import { SystemdTimers } from './systemd-timers.ts'

export interface MachineSchedulerOptions extends MachineOptions {
  readonly program: RunningProgram
  readonly clock: Clock
  /** Borg by name or path, and the configuration file where it is not the usual one. */
  settings(): Promise<{ readonly borg: string; readonly configFile?: string | undefined }>
}

export class MachineScheduler implements Scheduler {
  readonly #options: MachineSchedulerOptions
  readonly #machine: Machine

  constructor(options: MachineSchedulerOptions) {
    this.#options = options
    this.#machine = new Machine(options)
  }

  async list(): Promise<readonly InstalledSchedule[]> {
    // A user sees what root installed for the home, too.
    const scopes: readonly Scope[] = this.#machine.scope === 'user' ? ['user', 'system'] : ['system']
    const found = await Promise.all(this.#backEnds(scopes).map((backEnd) => this.#listIn(backEnd)))
    return found.flat().sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  async install(schedule: Schedule, { kind, dryRun }: InstallOptions): Promise<ScheduleInstallation> {
    const program = await findStableProgram(this.#options.program, this.#machine.env)
    const usable = await this.#choose(kind)
    const [there] = (await this.#jobsIn(usable)).filter((job) => isOfSameRepos(job, schedule))
    const elsewhere = await this.#elsewhere(usable, schedule)
    const since = this.#since(schedule, there ?? elsewhere[0]?.job)
    const note: Note = { home: this.#machine.home, schedule, since, program }
    const job = {
      id: there?.id ?? jobId(note, join(this.#machine.user.home, '.borgboi')),
      note,
      environment: await this.#environment(program[0]),
    }
    const files = await usable.render(job)
    for (const file of files) this.#requireFree(file)
    if (!dryRun) {
      await this.#put(usable, job, files)
      for (const { backEnd, job: former } of elsewhere) await backEnd.remove(former)
    }
    return {
      id: job.id,
      schedule,
      scheduler: usable.kind,
      scope: usable.scope,
      files: files.map(({ path, text, before }) => ({ path, text, change: changeOf(text, before) })),
      ...optional('movedFrom', elsewhere[0]?.backEnd.kind),
      problems: [...passing(program), ...missed(leftBehind(this.#machine.env))],
    }
  }

  async remove({ id, scheduler, scope }: InstalledSchedule): Promise<void> {
    if (scope === 'system' && this.#machine.scope === 'user') {
      throw new AppError('file-denied', `cannot remove the schedule ${id}`, {
        reason: 'root installed it, for the whole machine',
        hint: 'run the same command with sudo',
      })
    }
    for (const backEnd of this.#backEnds([scope])) {
      if (backEnd.kind !== scheduler) continue
      for (const job of await this.#jobsIn(backEnd)) if (job.id === id) await backEnd.remove(job)
    }
  }

  #backEnds(scopes: readonly Scope[]): BackEnd[] {
    return [
      ...scopes.map((scope) => new SystemdTimers(this.#machine, scope)),
      ...scopes.map((scope) => new LaunchdJobs(this.#machine, scope)),
      new Crontab(this.#machine),
    ]
  }

  /** The first that can be used. */
  async #choose(kind: SchedulerKind | undefined): Promise<BackEnd> {
    const obstacles: string[] = []
    for (const backEnd of this.#backEnds([this.#machine.scope])) {
      if (kind !== undefined && backEnd.kind !== kind) continue
      const obstacle = await backEnd.obstacle()
      if (obstacle === undefined) return backEnd
      obstacles.push(`${backEnd.kind}: ${obstacle}`)
    }
    throw new AppError('scheduler-missing', 'nothing on this machine can start backups by itself', {
      reason: obstacles.join('; '),
      hint:
        kind === undefined
          ? 'install cron, or let whatever starts programs here run: borgboi schedule run --all'
          : 'leave out --scheduler to take what there is',
    })
  }

  /** The jobs of this home. */
  async #jobsIn(backEnd: BackEnd): Promise<readonly FoundJob[]> {
    return (await backEnd.found()).filter(({ note }) => note.home === this.#machine.home)
  }

  async #listIn(backEnd: BackEnd): Promise<InstalledSchedule[]> {
    return await Promise.all((await this.#jobsIn(backEnd)).map((job) => this.#inspect(backEnd, job)))
  }

  async #inspect(backEnd: BackEnd, job: FoundJob): Promise<InstalledSchedule> {
    const [{ active, problems }, missing] = await Promise.all([backEnd.state(job), missingProgram(job)])
    return {
      id: job.id,
      schedule: job.note.schedule,
      scheduler: backEnd.kind,
      scope: backEnd.scope,
      since: job.note.since,
      files: job.files,
      active: active && missing === undefined,
      problems: missing === undefined ? problems : [missing, ...problems],
    }
  }

  /** Nothing is done where all is as it should be: a timer that runs is left alone. */
  async #put(backEnd: BackEnd, job: Job, files: readonly JobFile[]): Promise<void> {
    const isThere = files.every(({ text, before }) => text === before)
    const found = isThere ? (await this.#jobsIn(backEnd)).find(({ id }) => id === job.id) : undefined
    if (found !== undefined && (await backEnd.state(found)).active) return
    await backEnd.install(job, files)
  }

  /** What does the same in another scheduler. */
  async #elsewhere(used: BackEnd, schedule: Schedule) {
    const others = this.#backEnds([this.#machine.scope]).filter(({ kind }) => kind !== used.kind)
    const found = others.map(async (backEnd) =>
      (await this.#jobsIn(backEnd)).filter((job) => isOfSameRepos(job, schedule)).map((job) => ({ backEnd, job })),
    )
    return (await Promise.all(found)).flat()
  }

  /** Installed again for the same time it is due as before. */
  #since(schedule: Schedule, former: FoundJob | undefined): string {
    const isSame = former && formatCalendar(former.note.schedule.at) === formatCalendar(schedule.at)
    return isSame ? former.note.since : this.#options.clock.now().toISOString()
  }

  #requireFree({ path, before }: JobFile): void {
    if (before === undefined || readNote(before)?.home === this.#machine.home) return
    throw new AppError('schedule-taken', `cannot write ${path}`, {
      reason: 'it is there, and is not a schedule of this home',
      hint: `look at it, and move it away when it is needed no more: ${path}`,
    })
  }

  async #environment(interpreter: string): Promise<Readonly<Record<string, string>>> {
    const settings = { configFile: undefined, ...(await this.#options.settings()) }
    const { env, user, scope } = this.#machine
    return await scheduledEnvironment({ interpreter, home: user.home, asRoot: scope === 'system', ...settings }, env)
  }
}

function isOfSameRepos(job: FoundJob, schedule: Schedule): boolean {
  return job.note.schedule.repo === schedule.repo
}

function changeOf(text: string, before: string | undefined): 'made' | 'changed' | 'same' {
  if (before === undefined) return 'made'
  return before === text ? 'same' : 'changed'
}

async function missingProgram({ note }: FoundJob): Promise<ScheduleProblem | undefined> {
  for (const path of note.program) {
    if (await mayBeThere(path)) continue
    const hint = 'install it again, so that it starts what is there now: borgboi schedule install'
    return { message: `it starts ${path}, which is no longer there`, hint }
  }
  return undefined
}

/** What this user may not look at can still be there for root. */
async function mayBeThere(path: string): Promise<boolean> {
  try {
    return (await statIfAny(path)) !== undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'file-denied') return true
    throw error
  }
}

function passing(program: readonly string[]): ScheduleProblem[] {
  const path = findPassing(program)
  if (path === undefined) return []
  const message = `it starts ${path}, which a restart or an upgrade may take away`
  return [{ message, hint: 'install it again afterwards: borgboi schedule install' }]
}

function missed(variables: readonly string[]): ScheduleProblem[] {
  if (variables.length === 0) return []
  const message = `scheduled runs will not have ${variables.join(', ')}, which are set here`
  return [{ message, hint: 'put settings into the configuration, and credentials where the AWS tools find them' }]
}
