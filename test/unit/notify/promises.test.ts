// The rule `objective`: who is told that a promise is broken or kept again, in which words, and how often.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ObjectivesJudged } from '../../../src/model/events.ts'
import type { ObjectiveName } from '../../../src/model/objectives.ts'
import type { Notifications } from '../../../src/notify/notifications.ts'
import { httpReceiver } from '../../support/http-receiver.ts'
import { notifyStage } from '../../support/notify-stage.ts'
import { report } from '../../support/run-events.ts'

const HOUR_MS = 3_600_000
const REASONS: Partial<Record<ObjectiveName, string>> = {
  rpo: 'the newest backup is 3 days old; the timer is not active',
  drill_every: 'the last drill is 91 days old',
}

/** Somebody looked: those are broken. What changed by the memory of others is not what counts. */
function look(notifications: Notifications, broken: readonly ObjectiveName[], repo = 'docs'): void {
  const judged: ObjectivesJudged = {
    type: 'objectives-judged',
    repo,
    broken: broken.map((objective) => ({
      objective,
      verdict: 'broken',
      reason: REASONS[objective] ?? 'it is not so',
      hint: `borgboi backup daily --name ${repo}`,
    })),
    broke: [],
    recovered: [],
  }
  notifications.take(judged)
}

async function setUp(settings: Record<string, unknown> = {}) {
  const [stage, server] = [await notifyStage(), await httpReceiver()]
  const notify = { it: { type: 'webhook', url: server.url, timeout: '1s', ...settings } }
  const open = () => stage.open(notify)
  /** A command that looks and ends. */
  const command = async (broken: readonly ObjectiveName[], repo = 'docs') => {
    const notifications = await open()
    look(notifications, broken, repo)
    await notifications.close()
  }
  const bodies = () => server.received.map(({ body }) => JSON.parse(body))
  return { stage, server, open, command, bodies, titles: () => bodies().map(({ title }) => title) }
}

describe('a promise that is broken', () => {
  it('is told with its reason and what to do, without being asked for', async () => {
    const { command, bodies } = await setUp()

    await command(['rpo', 'drill_every'])

    expect(bodies()).toEqual([
      {
        format: 1,
        rule: 'objective',
        level: 'error',
        title: '✗ docs on anna: not as promised: rpo, drill_every',
        text: [
          '✗ rpo  the newest backup is 3 days old; the timer is not active',
          '  borgboi backup daily --name docs',
          '✗ drill_every  the last drill is 91 days old',
          '  borgboi backup daily --name docs',
        ].join('\n'),
        host: 'anna',
        time: expect.any(String),
        standing: {
          repo: 'docs',
          broken: [
            expect.objectContaining({ objective: 'rpo', reason: REASONS.rpo, hint: expect.any(String) }),
            expect.objectContaining({ objective: 'drill_every' }),
          ],
          broke: ['rpo', 'drill_every'],
          recovered: [],
        },
      },
    ])
  })

  it('is told once, again the next day, and at once when another one breaks or it is kept again', async () => {
    const { stage, command, titles } = await setUp()

    await command([])
    await command(['rpo'])
    await command(['rpo'])
    stage.clock.advance(21 * HOUR_MS)
    await command(['rpo'])
    await command(['rpo', 'drill_every'])
    await command(['drill_every'])
    await command([])
    await command([])

    expect(titles()).toEqual([
      '✗ docs on anna: not as promised: rpo',
      '✗ docs on anna: not as promised: rpo',
      '✗ docs on anna: not as promised: rpo, drill_every',
      '✗ docs on anna: not as promised: drill_every',
      '✓ docs on anna: as promised',
    ])
  })

  it('is told of changes only where that is asked for', async () => {
    const { stage, command, titles } = await setUp({ repeat_after: 'never' })

    await command(['rpo'])
    stage.clock.advance(999 * HOUR_MS)
    await command(['rpo'])

    expect(titles()).toHaveLength(1)
  })

  it('is told once of a command that looked several times, as it was at the end', async () => {
    const { open, titles } = await setUp()
    const notifications = await open()

    look(notifications, ['rpo'])
    look(notifications, ['drill_every'])
    look(notifications, ['rpo'], 'photos')
    await notifications.close()

    expect(titles()).toEqual(['✗ docs on anna: not as promised: drill_every', '✗ photos on anna: not as promised: rpo'])
  })

  it('that could not be told is a notice, and told with the next look', async () => {
    const { stage, server, command } = await setUp()
    server.answer = { status: 500 }

    await command(['rpo'])
    server.answer = { status: 200 }
    await command(['rpo'])
    await command(['rpo'])

    expect(stage.notices).toEqual(['it (webhook) was not told: it answered 500'])
    expect(server.received).toHaveLength(2)
  })

  it('is remembered beside the runs of the repo', async () => {
    const { stage, open, command } = await setUp()
    const failed = report('docs', { outcome: 'failed' })
    await (await open()).conclude(failed, async (_, act) => {
      await act({ onProgress: () => {}, onWarning: ({ message }) => expect.unreachable(message) })
    })

    await command(['rpo'])

    expect(JSON.parse(await readFile(join(stage.root, 'notify', 'it', 'docs.json'), 'utf8'))).toEqual({
      format: 1,
      told: {
        'backup daily': { state: 'failure', at: '2026-11-20T02:30:04.000Z' },
        objectives: { broken: ['rpo'], at: '2026-11-20T02:30:04.000Z' },
      },
    })
  })

  it('is not told to who did not ask for it, nor of other repos', async () => {
    const [silent, other] = [await setUp({ on: 'failure, digest' }), await setUp({ repos: 'photos' })]

    await silent.command(['rpo'])
    await other.command(['rpo'])

    expect([...silent.server.received, ...other.server.received]).toEqual([])
  })

  it('fills the places of a template', async () => {
    const body = '{"about": "{{repo}}: {{objectives}}", "rule": "{{rule}}", "run": "{{run}}{{workflow}}"}'
    const { command, bodies } = await setUp({ body })

    await command(['rpo', 'offsite'])
    await command([])

    expect(bodies()).toEqual([
      { about: 'docs: rpo, offsite', rule: 'objective', run: '' },
      { about: 'docs: ', rule: 'objective', run: '' },
    ])
  })

  it.each([
    [
      'ntfy',
      (url: string) => ({ url: `${url}/topic` }),
      { priority: 4, message: expect.stringContaining('3 days old') },
    ],
    ['slack', undefined, { text: expect.stringContaining('3 days old') }],
    ['discord', undefined, { content: expect.stringContaining('3 days old') }],
  ] as const)('is told by %s', async (type, settings, expected) => {
    const [stage, server] = [await notifyStage(), await httpReceiver()]
    const address = settings?.(server.url) ?? { url_file: await stage.secret('address', `${server.url}/hook`) }
    const notifications = await stage.open({ it: { type, ...address } })

    look(notifications, ['rpo'])
    await notifications.close()

    expect(server.received.map(({ body }) => JSON.parse(body))).toMatchObject([expected])
  })
})

