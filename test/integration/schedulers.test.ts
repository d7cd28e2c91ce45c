// The real systemd and the real cron, each in a world of its own: what is installed starts the built program, which makes
// a real backup.

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseCalendar } from '../../src/model/calendar.ts'
import type { Schedule } from '../../src/model/schedule.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { outputOf } from '../../src/platform/program-output.ts'
import { findProgram } from '../../src/platform/programs.ts'
import { MachineScheduler } from '../../src/schedule/machine-scheduler.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { BUILT_PROGRAM, buildWhenStale } from '../support/built-program.ts'
import { archivesOf, nextSecond, reportsOf, type Stage, setUpDocs } from '../support/cli-stage.ts'
import { eventually, noNamespaces, startDaemon } from '../support/own-world.ts'
import { shellScript } from '../support/programs.ts'
import { tempDir } from '../support/temp-dir.ts'

const SYSTEMD = ['/usr/lib/systemd/systemd', '/lib/systemd/systemd'].find((path) => existsSync(path))
const CRON = await findProgram('cron', { PATH: '/usr/sbin:/usr/bin' })
for (const [program, name] of [
  [SYSTEMD, 'systemd'],
  [CRON, 'cron'],
]) {
  if (program === undefined) console.warn(`\n!!! SKIPPED: there is no ${name} on this machine to try schedules with\n`)
}

const conditions = { network: false, volume: false, mains: false, waitMs: 0 }
const daily: Schedule = { at: parseCalendar('daily'), jitterMs: 0, conditions }
const INSTALL = { dryRun: false }

/** A stage whose repo needs nothing of the environment. */
async function setUp(): Promise<Stage> {
  const stage = await setUpDocs(await tempDir())
  await writeFile(
    join(stage.home, 'config.yaml'),
    `borg:\n  executable_path: ${testBorg}\n  additional_free_space: 0\n`,
  )
  return stage
}

/** A scheduler of that stage for a user who is not root, as far as it can tell. */
function schedulerOf({ home, root }: Stage, env: Readonly<Record<string, string>>): MachineScheduler {
  return new MachineScheduler({
    home,
    env: { PATH: '/usr/bin:/bin', HOME: root, BORGBOI_HOME: root, BORG_BASE_DIR: root, ...env },
    user: { uid: 1000, name: 'anna', home: root },
    root: join(root, 'nowhere'),
    program: { interpreter: process.execPath, script: BUILT_PROGRAM },
    clock: systemClock,
    settings: async () => ({ borg: testBorg }),
  })
}

beforeAll(buildWhenStale)

