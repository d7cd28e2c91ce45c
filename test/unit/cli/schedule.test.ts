// The schedule commands: what they print, in text and in JSON, and their exit codes.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeCircumstances } from '../../fakes/fake-circumstances.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeScheduler } from '../../fakes/fake-scheduler.ts'
import { expectFailure } from '../../support/failure.ts'
import { inUtc } from '../../support/in-utc.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

inUtc()

/** It is Friday, 20 November, 02:30; there is the repo docs. */
async function setUp() {
  const root = await tempDir()
  const clock = new FakeClock()
  const [borg, scheduler, circumstances] = [new FakeBorg(), new FakeScheduler(clock), new FakeCircumstances()]
  const overrides = { borg, clock, scheduler, circumstances }
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  await mkdir(join(root, 'source'))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  const created = await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')
  expect(created, created.stderr).toMatchObject({ exitCode: 0 })
  return { root, clock, scheduler, circumstances, run }
}

describe('schedule install', () => {
  it('says when it is due, under which conditions, and where it is', async () => {
    const { run } = await setUp()

    const { exitCode, stdout } = await run(
      'schedule',
      'install',
      '--wait-network',
      '--wait-volume',
      '--skip-on-battery',
    )

    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      [
        '✓ every repo is backed up by itself: every day at 02:30',
        '  next     tomorrow 02:30, up to 10 min later',
        '  waits    up to 10 min for the network and the disk of the repository',
        '  skips    runs on the battery',
        '  by       cron, of this user, named borgboi',
        '  made     the crontab of anna',
        '  What it does:  borgboi schedule status',
        '',
      ].join('\n'),
    )
    expect((await run('schedule', 'install', '--wait-network', '--wait-volume', '--skip-on-battery')).stdout).toContain(
      'it was so already',
    )
  })

  it.each([
    ['hourly', 'every hour at minute 00'],
    ['weekly', 'Mon at 02:30'],
    ['Mon..Fri 9,18:00', 'Mon..Fri at 09:00, 18:00'],
    ['*-*-1 4:00', '*-*-01 04:00'],
    ['Sat *:0/30', 'Sat *-*-* *:00,30'],
  ])('--at %s is %s', async (at, words) => {
    const { run } = await setUp()

    const { stdout } = await run('schedule', 'install', '--name', 'docs', '--at', at, '--jitter', '0')

    expect(stdout).toContain(`✓ docs is backed up by itself: ${words}\n`)
    expect(stdout).not.toContain('later')
  })

  it('--dry-run prints the files, also with --quiet, and installs nothing', async () => {
    const { run, scheduler } = await setUp()

    const { stdout } = await run('schedule', 'install', '--dry-run', '--quiet')

    expect(stdout).toBe('# the crontab of anna\n*-*-* 02:30:00 borgboi\n')
    expect((await run('schedule', 'install', '--dry-run', '--json')).json()).toMatchObject([
      { dryRun: true, schedule: { at: '*-*-* 02:30:00' }, files: [{ path: 'the crontab of anna', change: 'made' }] },
    ])
    expect(await scheduler.list()).toEqual([])
  })

  it('refuses what it cannot do', async () => {
    const { run } = await setUp()

    expect(expectFailure(await run('schedule', 'install', '--at', 'nightly'), 'value-invalid').hint).toContain('daily')
    expectFailure(await run('schedule', 'install', '--scheduler', 'at'), 'usage-invalid')
    expectFailure(await run('schedule', 'install', '--scheduler', 'launchd'), 'scheduler-missing')
    expectFailure(await run('schedule', 'install', '--name', 'music'), 'repo-unknown')
    expectFailure(await run('schedule', 'install', '--name', 'docs', '--path', 'docs'), 'usage-invalid')
    expectFailure(await run('schedule', 'install', '--jitter', 'soon'), 'value-invalid')
    expectFailure(await run('schedule', 'install', '--wait', '5x'), 'value-invalid')
  })
})

