// systemd: a timer and the service it starts, of the user's own manager or of the machine's.

import { join } from 'node:path'
import { listIfAny, lstatIfAny, readTextIfAny } from '../platform/files.ts'
import type { BackEnd, FoundJob } from './back-end.ts'
import { lastWords, type Machine, type Scope } from './machine.ts'
import { readNote } from './note.ts'
import type { InstalledSchedule, ScheduleProblem } from './scheduler.ts'

const TIMER_FILE = /^(borgboi[\w.-]*)\.timer$/

export class SystemdTimers implements BackEnd {
  readonly kind = 'systemd'
  readonly scope: Scope
  readonly #machine: Machine

  constructor(machine: Machine, scope: Scope) {
    this.#machine = machine
    this.scope = scope
  }

  async found(): Promise<readonly FoundJob[]> {
    const jobs: FoundJob[] = []
    for (const name of (await listIfAny(this.#directory)) ?? []) {
      const id = TIMER_FILE.exec(name)?.[1]
      const file = join(this.#directory, name)
      const note = id === undefined ? undefined : readNote((await readTextIfAny(file)) ?? '')
      if (id !== undefined && note !== undefined)
        jobs.push({ id, note, files: [file, join(this.#directory, `${id}.service`)] })
    }
    return jobs
  }

  async state({ id }: FoundJob): Promise<Pick<InstalledSchedule, 'active' | 'problems'>> {
    const asked = await this.#systemctl('show', '--property=ActiveState,UnitFileState', `${id}.timer`)
    const words = this.scope === 'user' ? 'systemctl --user' : 'sudo systemctl'
    if (asked.exitCode !== 0) {
      const hint = `see with: ${words} status ${id}.timer`
      return { active: false, problems: [{ message: `systemd cannot be asked: ${lastWords(asked)}`, hint }] }
    }
    const problems: ScheduleProblem[] = []
    const active = asked.stdout.includes('ActiveState=active')
    const hint = `start it with: ${words} enable --now ${id}.timer`
    if (!active) problems.push({ message: `the timer ${id}.timer is not active`, hint })
    else if (!asked.stdout.includes('UnitFileState=enabled'))
      problems.push({ message: `the timer ${id}.timer is not enabled: a restart ends it`, hint })
    if (active && !(await this.#lingers())) {
      problems.push({
        message: `the timer stops when ${this.#machine.user.name} logs out`,
        hint: `let it go on with: sudo loginctl enable-linger ${this.#machine.user.name}`,
      })
    }
    return { active, problems }
  }

  get #directory(): string {
    if (this.scope === 'system') return this.#machine.ofSystem('/etc/systemd/system')
    const { env, user } = this.#machine
    return join(env['XDG_CONFIG_HOME'] || join(user.home, '.config'), 'systemd/user')
  }

  #systemctl(...args: readonly string[]) {
    return this.#machine.ask('systemctl', ...(this.scope === 'user' ? ['--user'] : []), ...args)
  }

  /** Whether the user's manager runs without the user. logind keeps an empty file of the user's name for that. */
  async #lingers(): Promise<boolean> {
    if (this.scope === 'system') return true
    const file = join(this.#machine.ofSystem('/var/lib/systemd/linger'), this.#machine.user.name)
    return (await lstatIfAny(file)) !== undefined
  }
}