describe.skipIf(testBorgVersion === undefined || noNamespaces !== undefined || SYSTEMD === undefined)(
  'the manager of a user, the real systemd',
  () => {
    async function start() {
      const stage = await setUp()
      const [runtime, bin] = [join(stage.root, 'runtime'), join(stage.root, 'bin')]
      await mkdir(runtime, { mode: 0o700 })
      await mkdir(bin)
      const env = { HOME: stage.root, XDG_RUNTIME_DIR: runtime, PATH: `${bin}:/usr/bin:/bin` }
      const daemon = await startDaemon(
        'mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/system',
        `${SYSTEMD} --user --log-target=console`,
        env,
      )
      await daemon.command(join(bin, 'systemctl'), '/usr/bin/systemctl')
      // The crontab of whoever runs the tests is left alone.
      await shellScript(join(bin, 'crontab'), 'echo not allowed; exit 1')
      const systemctl = async (...args: string[]) =>
        (await outputOf('systemctl', ['--user', ...args], { env, timeoutMs: 20_000 })).stdout
      await eventually(async () => (await systemctl('is-system-running')) === 'running' || undefined, 20).catch(() => {
        throw new Error(`systemd did not start: ${daemon.said()}`)
      })
      return { stage, systemctl, scheduler: schedulerOf(stage, env) }
    }

    test('fires what it has missed, once, and the service does what it has to within its limits', async () => {
      const { stage, systemctl, scheduler } = await start()
      const installation = await scheduler.install(daily, INSTALL)
      const again = await scheduler.install(daily, INSTALL)
      const installed = await scheduler.list()
      await systemctl('stop', 'borgboi.timer')
      const stopped = await scheduler.list()
      const stamp = join(stage.root, '.local/share/systemd/timers/stamp-borgboi.timer')
      const longAgo = new Date(Date.now() - 2 * 86_400_000)
      await utimes(stamp, longAgo, longAgo)

      await systemctl('start', 'borgboi.timer')
      const [report] = await eventually(async () => {
        const reports = await reportsOf(stage)
        return reports.length > 0 ? reports : undefined
      }, 60)
      const result = await eventually(async () => {
        const shown = await systemctl('show', 'borgboi.service', '--property=ActiveState,Result,ExecMainStatus')
        return shown.includes('ActiveState=inactive') ? shown : undefined
      }, 20)

      expect(installation).toMatchObject({ scheduler: 'systemd', scope: 'user', files: [{ change: 'made' }, {}] })
      expect(again.files.map(({ change }) => change)).toEqual(['same', 'same'])
      expect(installed).toMatchObject([{ active: true, schedule: daily }])
      expect(stopped).toMatchObject([{ active: false }])
      expect(report, JSON.stringify(report?.failure)).toMatchObject({ workflow: 'backup daily', outcome: 'ok' })
      expect(await archivesOf(stage)).toHaveLength(1)
      expect(result).toContain('Result=success')
      expect(await scheduler.list()).toMatchObject([{ active: true }])
    })

    test('takes a skipped run for none that failed, and forgets all of a schedule that is removed', async () => {
      const { stage, systemctl, scheduler } = await start()
      await scheduler.install({ ...daily, conditions: { ...conditions, volume: true } }, INSTALL)
      await rename(stage.repository, `${stage.repository}.unplugged`)

      await systemctl('start', 'borgboi.service')
      const [report] = await reportsOf(stage)
      const result = await systemctl('show', 'borgboi.service', '--property=Result,ExecMainStatus')
      const [installed] = await scheduler.list()
      if (installed) await scheduler.remove(installed)

      expect(report).toMatchObject({ outcome: 'skipped', exitCode: 75, steps: [{ name: 'volume' }] })
      expect(result).toBe('Result=success\nExecMainStatus=75')
      expect(await scheduler.list()).toEqual([])
      expect(await systemctl('list-timers', '--all', '--no-legend')).toBe('')
      expect(await readdir(join(stage.root, '.config/systemd/user'))).not.toContain('borgboi.timer')
      expect(await readdir(join(stage.root, '.local/share/systemd/timers'))).toEqual([])
    })
  },
)

describe.skipIf(testBorgVersion === undefined || noNamespaces !== undefined || CRON === undefined)(
  'the real cron',
  () => {
    test('fires a daily backup from what was written into a crontab', async () => {
      const stage = await setUp()
      // Its spool, and nothing of what this machine has for cron to do.
      const daemon = await startDaemon(
        `mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /etc/cron.d; mount --bind /dev/null /etc/crontab
      mount -t tmpfs tmpfs /var/spool/cron; mkdir -m 1730 /var/spool/cron/crontabs`,
        `${CRON?.path} -f`,
      )
      const crontab = join(stage.root, 'bin/crontab')
      await mkdir(dirname(crontab))
      await daemon.command(crontab, '/usr/bin/crontab')
      await shellScript(join(dirname(crontab), 'systemctl'), 'exit 1')
      const scheduler = schedulerOf(stage, { PATH: `${dirname(crontab)}:/usr/bin:/bin` })

      // Cron sees a change of its spool by whole seconds: one within the second of its start is none to it.
      await nextSecond()
      const installation = await scheduler.install({ ...daily, at: parseCalendar('*:*') }, INSTALL)
      const listed = await scheduler.list()
      // The last thing that a run writes.
      const [report] = await eventually(async () => {
        const reports = await reportsOf(stage)
        return reports.length > 0 ? reports : undefined
      }, 100)
      const [installed] = listed
      if (installed) await scheduler.remove(installed)

      expect(installation).toMatchObject({ scheduler: 'cron', files: [{ change: 'made' }] })
      expect(listed).toMatchObject([{ active: true, problems: [] }])
      expect(report, `${JSON.stringify(report?.failure)} ${daemon.said()}`).toMatchObject({
        workflow: 'backup daily',
        outcome: 'ok',
      })
      expect(await archivesOf(stage)).toHaveLength(1)
      expect(await scheduler.list()).toEqual([])
      expect(await readFile(join(stage.source, 'a.txt'), 'utf8')).toBe('alpha')
    })
  },
)
