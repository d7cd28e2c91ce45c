// The fake and every kind of scheduler, as far as programs that keep what they are told can stand for them; the real
// systemd and cron are in test/integration.

import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCalendar } from '../../src/model/calendar.ts'
import { SCHEDULERS, type Schedule, type SchedulerKind } from '../../src/model/schedule.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeScheduler } from '../fakes/fake-scheduler.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'
import { shellScript } from '../support/programs.ts'
import { scriptedMachine } from '../support/scripted-schedulers.ts'
import { tempDir } from '../support/temp-dir.ts'
import { schedulerContract } from './scheduler.contract.ts'

schedulerContract('the scheduler in memory', async () => {
  const clock = new FakeClock()
  return { scheduler: new FakeScheduler(clock), clock }
})
for (const kind of SCHEDULERS) {
  schedulerContract(`${kind}, of a user`, async () => await scriptedMachine(await tempDir(), [kind]))
  schedulerContract(`${kind}, of root`, async () => await scriptedMachine(await tempDir(), [kind], { asRoot: true }))
}

const conditions = { network: false, volume: false, mains: false, waitMs: 0 }
const daily: Schedule = { at: parseCalendar('daily'), jitterMs: 0, conditions }
const INSTALL = { dryRun: false }

describe.each(SCHEDULERS)('%s', (kind: SchedulerKind) => {
  it('keeps the schedules of several homes apart', async () => {
    const machine = await scriptedMachine(await tempDir(), [kind])
    const other = machine.withHome(join(machine.root, 'elsewhere/.borgboi'))

    const ours = await machine.scheduler.install(daily, INSTALL)
    const theirs = await other.install(daily, INSTALL)
    const [listed] = await other.list()
    if (listed) await other.remove(listed)

    expect(ours.id).toBe('borgboi')
    expect(theirs.id).toMatch(/^borgboi\.[0-9a-f]{8}$/)
    expect((await machine.scheduler.list()).map(({ id }) => id)).toEqual(['borgboi'])
    expect(await other.list()).toEqual([])
  })

  it('takes over a schedule that another kind had', async () => {
    const machine = await scriptedMachine(await tempDir(), ['systemd', 'launchd', 'cron'])
    const from = kind === 'cron' ? 'systemd' : 'cron'
    await machine.scheduler.install(daily, { kind: from, dryRun: false })

    const dry = await machine.scheduler.install(daily, { kind, dryRun: true })
    const before = await machine.scheduler.list()
    const moved = await machine.scheduler.install(daily, { kind, dryRun: false })

    expect(dry.movedFrom).toBe(from)
    expect(moved.movedFrom).toBe(from)
    expect(before.map(({ scheduler }) => scheduler)).toEqual([from])
    expect((await machine.scheduler.list()).map(({ scheduler }) => scheduler)).toEqual([kind])
  })
})

describe('the best there is', () => {
  it.each([
    [['cron', 'systemd'], 'systemd'],
    [['cron', 'launchd'], 'launchd'],
    [['cron'], 'cron'],
  ] as const)('of %j is %s', async (kinds, chosen) => {
    const { scheduler } = await scriptedMachine(await tempDir(), kinds)

    expect((await scheduler.install(daily, { dryRun: true })).scheduler).toBe(chosen)
  })

  it('of nothing is said, with the reasons', async () => {
    const { scheduler } = await scriptedMachine(await tempDir(), [])

    await expect(scheduler.install(daily, INSTALL)).rejects.toMatchObject({
      code: 'scheduler-missing',
      reason:
        'systemd: System has not been booted with systemd; launchd: launchctl: not found; ' +
        'cron: You (anna) are not allowed to use this program',
    })
    expect(await scheduler.list()).toEqual([])
  })
})

