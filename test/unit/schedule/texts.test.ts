// The files that are installed, as they are: test/fixtures/schedule has one of each.

import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nextDue, parseCalendar } from '../../../src/model/calendar.ts'
import { parseRepoName } from '../../../src/model/names.ts'
import { cronExpression, readBlocks, renderBlock, withBlock } from '../../../src/schedule/crontab-text.ts'
import { type Job, jobId } from '../../../src/schedule/job.ts'
import { launchdEntries, renderPropertyList } from '../../../src/schedule/launchd-text.ts'
import type { Note } from '../../../src/schedule/note.ts'
import { renderService, renderTimer } from '../../../src/schedule/systemd-text.ts'
import { tempDir } from '../../support/temp-dir.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures/schedule')

const everyRepo: Note = {
  home: '/home/anna/.borgboi',
  schedule: {
    at: parseCalendar('daily'),
    jitterMs: 600_000,
    conditions: { network: false, volume: false, mains: false, waitMs: 600_000 },
  },
  since: '2026-11-20T02:30:04.000Z',
  program: ['/usr/bin/node', '/usr/local/bin/borgboi'],
}
/** Everything that has to be quoted somewhere. */
const awkward: Note = {
  home: '/home/anna/100% "mine" & \'theirs\' $HOME <new>/.borgboi',
  schedule: {
    repo: parseRepoName('grüne_akten'),
    at: parseCalendar('Mon..Fri 8,18:30'),
    jitterMs: 90_000,
    conditions: { network: true, volume: true, mains: true, waitMs: 3_600_000 },
  },
  since: '2026-11-20T02:30:04.000Z',
  program: ['/usr/bin/node', '/opt/100% $HOME "a" \'b\' & <c>/bin.js'],
}

function job(note: Note): Job {
  const environment = { BORGBOI_HOME: note.home.replace('/.borgboi', ''), PATH: '/usr/local/bin:/usr/bin:/bin' }
  return { id: jobId(note, '/home/anna/.borgboi'), note, environment }
}

const CREDENTIALS = [
  { name: 'borgboi.aws', path: '/etc/credstore/borgboi.aws', encrypted: false },
  { name: 'borgboi.passphrase.docs', path: '/etc/credstore.encrypted/borgboi.passphrase.docs', encrypted: true },
]

describe('the text of', () => {
  it.each([
    ['user.timer', () => renderTimer(job(everyRepo), 'user')],
    ['user.service', () => renderService(job(everyRepo), 'user', [])],
    ['system.service', () => renderService(job(everyRepo), 'system', CREDENTIALS)],
    ['awkward.timer', () => renderTimer(job(awkward), 'user')],
    ['awkward.service', () => renderService(job(awkward), 'system', [])],
    ['agent.plist', () => renderPropertyList(job(everyRepo), '/home/anna/.borgboi/logs/schedule.log')],
    ['awkward.plist', () => renderPropertyList(job(awkward), '/home/anna/.borgboi/logs/schedule.log')],
    ['crontab.txt', () => `${renderBlock(job(everyRepo))}\n`],
    ['awkward-crontab.txt', () => `${renderBlock(job(awkward))}\n`],
  ])('%s', async (file, render) => {
    await expect(render()).toMatchFileSnapshot(join(FIXTURES, file))
  })
})

describe('ids', () => {
  const idOf = (repo: string) =>
    jobId({ ...everyRepo, schedule: { ...everyRepo.schedule, repo: parseRepoName(repo) } }, everyRepo.home)

  it('have the letters that units may have, and are never the same for two repos', () => {
    expect(['docs', 'grüne_akten', 'all'].map(idOf)).toEqual([
      'borgboi-docs',
      'borgboi-gr_c3_bcne__akten',
      'borgboi-all',
    ])
    expect(idOf('ü')).not.toBe(idOf('_c3_bc'.replace(/^_/, 'x_')))
  })
})