describe('schedule status', () => {
  it('says how to begin where there is none', async () => {
    const { run } = await setUp()

    expect(await run('schedule', 'status')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('borgboi schedule install'),
    })
    expect((await run('schedule', 'status', '--json')).json()).toEqual([{ schedules: [] }])
  })

  it('shows the next run, and the last with what it did', async () => {
    const { run, clock } = await setUp()
    await run('schedule', 'install')
    const never = await run('schedule', 'status')
    await run('schedule', 'run')
    clock.advance(3_600_000)

    const { exitCode, stdout } = await run('schedule', 'status')

    expect(never.stdout).toContain('    docs  never\n')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      [
        '✓ every repo: every day at 02:30',
        '  next     tomorrow 02:30, up to 10 min later',
        '  by       cron, named borgboi',
        '  last',
        '    docs  today 02:30  ok  0.0 s  docs-2026-11-20T02:30:04',
        '',
      ].join('\n'),
    )
    expect((await run('schedule', 'status', '--json')).json()).toMatchObject([
      {
        schedules: [
          {
            id: 'borgboi',
            schedule: { at: '*-*-* 02:30:00', jitterMs: 600_000 },
            active: true,
            nextAt: '2026-11-21T02:30:00.000Z',
            repos: [{ name: 'docs', lastRun: { workflow: 'backup daily', outcome: 'ok', exitCode: 0 } }],
          },
        ],
      },
    ])
  })

  it('says what is wrong, and ends with 3', async () => {
    const { run, clock, scheduler } = await setUp()
    await run('schedule', 'install')
    clock.advance(2 * 86_400_000)
    const missed = await run('schedule', 'status')
    const problems = [{ message: 'the timer borgboi.timer is not active', hint: 'start it with: systemctl' }]
    scheduler.installed = scheduler.installed.map((installed) => ({ ...installed, active: false, problems }))

    const stopped = await run('schedule', 'status', '--quiet')

    expect(missed.exitCode).toBe(3)
    expect(missed.stdout).toContain('! every repo: every day at 02:30\n')
    expect(missed.stdout).toContain(
      '! docs was due yesterday 02:30, and nothing has run since\n  do it now: borgboi backup daily --name docs\n',
    )
    expect(stopped).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('✗ every repo') })
    expect(stopped.stdout).toContain('next     never, as things are')
    expect(stopped.stdout).toContain('! the timer borgboi.timer is not active\n  start it with: systemctl\n')
  })
})

describe('schedule remove', () => {
  it('needs a confirmation, or a terminal to ask on', async () => {
    const { run, scheduler } = await setUp()
    await run('schedule', 'install')

    const dry = await run('schedule', 'remove', '--dry-run')
    expectFailure(await run('schedule', 'remove'), 'confirmation-needed')

    expect(dry.stdout).toBe('· every repo would no longer be backed up by itself (cron: the crontab of anna)\n')
    expect(await scheduler.list()).toHaveLength(1)
    expect((await run('schedule', 'remove', '--yes')).stdout).toBe(
      '✓ every repo is no longer backed up by itself (cron: the crontab of anna)\n',
    )
    expect((await run('schedule', 'remove', '--yes')).stdout).toContain('nothing to remove')
    expect((await run('schedule', 'remove', '--json')).json()).toEqual([{ schedules: [], dryRun: false }])
  })
})

describe('schedule run', () => {
  it('is the daily backup, and ends with 75 when all of it is skipped', async () => {
    const { run, circumstances } = await setUp()
    const done = await run('schedule', 'run', '--name', 'docs')
    circumstances.battery = true

    const skipped = await run('schedule', 'run', '--all', '--skip-on-battery')

    expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('✓ create archive') })
    expect(skipped).toMatchObject({ exitCode: 75, stdout: expect.stringContaining('runs on its battery') })
    expect((await run('schedule', 'run', '--skip-on-battery', '--quiet')).stderr).toBe('')
  })

  it('does nothing, and says nothing to cron, where nothing was missed', async () => {
    const { run } = await setUp()
    const words = ['schedule', 'run', '--if-missed', 'daily', '--since', '2026-11-20T02:30:01Z']

    expect(await run(...words, '--quiet')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    expect((await run(...words, '--json')).json()).toEqual([{ idle: 'nothing was missed', reports: [] }])
    expectFailure(await run('schedule', 'run', '--if-missed', 'daily'), 'usage-invalid')
    expectFailure(await run('schedule', 'run', '--since', '2026-11-20'), 'usage-invalid')
  })

  it('shows what it proved besides, and when it does so again', async () => {
    const { root, run } = await setUp()
    await run('schedule', 'install')
    await run('repo', 'objectives', 'set', 'drill_every=90d')
    await writeFile(join(root, '.borgboi', 'config.yaml'), `schedule: {scratch: ${root}}`)
    const before = await run('schedule', 'status')

    const done = await run('schedule', 'run')

    expect(before.stdout).toContain('  docs then: backup drill with the next run\n')
    expect(done.exitCode, done.stderr).toBe(0)
    expect(done.stdout).toMatch(/\n✓ docs +docs-2026-\S+ +\S+ s *\n✓ docs +backup drill +\S+ s *\n$/)
    expect((await run('schedule', 'status')).stdout).toContain('  docs then: backup drill from 26 January 2027 ')
    expect((await run('schedule', 'status', '--json')).json()).toMatchObject([
      { schedules: [{ repos: [{ proofs: [{ objective: 'drill_every', from: '2027-01-26T14:30:04.000Z' }] }] }] },
    ])
  })

  it('ends as a drill did that failed, and the backup stays what it was', async () => {
    const { root, run } = await setUp()
    await run('repo', 'objectives', 'set', 'drill_every=90d')
    await writeFile(join(root, '.borgboi', 'config.yaml'), `schedule: {scratch: ${root}/gone}`)

    const { exitCode, stdout } = await run('schedule', 'run')

    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/✓ docs +docs-2026.*\n✗ docs +backup drill .* exit 1\n$/)
    expect((await run('status')).stdout).toMatch(/^✓ docs/m)
  })
})
