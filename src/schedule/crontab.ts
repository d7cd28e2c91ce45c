// cron: lines in the crontab of the user, where there is nothing better.

import { basename, join } from 'node:path'
import { AppError } from '../errors.ts'
import { removeFileIfAny } from '../platform/entries.ts'
import { writeTemporary } from '../platform/files.ts'
import type { BackEnd, FoundJob, JobFile } from './back-end.ts'
import { type CrontabBlock, readBlocks, renderBlock, withBlock } from './crontab-text.ts'
import type { Job } from './job.ts'
import { type Machine, requireDone, type Scope } from './machine.ts'
import type { InstalledSchedule } from './scheduler.ts'

/** What the daemons of the several crons are called. */
const DAEMONS = ['cron', 'crond', 'fcron', 'dcron']
/** How the several crons say that a user has none yet. */
const NO_CRONTAB = /no crontab for|can't open|cannot open|no such file/i

export class Crontab implements BackEnd {
  readonly kind = 'cron'
  readonly scope: Scope
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
    this.scope = machine.scope
  }

  async obstacle(): Promise<string | undefined> {
    try {
      await this.#read()
      return undefined
    } catch (error) {
      if (error instanceof AppError) return error.reason
      throw error
    }
  }

  /** Nothing where there is no cron, and where the user may have no crontab. */
  async found(): Promise<readonly FoundJob[]> {
    if ((await this.obstacle()) !== undefined) return []
    return readBlocks(await this.#read()).map((block) => ({ ...block, files: [this.#place] }))
  }

  async state(): Promise<Pick<InstalledSchedule, 'active' | 'problems'>> {
    if (await this.#isRunning()) return { active: true, problems: [] }
    const hint = 'start it with: sudo service cron start (in some systems it is called crond)'
    return { active: false, problems: [{ message: 'no cron is running on this machine', hint }] }
  }

  async render(job: Job): Promise<readonly JobFile[]> {
    const text = renderBlock(job)
    return [{ path: this.#place, text, before: this.#blockOf(job, await this.#read())?.text }]
  }

  async install(job: Job, files: readonly JobFile[]): Promise<void> {
    const crontab = await this.#read()
    for (const { text } of files) await this.#write(withBlock(crontab, this.#blockOf(job, crontab), text))
  }

  async remove(job: FoundJob): Promise<void> {
    const crontab = await this.#read()
    await this.#write(withBlock(crontab, this.#blockOf(job, crontab), undefined))
  }

  get #place(): string {
    return `the crontab of ${this.#machine.user.name}`
  }

  #blockOf({ id, note }: Pick<FoundJob, 'id' | 'note'>, crontab: string): CrontabBlock | undefined {
    return readBlocks(crontab).find((block) => block.id === id && block.note.home === note.home)
  }

  /** Empty where there is none yet. @throws AppError `scheduler-failed` rather than taking another failure for none */
  async #read(): Promise<string> {
    const asked = await this.#machine.ask('crontab', '-l')
    if (asked.exitCode !== 0 && NO_CRONTAB.test(`${asked.stdout}\n${asked.stderr}`)) return ''
    requireDone(asked, 'read the crontab')
    if (!asked.stdout.includes('\ufffd')) return asked.stdout === '' ? '' : `${asked.stdout}\n`
    throw new AppError('scheduler-failed', `cannot change ${this.#place}`, {
      reason: 'it is not written in UTF-8, and would lose letters',
      hint: 'convert it first, with: crontab -l | iconv -f latin1 -t utf-8 | crontab -',
    })
  }

  /** A crontab with nothing in it goes. */
  async #write(text: string): Promise<void> {
    if (text === '') return requireDone(await this.#machine.ask('crontab', '-r'), 'remove the crontab')
    const file = await writeTemporary(join(this.#machine.home, 'data', 'crontab'), text)
    try {
      requireDone(await this.#machine.ask('crontab', file), 'change the crontab')
    } finally {
      await removeFileIfAny(file)
    }
  }

  /** Where processes cannot be listed it is believed. */
  async #isRunning(): Promise<boolean> {
    const { exitCode, stdout } = await this.#machine.ask('ps', '-A', '-o', 'comm=')
    return exitCode !== 0 || stdout.split('\n').some((command) => DAEMONS.includes(basename(command.trim())))
  }
}
