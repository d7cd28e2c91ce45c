// Schedules in memory, on a machine that has cron.

import type { Clock, InstalledSchedule, InstallOptions, ScheduleInstallation, Scheduler } from '../../src/deps.ts'
import { AppError } from '../../src/errors.ts'
import { formatCalendar } from '../../src/model/calendar.ts'
import type { Schedule } from '../../src/model/schedule.ts'

export class FakeScheduler implements Scheduler {
  readonly #clock: Clock
  /** What is installed; tests change it as time would. */
  installed: InstalledSchedule[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async list(): Promise<readonly InstalledSchedule[]> {
    return [...this.installed].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  async install(schedule: Schedule, { kind, dryRun }: InstallOptions): Promise<ScheduleInstallation> {
    if (kind !== undefined && kind !== 'cron') {
      throw new AppError('scheduler-missing', 'nothing on this machine can start backups by itself', {
        reason: `${kind}: there is none`,
        hint: 'leave out --scheduler to take what there is',
      })
    }
    const id = schedule.repo === undefined ? 'borgboi' : `borgboi-${schedule.repo}`
    const before = this.installed.find((installed) => installed.id === id)
    const text = `${formatCalendar(schedule.at)} borgboi`
    const isSame = JSON.stringify(before?.schedule) === JSON.stringify(schedule)
    const change = before === undefined ? 'made' : isSame ? 'same' : 'changed'
    const about = { id, schedule, scheduler: 'cron', scope: 'user' } as const
    if (!dryRun) {
      const isThen = before && formatCalendar(before.schedule.at) === formatCalendar(schedule.at)
      const since = isThen ? before.since : this.#clock.now().toISOString()
      const others = this.installed.filter((installed) => installed.id !== id)
      this.installed = [...others, { ...about, since, files: ['the crontab of anna'], active: true, problems: [] }]
    }
    return { ...about, files: [{ path: 'the crontab of anna', text, change }], problems: [] }
  }

  async remove({ id }: InstalledSchedule): Promise<void> {
    this.installed = this.installed.filter((installed) => installed.id !== id)
  }
}
