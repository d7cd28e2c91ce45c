// Schedules in memory.

import type { InstalledSchedule, Scheduler } from '../../src/deps.ts'

export class FakeScheduler implements Scheduler {
  /** What is installed; tests put in what they need. */
  readonly installed: InstalledSchedule[] = []

  async list(): Promise<readonly InstalledSchedule[]> {
    return [...this.installed]
  }
}
