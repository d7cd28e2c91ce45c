// systemd: a timer and the service it starts, of the user's own manager or of the machine's.

import { join } from 'node:path'
import { listIfAny, lstatIfAny } from '../platform/files.ts'
import type { BackEnd, FoundJob, JobFile } from './back-end.ts'
import type { Job } from './job.ts'
import { lastWords, type Machine, requireDone, type Scope } from './machine.ts'
import { findNotes, removeJobFiles, toJobFile, writeJobFiles } from './note-files.ts'
import type { InstalledSchedule, ScheduleProblem } from './scheduler.ts'
import { type Credential, isCredential, renderService, renderTimer } from './systemd-text.ts'

/** From here on an exit status is systemd's own: it could not start the program. Source: systemd.exec(5). */
const OWN_EXIT_STATUS = 200

export class SystemdTimers implements BackEnd {
  readonly kind = 'systemd'
  readonly scope: Scope
  readonly #machine: Machine

  constructor(machine: Machine, scope: Scope) {
    this.#machine = machine
    this.scope = scope
  }

  async obstacle(): Promise<string | undefined> {
    const asked = await this.#systemctl('show', '--property=Version')
    return asked.exitCode === 0 ? undefined : lastWords(asked)
  }

  async found(): Promise<readonly FoundJob[]> {
    const notes = await findNotes(this.#directory, '.timer')
    return notes.map((found) => ({ ...found, files: [this.#path(found.id, 'timer'), this.#path(found.id, 'service')] }))
  }

  async state({ id }: FoundJob): Promise<Pick<InstalledSchedule, 'active' | 'problems'>> {
    const [timer, service] = await Promise.all([
      this.#systemctl('show', '--property=ActiveState,UnitFileState', `${id}.timer`),
      this.#systemctl('show', '--property=ExecMainStatus,Result', `${id}.service`),
    ])
    const words = this.scope === 'user' ? 'systemctl --user' : 'sudo systemctl'
    if (timer.exitCode !== 0) {
      const hint = `see with: ${words} status ${id}.timer`
      return { active: false, problems: [{ message: `systemd cannot be asked: ${lastWords(timer)}`, hint }] }
    }
    const problems: ScheduleProblem[] = []
    const active = timer.stdout.includes('ActiveState=active')
    const hint = `start it with: ${words} enable --now ${id}.timer`
    if (!active) problems.push({ message: `the timer ${id}.timer is not active`, hint })
    else if (!timer.stdout.includes('UnitFileState=enabled'))
      problems.push({ message: `the timer ${id}.timer is not enabled: a restart ends it`, hint })
    const status = Number(/ExecMainStatus=(\d+)/.exec(service.stdout)?.[1] ?? 0)
    if (status >= OWN_EXIT_STATUS || service.stdout.includes('Result=resources'))
      problems.push({
        message: `systemd could not start it the last time`,
        hint: `see with: ${words} status ${id}.service`,
      })
    if (active && !(await this.#lingers())) {
      problems.push({
        message: `the timer stops when ${this.#machine.user.name} logs out`,
        hint: `let it go on with: sudo loginctl enable-linger ${this.#machine.user.name}`,
      })
    }
    return { active, problems }
  }

  async render(job: Job): Promise<readonly JobFile[]> {
    return [
      await toJobFile(this.#path(job.id, 'timer'), renderTimer(job, this.scope)),
      await toJobFile(this.#path(job.id, 'service'), renderService(job, this.scope, await this.#credentials(job))),
    ]
  }

  async install({ id }: Job, files: readonly JobFile[]): Promise<void> {
    await writeJobFiles(files)
    requireDone(await this.#systemctl('daemon-reload'), 'make systemd read its units again')
    requireDone(await this.#systemctl('enable', `${id}.timer`), `enable ${id}.timer`)
    // A timer that runs already would keep to its old time until then.
    requireDone(await this.#systemctl('restart', `${id}.timer`), `start ${id}.timer`)
  }

  async remove({ id, files }: FoundJob): Promise<void> {
    requireDone(await this.#systemctl('disable', '--now', `${id}.timer`), `stop ${id}.timer`)
    // The time stamp of Persistent=: a timer of that name would otherwise catch up at once, years later.
    await this.#systemctl('clean', '--what=state', `${id}.timer`)
    await removeJobFiles(files.toReversed())
    requireDone(await this.#systemctl('daemon-reload'), 'make systemd read its units again')
    await this.#systemctl('reset-failed', `${id}.service`)
  }

  /** Secrets for us in the machine's credential store. Services of users get none from there. */
  async #credentials({ note }: Job): Promise<Credential[]> {
    if (this.scope === 'user') return []
    const credentials: Credential[] = []
    for (const [directory, encrypted] of [
      ['/etc/credstore.encrypted', true],
      ['/etc/credstore', false],
    ] as const) {
      const path = this.#machine.ofSystem(directory)
      for (const name of (await listIfAny(path)) ?? []) {
        const isMeant = isCredential(name, note.schedule.repo) && !credentials.some((other) => other.name === name)
        if (isMeant) credentials.push({ name, path: join(path, name), encrypted })
      }
    }
    return credentials.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #path(id: string, kind: 'timer' | 'service'): string {
    return join(this.#directory, `${id}.${kind}`)
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
