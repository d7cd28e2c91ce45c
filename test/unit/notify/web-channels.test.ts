import { describe, expect, it } from 'vitest'
import { deadAddress, httpReceiver } from '../../support/http-receiver.ts'
import { notifyStage } from '../../support/notify-stage.ts'
import { report, step } from '../../support/run-events.ts'

const TEST_TITLE = 'borgboi on anna: a test of it'

/** Sends a test by a notifier of that type; the server it reaches. */
async function setUp(settings: Record<string, unknown>, { path = '/hook', secretPath = false } = {}) {
  const [stage, server] = [await notifyStage(), await httpReceiver()]
  const address = `${server.url}${path}`
  const where = secretPath ? { url_file: await stage.secret('address', address) } : { url: address }
  const token = settings['token_file'] === undefined ? {} : { token_file: await stage.secret('token', 't0ken') }
  const notifications = await stage.open({ it: { timeout: '5s', ...settings, ...where, ...token } })
  return { stage, server, test: () => notifications.test('it') }
}

describe('ntfy', () => {
  it('is posted to its topic as JSON, with the token', async () => {
    const { server, test } = await setUp({ type: 'ntfy', token_file: '' }, { path: '/sub/my%20topic' })

    expect(await test()).toBeUndefined()

    expect(server.received).toMatchObject([{ path: '/sub', headers: { authorization: 'Bearer t0ken' } }])
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({
      topic: 'my topic',
      title: TEST_TITLE,
      message: expect.stringContaining('borgboi notify test it'),
      priority: 2,
    })
  })

  it('needs a topic in its address', async () => {
    const { server, test } = await setUp({ type: 'ntfy' }, { path: '/' })

    expect(await test()).toContain('names no topic')
    expect(server.received).toEqual([])
  })
})

