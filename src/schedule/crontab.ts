// cron: lines in the crontab of the user, where there is nothing better.

import { basename } from 'node:path'
import type { BackEnd, FoundJob } from './back-end.ts'
import { readBlocks } from './crontab-text.ts'
import type { Machine, Scope } from './machine.ts'
import type { InstalledSchedule } from './scheduler.ts'

/** What the daemons of the several crons are called. */
const DAEMONS = ['cron', 'crond', 'fcron', 'anacron', 'dcron', 'bcron-start']

export class Crontab implements BackEnd {
  readonly kind = 'cron'
  readonly scope: Scope
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
    this.scope = machine.scope
  }

  async found(): Promise<readonly FoundJob[]> {
    const files = [`the crontab of ${this.#machine.user.name}`]
    return readBlocks(await this.#read()).map((block) => ({ ...block, files }))
  }

  async state(): Promise<Pick<InstalledSchedule, 'active' | 'problems'>> {
    if (await this.#isRunning()) return { active: true, problems: [] }
    const hint = 'start it with: sudo service cron start (its name may also be crond)'
    return { active: false, problems: [{ message: 'no cron is running on this machine', hint }] }
  }

  /** Empty where there is none, or no cron. */
  async #read(): Promise<string> {
    const { exitCode, stdout } = await this.#machine.ask('crontab', '-l')
    return exitCode === 0 ? stdout : ''
  }

  /** Where processes cannot be listed it is believed. */
  async #isRunning(): Promise<boolean> {
    const { exitCode, stdout } = await this.#machine.ask('ps', '-A', '-o', 'comm=')
    return exitCode !== 0 || stdout.split('\n').some((command) => DAEMONS.includes(basename(command.trim())))
  }
}
