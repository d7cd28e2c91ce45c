import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunReport } from '../../../src/model/run.ts'
import type { Notifications } from '../../../src/notify/notifications.ts'
import { type HttpReceiver, httpReceiver } from '../../support/http-receiver.ts'
import { type NotifyStage, notifyStage } from '../../support/notify-stage.ts'
import { report, step } from '../../support/run-events.ts'

const FAILURE = {
  code: 'locked',
  message: 'cannot open it',
  reason: 'it is held',
  hint: 'wait',
  exitCode: 11,
  context: {},
} as const
const FAILED: Partial<RunReport> = { outcome: 'failed', exitCode: 11, failure: FAILURE }
const HOUR = 3_600_000

interface Concluded {
  readonly steps: (string | undefined)[]
  readonly warnings: string[]
}

/** Ends a run, and keeps it in the history; the step that was made of it, and its warnings. */
async function conclude(
  { history }: NotifyStage,
  notifications: Notifications,
  changes: Partial<RunReport> = {},
): Promise<Concluded> {
  const ended = report('docs', changes)
  history.unshift(ended)
  const [steps, warnings]: [(string | undefined)[], string[]] = [[], []]
  await notifications.conclude(ended, async (name, act) => {
    const { detail } = await act({ onProgress: () => {}, onWarning: ({ message }) => void warnings.push(message) })
    steps.push(name, detail)
  })
  return { steps, warnings }
}

const rules = ({ received }: HttpReceiver) => received.map(({ body }) => JSON.parse(body).rule)

async function setUp(settings: Record<string, unknown> = {}) {
  const [stage, server] = [await notifyStage(), await httpReceiver()]
  const notify = { it: { type: 'webhook', url: server.url, timeout: '1s', ...settings } }
  const notifications = await stage.open(notify)
  return {
    stage,
    server,
    notify,
    notifications,
    end: (changes?: Partial<RunReport>) => conclude(stage, notifications, changes),
  }
}

describe('notifications', () => {
  it('are a step of the run that tells who was told, and nothing where nobody is', async () => {
    const { end, server } = await setUp()

    const good = await end()
    const bad = await end(FAILED)

    expect(good).toEqual({ steps: [], warnings: [] })
    expect(bad).toEqual({ steps: ['notify', 'it'], warnings: [] })
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({
      rule: 'failure',
      level: 'error',
      title: '✗ docs on anna: backup daily failed',
      text: expect.stringMatching(
        /^cannot open it\nit is held\nwait\n\nbegan .*, took 1.9 s, run run-docs, locked, exit 11$/,
      ),
      run: { repo: 'docs', outcome: 'failed', failure: { code: 'locked' } },
    })
  })

  it('are silent while nothing changes, also in the next process, and tell of the recovery', async () => {
    const { stage, server, notify, end } = await setUp()

    await end(FAILED)
    await end(FAILED)
    stage.clock.advance(HOUR)
    const later = await stage.open(notify)
    await conclude(stage, later, FAILED)
    await conclude(stage, later)
    await conclude(stage, later)

    expect(rules(server)).toEqual(['failure', 'recovery'])
    expect(JSON.parse(server.received[1]?.body ?? '')).toMatchObject({
      level: 'info',
      title: '✓ docs on anna: backup daily works again',
    })
  })

  it('keep what each was told in a file with a format', async () => {
    const { stage, end } = await setUp()

    await end(FAILED)

    const kept = JSON.parse(await readFile(join(stage.root, 'notify', 'it', 'docs.json'), 'utf8'))
    expect(kept).toEqual({
      format: 1,
      told: { 'backup daily': { state: 'failure', at: '2026-11-20T02:30:04.000Z' } },
    })
  })

  it.each([
    ['answers 500', { status: 500 }, 'it answered 500'],
    ['hangs', 'never', 'it did not answer in time'],
  ] as const)('of a server that %s are a warning, and are sent again the next time', async (_, answer, problem) => {
    const { server, end } = await setUp()
    server.answer = answer

    const first = await end(FAILED)
    server.answer = { status: 200 }
    const second = await end(FAILED)

    expect(first).toEqual({ steps: ['notify', undefined], warnings: [`it (webhook) was not told: ${problem}`] })
    expect(second).toEqual({ steps: ['notify', 'it'], warnings: [] })
    expect(rules(server)).toEqual(['failure', 'failure'])
  })

  it('of one notifier do not wait for another', async () => {
    const [stage, quick, slow] = [await notifyStage(), await httpReceiver(), await httpReceiver()]
    slow.answer = 'never'
    const notifications = await stage.open({
      slow: { type: 'webhook', url: slow.url, timeout: '1s' },
      quick: { type: 'webhook', url: quick.url, timeout: '1s' },
    })

    const { steps, warnings } = await conclude(stage, notifications, FAILED)

    expect(steps).toEqual(['notify', 'quick'])
    expect(warnings).toEqual(['slow (webhook) was not told: it did not answer in time'])
  })

  it('that cannot be remembered are sent all the same, with a warning', async () => {
    const { stage, server, end } = await setUp()
    await writeFile(join(stage.root, 'notify'), 'a file in its place')

    const { steps, warnings } = await end(FAILED)

    expect(steps).toEqual(['notify', 'it'])
    expect(warnings).toEqual([expect.stringContaining(join(stage.root, 'notify'))])
    expect(rules(server)).toEqual(['failure'])
  })

  it('take a damaged memory for none', async () => {
    const { stage, server, end } = await setUp()
    await mkdir(join(stage.root, 'notify', 'it'), { recursive: true })
    await writeFile(join(stage.root, 'notify', 'it', 'docs.json'), '{"format":1,"told":{"backup daily":7')

    await end(FAILED)

    expect(rules(server)).toEqual(['failure'])
  })

  it('are for the repos and commands that were named', async () => {
    const { server, end } = await setUp({ repos: 'docs', workflows: 'backup daily' })

    await end({ ...FAILED, workflow: 'backup check' })
    await end({ ...FAILED, repo: 'photos' })
    await end({ ...FAILED, workflow: 'backup restore' })
    await end(FAILED)

    expect(server.received.map(({ body }) => JSON.parse(body).run.workflow)).toEqual(['backup daily'])
  })

  it('are for whoever watches one repo, too, where the schedule could not find out what to run', async () => {
    const { server, end } = await setUp({ repos: 'docs' })

    await end({ ...FAILED, repo: 'the schedule', workflow: 'schedule run' })

    expect(server.received.map(({ body }) => JSON.parse(body).title)).toEqual([
      '✗ the schedule on anna: schedule run failed',
    ])
  })

  it('show steps and the first warnings, and nothing a terminal must not get', async () => {
    const { server, end } = await setUp()
    const warnings = Array.from({ length: 12 }, (_, n) => ({ kind: 'borg', message: `w${n}\u001b[2J` }) as const)
    const steps = [step('create archive', { detail: 'docs-1', figures: { files: 3 } }), step('prune')]

    await end({ outcome: 'warnings', exitCode: 3, steps, warnings, warningCounts: { borg: 500 } })

    const { text } = JSON.parse(server.received[0]?.body ?? '')
    expect(text).toContain('✓ create archive  docs-1  3 files\n✓ prune\n\n! w0�[2J\n')
    expect(text).toContain('! w9�[2J\n! and 490 more\n')
  })

  it('are not sent over the network while offline', async () => {
    const [stage, server] = [await notifyStage(), await httpReceiver()]
    const notifications = await stage.open({ it: { type: 'webhook', url: server.url } }, { offline: true })

    const { steps } = await conclude(stage, notifications, FAILED)

    expect(steps).toEqual([])
    expect(await notifications.test('it')).toContain('offline')
    expect(await notifications.list()).toMatchObject([{ name: 'it', usable: false }])
    expect(server.received).toEqual([])
  })
})