describe('systemd', () => {
  it('is told in an order in which nothing is forgotten', async () => {
    const machine = await scriptedMachine(await tempDir(), ['systemd'])

    await machine.scheduler.install(daily, INSTALL)
    await machine.scheduler.install(daily, INSTALL)
    const [listed] = await machine.scheduler.list()
    if (listed) await machine.scheduler.remove(listed)

    expect(await machine.calls()).toEqual([
      'systemctl daemon-reload',
      'systemctl enable borgboi.timer',
      'systemctl restart borgboi.timer',
      'systemctl disable --now borgboi.timer',
      'systemctl clean --what=state borgboi.timer',
      'systemctl daemon-reload',
      'systemctl reset-failed borgboi.service',
    ])
  })

  it('leaves a unit alone that somebody else has put in the same place', async () => {
    const machine = await scriptedMachine(await tempDir(), ['systemd'])
    const units = join(machine.root, 'home/anna/.config/systemd/user')
    await mkdir(units, { recursive: true })
    await writeFile(join(units, 'borgboi.service'), '[Service]\nExecStart=/bin/true\n')

    await expect(machine.scheduler.install(daily, INSTALL)).rejects.toMatchObject({
      code: 'schedule-taken',
      exitCode: 2,
    })

    expect(await readFile(join(units, 'borgboi.service'), 'utf8')).toBe('[Service]\nExecStart=/bin/true\n')
    expect(await machine.scheduler.list()).toEqual([])
  })

  it('starts a timer again that was stopped, and mends units that were changed', async () => {
    const machine = await scriptedMachine(await tempDir(), ['systemd'])
    const { files } = await machine.scheduler.install(daily, INSTALL)
    const [timer] = files
    await writeFile(timer?.path ?? '', `${timer?.text}# changed\n`)

    const mended = await machine.scheduler.install(daily, INSTALL)

    expect(mended.files.map(({ change }) => change)).toEqual(['changed', 'same'])
    expect(await readFile(timer?.path ?? '', 'utf8')).toBe(timer?.text)
  })

  it('gives services of the machine the secrets that its credential store has for them', async () => {
    const machine = await scriptedMachine(await tempDir(), ['systemd'], { asRoot: true })
    const encrypted = join(machine.root, 'etc/credstore.encrypted')
    const plain = join(machine.root, 'etc/credstore')
    for (const directory of [encrypted, plain]) await mkdir(directory, { recursive: true })
    await writeFile(join(encrypted, 'borgboi.passphrase.docs'), '')
    await writeFile(join(plain, 'borgboi.passphrase.docs'), '')
    await writeFile(join(plain, 'borgboi.aws'), '')
    await writeFile(join(plain, 'somebody.else'), '')

    const { files } = await machine.scheduler.install(daily, { dryRun: true })

    expect(files[1]?.text.match(/^.*(LoadCredential|AWS_).*$/gm)).toEqual([
      `LoadCredential=borgboi.aws:${plain}/borgboi.aws`,
      `LoadCredentialEncrypted=borgboi.passphrase.docs:${encrypted}/borgboi.passphrase.docs`,
      'Environment=AWS_SHARED_CREDENTIALS_FILE=%d/borgboi.aws',
    ])
  })

  it('says why nothing will start, or not always', async () => {
    const machine = await scriptedMachine(await tempDir(), ['systemd'])
    const problems = async () => {
      const [listed] = await machine.scheduler.list()
      return [listed?.active, ...(listed?.problems ?? []).map(({ message }) => message)]
    }
    await machine.scheduler.install(daily, INSTALL)

    await rm(join(machine.root, 'var/lib/systemd/linger/anna'))
    const session = await problems()
    await rm(join(machine.root, 'state/enabled-borgboi.timer'))
    await writeFile(join(machine.root, 'var/lib/systemd/linger/anna'), '')
    const disabled = await problems()
    await rm(join(machine.root, 'state/active-borgboi.timer'))
    const stopped = await problems()
    await rm(join(machine.root, 'opt/borgboi/bin.js'))
    const upgraded = await problems()
    await shellScript(join(machine.root, 'bin/systemctl'), 'echo Failed to connect to bus >&2; exit 1')

    expect(session).toEqual([true, 'the timer stops when anna logs out'])
    expect(disabled).toEqual([true, 'the timer borgboi.timer is not enabled: a restart ends it'])
    expect(stopped).toEqual([false, 'the timer borgboi.timer is not active'])
    const gone = `it starts ${machine.root}/opt/borgboi/bin.js, which is no longer there`
    expect(upgraded).toEqual([false, gone, 'the timer borgboi.timer is not active'])
    expect(await problems()).toEqual([false, gone, 'systemd cannot be asked: Failed to connect to bus'])
  })

  it('says that it could not start the program', async () => {
    const machine = await scriptedMachine(await tempDir(), ['systemd'])
    await machine.scheduler.install(daily, INSTALL)
    const systemctl = join(machine.root, 'bin/systemctl')
    await writeFile(systemctl, (await readFile(systemctl, 'utf8')).replace('main_status:-0', 'main_status:-203'))

    expect(await machine.scheduler.list()).toMatchObject([
      { active: true, problems: [{ message: 'systemd could not start it the last time' }] },
    ])
  })

  it('says what to do where units may not be written', async () => {
    const machine = await scriptedMachine(await tempDir(), ['systemd'])
    const units = join(machine.root, 'home/anna/.config/systemd/user')
    await mkdir(units, { recursive: true })
    await chmod(machine.root, 0o755)
    await chmod(units, 0o555)
    await machine.scheduler.list()

    await asOrdinaryUser(async () => {
      await expect(machine.scheduler.install(daily, INSTALL)).rejects.toMatchObject({
        code: 'file-denied',
        hint: expect.stringContaining('--scheduler cron'),
      })
    })

    expect(await readdir(units)).toEqual([])
  })

  it('says to a user that root has to remove what root installed', async () => {
    const root = await tempDir()
    await (await scriptedMachine(root, ['systemd'], { asRoot: true })).scheduler.install(daily, INSTALL)
    const { scheduler } = await scriptedMachine(root, ['systemd'])
    const [listed] = await scheduler.list()

    expect(listed).toMatchObject({ scope: 'system', active: true })
    await expect(listed && scheduler.remove(listed)).rejects.toMatchObject({
      code: 'file-denied',
      hint: 'run the same command with sudo',
    })
  })
})

