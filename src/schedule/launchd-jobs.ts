// launchd: a property list per schedule, as an agent of the user or as a daemon of the machine.

import { join } from 'node:path'
import { listIfAny, readTextIfAny } from '../platform/files.ts'
import type { BackEnd, FoundJob } from './back-end.ts'
import type { Machine, Scope } from './machine.ts'
import { readNote } from './note.ts'
import type { InstalledSchedule } from './scheduler.ts'

const PLIST_FILE = /^(borgboi[\w.-]*)\.plist$/

export class LaunchdJobs implements BackEnd {
  readonly kind = 'launchd'
  readonly scope: Scope
  readonly #machine: Machine

  constructor(machine: Machine, scope: Scope) {
    this.#machine = machine
    this.scope = scope
  }

  async found(): Promise<readonly FoundJob[]> {
    const jobs: FoundJob[] = []
    for (const name of (await listIfAny(this.#directory)) ?? []) {
      const id = PLIST_FILE.exec(name)?.[1]
      const file = join(this.#directory, name)
      const note = id === undefined ? undefined : readNote((await readTextIfAny(file)) ?? '')
      if (id !== undefined && note !== undefined) jobs.push({ id, note, files: [file] })
    }
    return jobs
  }

  async state({ id, files }: FoundJob): Promise<Pick<InstalledSchedule, 'active' | 'problems'>> {
    const { exitCode } = await this.#machine.ask('launchctl', 'print', `${this.#domain}/${id}`)
    if (exitCode === 0) return { active: true, problems: [] }
    const sudo = this.scope === 'system' ? 'sudo ' : ''
    const hint = `load it with: ${sudo}launchctl bootstrap ${this.#domain} ${files.join(' ')}`
    return { active: false, problems: [{ message: `launchd has not loaded ${id}`, hint }] }
  }

  get #directory(): string {
    if (this.scope === 'system') return this.#machine.ofSystem('/Library/LaunchDaemons')
    return join(this.#machine.user.home, 'Library/LaunchAgents')
  }

  get #domain(): string {
    return this.scope === 'system' ? 'system' : `gui/${this.#machine.user.uid}`
  }
}