describe('slack and discord', () => {
  it.each([
    ['slack', 'text'],
    ['discord', 'content'],
  ])('%s gets one text, at an address out of a file', async (type, field) => {
    const { server, test } = await setUp({ type }, { path: '/services/s3cr3t', secretPath: true })

    expect(await test()).toBeUndefined()

    expect(server.received[0]?.path).toBe('/services/s3cr3t')
    expect(JSON.parse(server.received[0]?.body ?? '')[field]).toContain(TEST_TITLE)
  })

  it('nothing in a message calls anybody, ends its block or grows too long', async () => {
    const [stage, server] = [await notifyStage(), await httpReceiver()]
    const url_file = await stage.secret('address', server.url)
    const notifications = await stage.open({ a: { type: 'slack', url_file }, b: { type: 'discord', url_file } })
    const message = `<!channel> @everyone \`\`\` & ${'ü'.repeat(10_000)}`
    const failure = { code: 'internal', message, exitCode: 1, context: {} } as const

    await notifications.conclude(report('docs', { outcome: 'failed', failure }), async (_, act) => {
      await act({ onProgress: () => {}, onWarning: ({ message }) => expect.unreachable(message) })
    })

    const bodies = server.received.map(({ body }) => JSON.parse(body))
    const [slack, discord] = [bodies.find(({ text }) => text)?.text, bodies.find(({ content }) => content)]
    expect(slack).toContain("&lt;!channel&gt; @everyone ''' &amp; ü")
    expect(discord.allowed_mentions).toEqual({ parse: [] })
    expect(discord.content.length).toBeLessThan(2000)
    expect(discord.content.match(/```/g)).toHaveLength(2)
  })
})

describe('a webhook', () => {
  it('gets everything as JSON', async () => {
    const { server, test } = await setUp({ type: 'webhook', token_file: '' })

    expect(await test()).toBeUndefined()

    expect(server.received).toMatchObject([
      { path: '/hook', headers: { authorization: 'Bearer t0ken', 'content-type': 'application/json' } },
    ])
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      format: 1,
      rule: 'test',
      level: 'info',
      title: TEST_TITLE,
      text: expect.any(String),
      host: 'anna',
      time: '2026-11-20T02:30:04.000Z',
    })
  })

  it('gets what its template says', async () => {
    const body = '{"summary": "{{title}}", "repo": "{{repo}}"}'
    const json = await setUp({ type: 'webhook', body })
    const plain = await setUp({ type: 'webhook', body: '{{rule}}: {{host}}', content_type: 'text/plain' })

    expect([await json.test(), await plain.test()]).toEqual([undefined, undefined])

    expect(JSON.parse(json.server.received[0]?.body ?? '')).toEqual({ summary: TEST_TITLE, repo: '' })
    expect(plain.server.received).toMatchObject([{ body: 'test: anna', headers: { 'content-type': 'text/plain' } }])
  })
})

describe('a ping', () => {
  it('tells that a run begins, that it went well and that it failed, with the steps', async () => {
    const [stage, server] = [await notifyStage(), await httpReceiver()]
    const notifications = await stage.open({ it: { type: 'ping', url: `${server.url}/uuid?create=1` } })
    const steps = [step('create archive', { detail: 'docs-1', figures: { files: 3 } })]
    const ids = { runId: 'run-docs', repo: 'docs' }
    const noted: (string | undefined)[] = []
    const conclude = (changes: Parameters<typeof report>[1]) =>
      notifications.conclude(report('docs', { steps, ...changes }), async (name, act) => {
        noted.push(name, (await act({ onProgress: () => {}, onWarning: () => {} })).detail)
      })
    const begin = () => {
      notifications.take({ type: 'run-started', ...ids, workflow: 'backup daily', sources: [], repositoryPath: '/r' })
      notifications.take({ type: 'step-started', ...ids, step: 'before hook' })
      notifications.take({ type: 'step-started', ...ids, step: 'create archive' })
      notifications.take({ type: 'step-started', ...ids, step: 'prune' })
    }

    begin()
    await conclude({})
    begin()
    await conclude({ outcome: 'failed' })

    expect(server.received.map(({ path }) => path)).toEqual([
      '/uuid/start?create=1',
      '/uuid?create=1',
      '/uuid/start?create=1',
      '/uuid/fail?create=1',
    ])
    expect(server.received[1]?.body).toContain('✓ create archive  docs-1  3 files')
    expect(noted).toEqual(['notify', 'it', 'notify', 'it'])
  })

  it('says nothing of a run that a hook skipped', async () => {
    const [stage, server] = [await notifyStage(), await httpReceiver()]
    const notifications = await stage.open({ it: { type: 'ping', url: server.url } })
    const ids = { runId: 'run-docs', repo: 'docs' }

    notifications.take({ type: 'run-started', ...ids, workflow: 'backup daily', sources: [], repositoryPath: '/r' })
    notifications.take({ type: 'step-started', ...ids, step: 'before hook' })
    notifications.take({ type: 'step-started', ...ids, step: 'volume' })
    notifications.take({ type: 'step-started', ...ids, step: 'finally hook' })
    await notifications.conclude(report('docs', { outcome: 'skipped' }), async () => expect.unreachable('a step'))

    expect(server.received).toEqual([])
  })
})

describe('what goes wrong is said without the address', () => {
  const settings = { type: 'webhook', timeout: '1s' }

  it('the server answers with an error', async () => {
    const { server, test } = await setUp(settings, { path: '/s3cr3t', secretPath: true })
    server.answer = { status: 500, body: `oh\n no ${'x'.repeat(1000)}` }

    const problem = await test()

    expect(problem).toMatch(/^it \(webhook\) was not told: it answered 500: oh no x+$/)
    expect(problem?.length).toBeLessThan(300)
  })

  it('the server repeats the secret in its answer', async () => {
    const { server, test } = await setUp(settings, { path: '/s3cr3t', secretPath: true })
    server.answer = { status: 404, body: `nothing at ${server.url}/s3cr3t` }

    expect(await test()).toBe('it (webhook) was not told: it answered 404: nothing at [secret]')
  })

  it('the server sends on to another address, which would lose the message', async () => {
    const { server, test } = await setUp(settings, { path: '/s3cr3t', secretPath: true })
    server.answer = { status: 301, location: 'https://elsewhere.example/s3cr3t/2' }

    expect(await test()).toBe(
      'it (webhook) was not told: it answered 301: it sends on to another address on https://elsewhere.example; give that one',
    )
    expect(server.received).toHaveLength(1)
  })

  it('the server does not answer', async () => {
    const { server, test } = await setUp(settings)
    server.answer = 'never'

    expect(await test()).toBe('it (webhook) was not told: it did not answer in time')
  })

  it('nothing listens there, or there is no such host', async () => {
    const stage = await notifyStage()
    const dead = await stage.open({ it: { ...settings, url: `${await deadAddress()}/s3cr3t` } })
    const lost = await stage.open({ it: { ...settings, url: 'http://no.such.host.invalid/s3cr3t' } })

    expect(await dead.test('it')).toBe('it (webhook) was not told: nothing listens there')
    expect(await lost.test('it')).toMatch(/no such host|could not be looked up|in time/)
  })

  it('the file with the secret is not there, or others may write it', async () => {
    const stage = await notifyStage()
    const notifications = await stage.open({ it: { type: 'slack', url_file: `${stage.root}/nothing` } })

    expect(await notifications.test('it')).toBe(
      `it (slack) was not told: cannot take the secret of a notifier from ${stage.root}/nothing: there is no such file`,
    )
  })

  it('the file with the secret holds something else', async () => {
    const stage = await notifyStage()
    const path = await stage.secret('address', 's3cr3t words')
    const notifications = await stage.open({ it: { type: 'ntfy', url_file: path } })

    expect(await notifications.test('it')).toBe(
      `it (ntfy) was not told: cannot take the address of a notifier from ${path}: what it holds is none of a web server`,
    )
  })

  it('the person insists on the end', async () => {
    const [stage, server, kill] = [await notifyStage(), await httpReceiver(), new AbortController()]
    server.answer = 'never'
    const notifications = await stage.open(
      { it: { type: 'webhook', url: server.url, timeout: '1h' } },
      { kill: kill.signal },
    )

    const problem = notifications.test('it')
    await expect.poll(() => server.received.length).toBe(1)
    kill.abort('SIGINT')

    expect(await problem).toContain('in time')
  })
})