describe('the digest', () => {
  it('goes once a day, when all runs of a command are over, with the newest run of each', async () => {
    const { stage, server, notifications, end } = await setUp({ on: 'digest' })
    await end({ ...FAILED, startedAt: '2026-11-19T02:30:00.000Z' })
    await end({ steps: [step('create archive', { figures: { files: 3 } })] })
    await end({ ...FAILED, workflow: 's3 sync' })
    await end({ repo: 'photos', outcome: 'skipped' })

    await notifications.close()
    await notifications.close()
    stage.clock.advance(24 * HOUR)
    await notifications.close()

    expect(rules(server)).toEqual(['digest', 'digest'])
    const { title, text, level } = JSON.parse(server.received[0]?.body ?? '')
    expect([title, level]).toEqual(['✗ borgboi on anna: 1 run failed, nothing ran yet of 1 repo', 'error'])
    expect(text.split('\n')).toEqual([
      '! photos  nothing ran yet',
      expect.stringMatching(/^✓ docs {2}backup daily {2}2026-11-\d\d \d\d:30 {2}3 files$/),
      expect.stringMatching(/^✗ docs {2}s3 sync {2}2026-11-\d\d \d\d:30 {2}cannot open it$/),
    ])
    expect(await readdir(join(stage.root, 'notify', 'it'))).toContain('_digest.json')
  })

  it('is not sent where there is nothing to sum up', async () => {
    const { server, notifications } = await setUp({ on: 'digest', repos: 'photos' })

    await notifications.close()

    expect(server.received).toEqual([])
  })

  it('that cannot be sent is told as a notice, and sent the next time', async () => {
    const { stage, server, notifications, end } = await setUp({ on: 'digest' })
    await end()
    server.answer = { status: 500 }

    await notifications.close()
    server.answer = { status: 200 }
    await notifications.close()

    expect(stage.notices).toEqual(['it (webhook) was not told: it answered 500'])
    expect(server.received).toHaveLength(2)
  })
})
