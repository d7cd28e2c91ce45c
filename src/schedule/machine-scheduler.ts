// The schedules of this home on this machine, whichever kind of scheduler has them.

import { statIfAny } from '../platform/files.ts'
import type { BackEnd, FoundJob } from './back-end.ts'
import { Crontab } from './crontab.ts'
import { LaunchdJobs } from './launchd-jobs.ts'
import { Machine, type MachineOptions } from './machine.ts'
import type { InstalledSchedule, ScheduleProblem, Scheduler } from './scheduler.ts'
import { SystemdTimers } from './systemd-timers.ts'

export class MachineScheduler implements Scheduler {
  readonly #machine: Machine

  constructor(options: MachineOptions) {
    this.#machine = new Machine(options)
  }

  async list(): Promise<readonly InstalledSchedule[]> {
    const found = await Promise.all(this.#seen().map((backEnd) => this.#listIn(backEnd)))
    return found.flat().sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** A user sees what root installed for the home, too. */
  #seen(): BackEnd[] {
    const scopes = this.#machine.scope === 'user' ? (['user', 'system'] as const) : (['system'] as const)
    return [
      ...scopes.map((scope) => new SystemdTimers(this.#machine, scope)),
      ...scopes.map((scope) => new LaunchdJobs(this.#machine, scope)),
      new Crontab(this.#machine),
    ]
  }

  async #listIn(backEnd: BackEnd): Promise<InstalledSchedule[]> {
    const ours = (await backEnd.found()).filter(({ note }) => note.home === this.#machine.home)
    return await Promise.all(ours.map((job) => this.#inspect(backEnd, job)))
  }

  async #inspect(backEnd: BackEnd, job: FoundJob): Promise<InstalledSchedule> {
    const [{ active, problems }, missing] = await Promise.all([backEnd.state(job), missingProgram(job)])
    return {
      id: job.id,
      schedule: job.note.schedule,
      scheduler: backEnd.kind,
      scope: backEnd.scope,
      files: job.files,
      active: active && missing === undefined,
      problems: missing === undefined ? problems : [missing, ...problems],
    }
  }
}

async function missingProgram({ note }: FoundJob): Promise<ScheduleProblem | undefined> {
  for (const path of note.program) {
    if ((await statIfAny(path)) !== undefined) continue
    const hint = 'install it again, so that it starts what is there now: borgboi schedule install'
    return { message: `it starts ${path}, which is no longer there`, hint }
  }
  return undefined
}
