// launchd: a property list per schedule, as an agent of the user or as a daemon of the machine.

import { join } from 'node:path'
import type { BackEnd, FoundJob, JobFile } from './back-end.ts'
import type { Job } from './job.ts'
import { renderPropertyList } from './launchd-text.ts'
import { lastWords, type Machine, requireDone, type Scope } from './machine.ts'
import { findNotes, removeJobFiles, toJobFile, writeJobFiles } from './note-files.ts'
import type { InstalledSchedule } from './scheduler.ts'

export class LaunchdJobs implements BackEnd {
  readonly kind = 'launchd'
  readonly scope: Scope
  readonly #machine: Machine

  constructor(machine: Machine, scope: Scope) {
    this.#machine = machine
    this.scope = scope
  }

  async obstacle(): Promise<string | undefined> {
    const asked = await this.#machine.ask('launchctl', 'print', this.#domain)
    return asked.exitCode === 0 ? undefined : lastWords(asked)
  }

  async found(): Promise<readonly FoundJob[]> {
    const notes = await findNotes(this.#directory, '.plist')
    return notes.map((found) => ({ ...found, files: [this.#path(found.id)] }))
  }

  async state({ id, files }: FoundJob): Promise<Pick<InstalledSchedule, 'active' | 'problems'>> {
    const { exitCode } = await this.#machine.ask('launchctl', 'print', `${this.#domain}/${id}`)
    if (exitCode === 0) return { active: true, problems: [] }
    const sudo = this.scope === 'system' ? 'sudo ' : ''
    const hint = `load it with: ${sudo}launchctl bootstrap ${this.#domain} ${files.join(' ')}`
    return { active: false, problems: [{ message: `launchd has not loaded ${id}`, hint }] }
  }

  async render(job: Job): Promise<readonly JobFile[]> {
    const log = join(this.#machine.home, 'logs', 'schedule.log')
    return [await toJobFile(this.#path(job.id), renderPropertyList(job, log))]
  }

  async install({ id }: Job, files: readonly JobFile[]): Promise<void> {
    await this.#machine.makeLogDirectory()
    await writeJobFiles(files)
    await this.#unload(id)
    const path = this.#path(id)
    requireDone(await this.#machine.ask('launchctl', 'bootstrap', this.#domain, path), `load ${path} into launchd`)
  }

  async remove({ id, files }: FoundJob): Promise<void> {
    await this.#unload(id)
    await removeJobFiles(files)
  }

  /** Not loaded is fine: launchd says no in several ways then. */
  async #unload(id: string): Promise<void> {
    await this.#machine.ask('launchctl', 'bootout', `${this.#domain}/${id}`)
  }

  #path(id: string): string {
    return join(this.#directory, `${id}.plist`)
  }

  get #directory(): string {
    if (this.scope === 'system') return this.#machine.ofSystem('/Library/LaunchDaemons')
    return join(this.#machine.user.home, 'Library/LaunchAgents')
  }

  get #domain(): string {
    return this.scope === 'system' ? 'system' : `gui/${this.#machine.user.uid}`
  }
}
