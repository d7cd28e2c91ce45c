// What every scheduler has to do, whatever it installs into.

import { describe, expect, it } from 'vitest'
import type { Scheduler } from '../../src/deps.ts'
import { parseCalendar } from '../../src/model/calendar.ts'
import { parseRepoName } from '../../src/model/names.ts'
import type { Schedule } from '../../src/model/schedule.ts'
import type { FakeClock } from '../fakes/fake-clock.ts'

const docs = parseRepoName('docs')

function schedule(at: string, changes: Partial<Schedule> = {}): Schedule {
  const conditions = { network: true, volume: true, mains: true, waitMs: 600_000 }
  return { at: parseCalendar(at), jitterMs: 300_000, conditions, ...changes }
}

const INSTALL = { dryRun: false }

export function schedulerContract(
  name: string,
  open: () => Promise<{ readonly scheduler: Scheduler; readonly clock: FakeClock }>,
): void {
  describe(name, () => {
    it('has nothing at first', async () => {
      expect(await (await open()).scheduler.list()).toEqual([])
    })

    it('lists what was installed as it was given, and that it will run', async () => {
      const { scheduler } = await open()
      const wanted = schedule('Mon..Fri 18:00')

      const installation = await scheduler.install(wanted, INSTALL)

      const [listed, ...others] = await scheduler.list()
      expect(listed).toMatchObject({ id: installation.id, schedule: wanted, active: true, problems: [] })
      expect(others).toEqual([])
      expect(installation.files.map(({ change }) => change)).not.toContain('same')
      expect(listed?.files).toEqual(installation.files.map(({ path }) => path))
    })

    it('changes nothing when the same is installed again', async () => {
      const { scheduler, clock } = await open()
      await scheduler.install(schedule('daily'), INSTALL)
      const before = await scheduler.list()
      clock.advance(86_400_000)

      const again = await scheduler.install(schedule('daily'), INSTALL)

      expect(again.files.every(({ change }) => change === 'same')).toBe(true)
      expect(await scheduler.list()).toEqual(before)
    })

    it('replaces the schedule of the same repos, and keeps that of others', async () => {
      const { scheduler } = await open()
      await scheduler.install(schedule('daily'), INSTALL)
      await scheduler.install(schedule('hourly', { repo: docs }), INSTALL)

      const changed = await scheduler.install(schedule('04:00', { jitterMs: 0 }), INSTALL)

      expect(changed.files.map(({ change }) => change)).toContain('changed')
      expect((await scheduler.list()).map((installed) => installed.schedule)).toEqual([
        schedule('04:00', { jitterMs: 0 }),
        schedule('hourly', { repo: docs }),
      ])
    })

    it('tells since when it is due at its time', async () => {
      const { scheduler, clock } = await open()
      const installed = async (at: string, jitterMs: number) => {
        clock.advance(3_600_000)
        await scheduler.install(schedule(at, { jitterMs }), INSTALL)
        const [listed] = await scheduler.list()
        return listed?.since
      }

      const first = clock.now().getTime() + 3_600_000
      expect(await installed('daily', 0)).toBe(new Date(first).toISOString())
      expect(await installed('daily', 60_000)).toBe(new Date(first).toISOString())
      expect(await installed('hourly', 0)).toBe(new Date(first + 2 * 3_600_000).toISOString())
    })

    it('only says what it would write when asked to', async () => {
      const { scheduler } = await open()

      const dry = await scheduler.install(schedule('daily'), { dryRun: true })

      expect(dry.files).not.toEqual([])
      expect(dry.files.every(({ text, change }) => text !== '' && change === 'made')).toBe(true)
      expect(await scheduler.list()).toEqual([])
    })

    it('removes one, and keeps the others', async () => {
      const { scheduler } = await open()
      await scheduler.install(schedule('daily'), INSTALL)
      await scheduler.install(schedule('hourly', { repo: docs }), INSTALL)
      const [every] = await scheduler.list()

      if (every) await scheduler.remove(every)

      expect((await scheduler.list()).map((installed) => installed.schedule.repo)).toEqual([docs])
    })

    it('removes what is gone already', async () => {
      const { scheduler } = await open()
      await scheduler.install(schedule('daily'), INSTALL)
      const [every] = await scheduler.list()

      if (every) await scheduler.remove(every)
      if (every) await scheduler.remove(every)

      expect(await scheduler.list()).toEqual([])
    })

    it('says that there is no scheduler of a kind that the machine does not have', async () => {
      const { scheduler } = await open()
      const { scheduler: kind } = await scheduler.install(schedule('daily'), { dryRun: true })
      const other = kind === 'launchd' ? 'systemd' : 'launchd'

      await expect(scheduler.install(schedule('daily'), { kind: other, dryRun: false })).rejects.toMatchObject({
        code: 'scheduler-missing',
        exitCode: 20,
      })
    })
  })
}