describe('a ping', () => {
  it('of promises is sent with every look, and of no run', async () => {
    const [stage, server] = [await notifyStage(), await httpReceiver()]
    const open = () => stage.open({ it: { type: 'ping', url: `${server.url}/uuid`, on: 'objective' } })
    const notifications = await open()
    await notifications.conclude(report('docs', { outcome: 'failed' }), async () => expect.unreachable('a step'))

    for (const broken of [[], ['rpo'], ['rpo'], []] as const) {
      look(notifications, broken)
      await notifications.close()
    }

    expect(server.received.map(({ path }) => path)).toEqual(['/uuid', '/uuid/fail', '/uuid/fail', '/uuid'])
    expect(server.received[1]?.body).toContain('✗ rpo  the newest backup is 3 days old')
  })

  it('of several repos is good only when nothing of them is known to be broken', async () => {
    const [stage, server] = [await notifyStage(), await httpReceiver()]
    stage.history.push(report('docs', {}), report('photos', {}))
    const notifications = await stage.open({ it: { type: 'ping', url: `${server.url}/uuid`, on: 'objective' } })
    const command = async (looks: Readonly<Record<string, readonly ObjectiveName[]>>) => {
      for (const [repo, broken] of Object.entries(looks)) look(notifications, broken, repo)
      await notifications.close()
    }

    await command({ docs: [], photos: [] })
    await command({ docs: [], photos: ['rpo'] })
    await command({ docs: [] })
    await command({ docs: [], photos: [] })
    await command({ docs: [] })

    expect(server.received.map(({ path }) => path)).toEqual(['/uuid', '/uuid/fail', '/uuid', '/uuid'])
  })

  it('of runs has no part in promises', async () => {
    const [stage, server] = [await notifyStage(), await httpReceiver()]
    const notifications = await stage.open({ it: { type: 'ping', url: server.url } })

    look(notifications, ['rpo'])
    await notifications.close()

    expect(server.received).toEqual([])
  })
})

describe('the digest', () => {
  it('names what is broken: a good run of long ago is not well', async () => {
    const { stage, open, bodies } = await setUp({ on: 'digest' })
    stage.history.push(report('docs', {}), report('photos', {}))
    const notifications = await open()
    await notifications.conclude(report('docs', {}), async () => expect.unreachable('a step'))

    look(notifications, [])
    look(notifications, ['rpo'], 'photos')
    await notifications.close()

    const [{ title, level, text }] = bodies()
    expect([title, level]).toEqual(['✗ borgboi on anna: 1 repo not as promised', 'error'])
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^✓ docs {2}backup daily/),
      '✗ photos  rpo  the newest backup is 3 days old; the timer is not active',
      expect.stringMatching(/^✓ photos {2}backup daily/),
    ])
  })

  it('is not sent by a mere look: it is of runs', async () => {
    const { stage, server, command } = await setUp({ on: 'digest, objective' })
    stage.history.push(report('docs', {}))

    await command([])

    expect(server.received).toEqual([])
  })
})
