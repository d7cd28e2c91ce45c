import { describe, expect, it } from 'vitest'
import { type MailServer, mailServer } from '../../support/mail-server.ts'
import { notifyStage } from '../../support/notify-stage.ts'
import { report } from '../../support/run-events.ts'

const PEOPLE = { from: 'Backups <backups@example.org>', to: 'anna@example.org, otto@example.org' }

async function setUp(mail: MailServer, settings: Record<string, unknown> = {}) {
  const stage = await notifyStage()
  const url = `smtp://127.0.0.1:${mail.port}`
  const login = settings['user'] === undefined ? {} : { password_file: await stage.secret('password', 'pa55word') }
  const notifications = await stage.open({
    it: { type: 'email', url, ...PEOPLE, timeout: '2s', ...settings, ...login },
  })
  return { stage, notifications, test: () => notifications.test('it') }
}

describe('e-mail', () => {
  it('goes to everybody it is for, in UTF-8', async () => {
    const mail = await mailServer()
    const { notifications } = await setUp(mail)
    const failure = { code: 'locked', message: 'cannot open it – gehört Ärger', exitCode: 11, context: {} } as const

    await notifications.conclude(report('docs', { outcome: 'failed', failure }), async (_, act) => {
      await act({ onProgress: () => {}, onWarning: ({ message }) => expect.unreachable(message) })
    })

    expect(mail.received).toMatchObject([
      {
        from: expect.stringContaining('<backups@example.org>'),
        to: [expect.stringContaining('anna@example.org'), expect.stringContaining('otto@example.org')],
        text: expect.stringMatching(/^Subject: =\?UTF-8\?/m),
      },
    ])
    expect(mail.received[0]?.text).toMatch(/charset=utf-8/i)
  })

  it('logs in with the password out of its file', async () => {
    const mail = await mailServer('wants a login')
    const { test } = await setUp(mail, { user: 'anna' })

    expect(await test()).toBeUndefined()
    expect(mail.logins).toEqual(['anna:pa55word'])
  })

  it.each([
    ['refuses who it is for', /nobody of that name/],
    ['refuses logins', /it refused the user or the password/],
    ['says nothing', /in time/],
  ] as const)('is not told where the server %s', async (mood, problem) => {
    const { test } = await setUp(await mailServer(mood), { user: 'anna' })

    const told = await test()

    expect(told).toMatch(problem)
    expect(told).not.toContain('pa55word')
  })

  // Only Linux has other addresses of this machine that borgboi does not know for its own.
  it.runIf(process.platform === 'linux')('never sends a password in the clear to another machine', async () => {
    const mail = await mailServer('wants a login', '127.0.0.2')
    const { test } = await setUp(mail, { user: 'anna', url: `smtp://127.0.0.2:${mail.port}` })

    const told = await test()

    expect(told).toBeDefined()
    expect(mail.logins).toEqual([])
  })

  it('is not told where nothing listens', async () => {
    const { test } = await setUp({ port: 1, received: [], logins: [] })

    expect(await test()).toContain('nothing listens there')
  })
})