describe('cron', () => {
  it('keeps every byte that others wrote into the crontab', async () => {
    const machine = await scriptedMachine(await tempDir(), ['cron'])
    const others = '# mine\n\nMAILTO=anna\n5 4 * * * echo $& %done\n\n'
    await machine.crontab(others)

    await machine.scheduler.install(daily, INSTALL)
    const between = await machine.crontab()
    await machine.crontab(`${between}1 1 * * * later\n`)
    await machine.scheduler.install({ ...daily, at: parseCalendar('03:00') }, INSTALL)
    const [listed] = await machine.scheduler.list()
    if (listed) await machine.scheduler.remove(listed)

    expect(between.startsWith(others)).toBe(true)
    expect(await machine.crontab()).toBe(`${others}1 1 * * * later\n`)
  })

  it('does not take a crontab that cannot be read for an empty one', async () => {
    const machine = await scriptedMachine(await tempDir(), ['cron'])
    await writeFile(join(machine.root, 'state/crontab'), Buffer.from('# gr\xfcn\n', 'latin1'))

    await expect(machine.scheduler.install(daily, { kind: 'cron', dryRun: false })).rejects.toMatchObject({
      code: 'scheduler-missing',
      reason: 'cron: it is not written in UTF-8, and would lose letters',
    })
    expect(await readFile(join(machine.root, 'state/crontab'), 'latin1')).toBe('# gr\xfcn\n')
  })

  it('says that no daemon is there to read the crontab', async () => {
    const machine = await scriptedMachine(await tempDir(), ['cron'])
    await machine.scheduler.install(daily, INSTALL)
    await writeFile(join(machine.root, 'state/no-cron'), '')

    expect(await machine.scheduler.list()).toMatchObject([
      { active: false, problems: [{ message: 'no cron is running on this machine' }] },
    ])
  })
})

describe('what cannot be expressed', () => {
  const mondays: Schedule = { ...daily, at: parseCalendar('Mon *-*-1..7 02:30') }

  it.each(['cron', 'launchd'] as const)('%s: weekdays together with days of the month', async (kind) => {
    const { scheduler } = await scriptedMachine(await tempDir(), [kind])

    await expect(scheduler.install(mondays, INSTALL)).rejects.toMatchObject({
      code: 'value-invalid',
      reason: `${kind} would start it on these weekdays and on these days of the month`,
    })
    expect(await scheduler.list()).toEqual([])
  })

  it('systemd has no such limit', async () => {
    const { scheduler } = await scriptedMachine(await tempDir(), ['systemd'])

    expect((await scheduler.install(mondays, { dryRun: true })).files[0]?.text).toContain(
      'OnCalendar=Mon *-*-01,02,03,04,05,06,07 02:30:00',
    )
  })
})