const systemdAnalyze = (...args: readonly string[]) =>
  execFileSync('systemd-analyze', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const hasSystemdAnalyze = (() => {
  try {
    return systemdAnalyze('--version') !== ''
  } catch {
    console.warn('\n!!! SKIPPED: no systemd-analyze on this machine: units are compared with what they were only\n')
    return false
  }
})()

describe.runIf(hasSystemdAnalyze)('systemd itself', () => {
  it.each(['user', 'system'] as const)('finds nothing wrong with units of the %s', async (scope) => {
    const directory = await tempDir()
    const program = join(directory, '100% $HOME "a" \'b\' & <c>')
    await mkdir(program)
    for (const note of [everyRepo, awkward]) {
      const it = job({ ...note, program: ['/bin/sh', program] })
      await writeFile(join(directory, `${it.id}.timer`), renderTimer(it, scope))
      await writeFile(join(directory, `${it.id}.service`), renderService(it, scope, CREDENTIALS))

      const said = systemdAnalyze('verify', join(directory, `${it.id}.timer`), join(directory, `${it.id}.service`))

      expect(said).toBe('')
    }
  })

  it('comes to the same next time', () => {
    const expressions = [
      '*-*-* 02:30:00',
      'Mon..Fri *-*-* 18:00:00',
      'Sat,Sun *-02-29 12:00:00',
      'Mon *-*-01,02,03,04,05,06,07 02:30:00',
    ]
    const now = new Date()

    for (const expression of expressions) {
      const said = systemdAnalyze('calendar', '--base-time', `@${Math.floor(now.getTime() / 1000)}`, expression)
      const next = /Next elapse: \S+ (\S+) (\S+)/.exec(said)
      expect(localTime(nextDue(parseCalendar(expression), now)), expression).toBe(`${next?.[1]} ${next?.[2]}`)
    }
  })
})

function localTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ')
}

describe('a shell', () => {
  it('reads from the crontab what was meant', () => {
    const { environment, note } = job(awkward)
    const [, line = ''] = renderBlock({
      ...job(awkward),
      note: { ...note, program: ['/usr/bin/printenv', 'BORGBOI_HOME', note.program[1] ?? ''] },
    }).split('\n')
    // As cron does it.
    const command = line.split(' ').slice(5).join(' ').replaceAll('\\%', '%')

    const printed = execFileSync('/bin/sh', ['-c', `${command} || true`], { encoding: 'utf8' })

    expect(printed).toBe(`${environment['BORGBOI_HOME']}\n`)
  })
})

describe('a crontab', () => {
  const block = renderBlock(job(everyRepo))

  it('is the same as before when a block was put in, changed and taken out', () => {
    for (const before of ['', '# a\n1 1 * * * x\n', '# no end', '\n\n']) {
      const added = withBlock(before, undefined, block)
      const changed = withBlock(
        added,
        readBlocks(added)[0],
        block.replace('--all', () => '--name $&'),
      )
      const [left] = readBlocks(changed)

      expect(left?.text).toContain('--name $&')
      expect(withBlock(changed, left, undefined).trimEnd()).toBe(before.trimEnd())
    }
  })

  it('has no block where the end of it was lost', () => {
    expect(readBlocks(block.split('\n').slice(0, 3).join('\n'))).toEqual([])
  })
})

describe('times', () => {
  it.each([
    ['daily', '30 2 * * *', [{ Hour: 2, Minute: 30 }]],
    ['hourly', '0 * * * *', [{ Minute: 0 }]],
    [
      'Sat,Sun 9:05',
      '5 9 * * 0,6',
      [
        { Weekday: 0, Hour: 9, Minute: 5 },
        { Weekday: 6, Hour: 9, Minute: 5 },
      ],
    ],
    [
      '*-1/6-1 8:00',
      '0 8 1 1,7 *',
      [
        { Month: 1, Day: 1, Hour: 8, Minute: 0 },
        { Month: 7, Day: 1, Hour: 8, Minute: 0 },
      ],
    ],
    ['*:*', '* * * * *', [{}]],
  ])('%s is %s for cron, and the same for launchd', (text, cron, launchd) => {
    expect(cronExpression(parseCalendar(text))).toBe(cron)
    expect(launchdEntries(parseCalendar(text))).toEqual(launchd)
  })

  it('that launchd would need thousands of entries for are refused', () => {
    expect(() => launchdEntries(parseCalendar('Mon..Fri 0..12:0..50'))).toThrow('is not usable')
  })
})
