// Notifiers on the command line: a real server is told how real runs ended.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeScheduler } from '../../fakes/fake-scheduler.ts'
import { httpReceiver } from '../../support/http-receiver.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function setUp(notify: (url: string) => unknown) {
  const [root, server] = [await tempDir(), await httpReceiver()]
  await mkdir(join(root, '.borgboi'))
  await writeFile(join(root, '.borgboi', 'config.yaml'), JSON.stringify({ notify: notify(server.url) }))
  const clock = new FakeClock()
  const overrides = { borg: new FakeBorg(), clock, scheduler: new FakeScheduler(clock) }
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  return { root, server, run, clock }
}

const PHONE = (url: string) => ({
  phone: { type: 'ntfy', url: `${url}/topic`, on: 'failure, recovery', repos: 'docs' },
  deadman: { type: 'ping', url: `${url}/uuid`, workflows: 'backup daily' },
})

describe('notify', () => {
  it('list shows who is told of what', async () => {
    const { run, server } = await setUp(PHONE)

    const [text, json] = [await run('notify', 'list'), await run('notify', 'list', '--json')]

    expect(text.stdout.replaceAll(/:\d+/g, ':1')).toBe(
      [
        'phone (ntfy)  127.0.0.1:1',
        '  told of  failure, recovery (again after 20 h)',
        '  repos    docs',
        'deadman (ping)  127.0.0.1:1',
        '  told of  begin and end of every run',
        '  repos    all\n',
      ].join('\n'),
    )
    expect(json.json()).toMatchObject([
      { notifiers: [{ name: 'phone', type: 'ntfy', usable: true }, { always: true }] },
    ])
    expect(server.received).toEqual([])
  })

  it('list says so where there is none', async () => {
    const { run } = await setUp(() => ({}))

    expect((await run('notify', 'list')).stdout).toBe(
      'Nobody is told. How to change that: borgboi help notifications\n',
    )
  })

  it('test tells everybody, or one, and fails where somebody was not told', async () => {
    const { run, server } = await setUp(PHONE)

    const all = await run('notify', 'test')
    const one = await run('notify', 'test', 'phone', '--json')
    server.answer = { status: 403, body: 'forbidden' }
    const refused = await run('notify', 'test', 'phone')

    expect(all).toMatchObject({ exitCode: 0, stdout: '✓ phone (ntfy) was told\n✓ deadman (ping) was told\n' })
    expect(one.json()).toEqual([{ notifiers: [{ name: 'phone', type: 'ntfy' }] }])
    expect(refused).toMatchObject({
      exitCode: 1,
      stdout: '✗ phone (ntfy) was not told: it answered 403: forbidden\n',
    })
  })

  it('test refuses a name that does not exist', async () => {
    const { run } = await setUp(PHONE)

    const { exitCode, stderr } = await run('notify', 'test', 'fone')

    expect(exitCode).toBe(2)
    expect(stderr).toContain('there are: phone, deadman')
  })
})

describe('runs', () => {
  it('tell who is to be told; one that is down is a warning, never a failure', async () => {
    const { root, run, server } = await setUp(PHONE)
    await mkdir(join(root, 'source'))
    await run('repo', 'create', '-n', 'docs', '-p', 'docs', '-b', 'source')

    const good = await run('backup', 'daily')
    server.answer = { status: 500 }
    const untold = await run('backup', 'daily')

    expect(good).toMatchObject({ exitCode: 0, stderr: '' })
    expect(good.stdout).toMatch(/\n {2}✓ notify +deadman /)
    expect(server.received.map(({ path }) => path)).toEqual(['/uuid/start', '/uuid', '/uuid/start', '/uuid'])
    expect(untold.exitCode).toBe(3)
    expect(untold.stdout).toMatch(/✓ create archive(.*\n)+ {2}! notify(.*\n)+.*finished with warnings \(exit 3\)/)
    expect(untold.stderr).toContain('deadman (ping) was not told: it answered 500')
  })
})

describe('status', () => {
  it('tells that nothing ran, once, and a run that it is as promised again', async () => {
    const { root, run, server, clock } = await setUp((url) => ({ hook: { type: 'webhook', url } }))
    await mkdir(join(root, 'source'))
    await run('repo', 'create', '-n', 'docs', '-p', 'docs', '-b', 'source')
    await run('backup', 'daily')
    await run('status')
    const before = server.received.length

    clock.advance(30 * 3_600_000)
    const broken = await run('status', '--brief')
    await run('status')
    await run('backup', 'daily')

    expect(before).toBe(0)
    expect(broken).toMatchObject({ exitCode: 14, stderr: '' })
    const told = server.received.map(({ body }) => JSON.parse(body))
    expect(told.map(({ rule, level, standing }) => [rule, level, standing.broke, standing.recovered])).toEqual([
      ['objective', 'error', ['rpo'], []],
      ['objective', 'info', [], ['rpo']],
    ])
    expect(told[0].text).toContain('✗ rpo  the newest backup is 30 hours old\n  borgboi backup daily --name docs')
  })

  it('is the same where nobody could be told', async () => {
    const { root, run, server, clock } = await setUp((url) => ({ hook: { type: 'webhook', url } }))
    await mkdir(join(root, 'source'))
    await run('repo', 'create', '-n', 'docs', '-p', 'docs', '-b', 'source')
    clock.advance(30 * 3_600_000)
    server.answer = { status: 500 }

    const { exitCode, stdout, stderr } = await run('status')

    expect(exitCode).toBe(14)
    expect(stdout).toContain('no backup yet')
    expect(stderr).toContain('hook (webhook) was not told: it answered 500')
  })
})
