import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { notifyStage } from '../../support/notify-stage.ts'

const USUAL_PATH = '/usr/bin:/bin'

/** A program that notes its arguments and its stdin, or what `script` does besides. */
async function setUp(program: string, settings: Record<string, unknown>, script = '') {
  const stage = await notifyStage()
  const bin = join(stage.root, 'bin')
  await mkdir(bin)
  const log = join(stage.root, 'log')
  await writeFile(join(bin, program), `#!/bin/sh\nfor a; do echo "<$a>"; done > ${log}; cat >> ${log}\n${script}\n`)
  await chmod(join(bin, program), 0o755)
  const env = { PATH: `${bin}:${USUAL_PATH}`, BORG_PASSPHRASE: 's3cr3t' }
  const notifications = await stage.open({ it: { timeout: '5s', ...settings } }, { env })
  return { stage, bin, test: () => notifications.test('it'), log: () => readFile(log, 'utf8') }
}

describe('apprise', () => {
  it('gets the name of its configuration file, a title, and the text on its stdin', async () => {
    const { test, log } = await setUp('apprise', { type: 'apprise', url_file: '/etc/apprise.yml' })

    expect(await test()).toBeUndefined()

    expect((await log()).split('\n')).toEqual([
      '<--config>',
      '</etc/apprise.yml>',
      '<--notification-type>',
      '<info>',
      '<--title>',
      '<borgboi on anna: a test of it>',
      'This came from: borgboi notify test it',
      expect.any(String),
    ])
  })

  it('is not told where it fails, with its last words', async () => {
    const script = 'echo "$BORG_PASSPHRASE no service" >&2; exit 1'
    const { test, bin } = await setUp('apprise', { type: 'apprise', url_file: '/etc/apprise.yml' }, script)

    expect(await test()).toBe(`it (apprise) was not told: ${bin}/apprise failed: no service`)
  })

  it('is not told where it hangs or is not installed', async () => {
    const settings = { type: 'apprise', url_file: '/etc/apprise.yml', timeout: '1s' }
    const { test } = await setUp('apprise', settings, 'sleep 600')
    const none = await (await notifyStage()).open({ it: settings }, { env: { PATH: USUAL_PATH } })

    expect(await test()).toContain('it did not end in time')
    expect(await none.test('it')).toContain('the program apprise is not installed')
  })
})

describe('the desktop', () => {
  it('shows title and text, which never are options', async () => {
    const { test, log } = await setUp('notify-send', { type: 'desktop' })

    expect(await test()).toBeUndefined()

    expect(await log()).toContain('<--urgency=normal>\n<-->\n<borgboi on anna: a test of it>\n<This came from')
  })

  it('of a Mac gets them as arguments of a script', async () => {
    const { test, log } = await setUp('osascript', { type: 'desktop' })
    const problem = await test()
    // Where this machine has a notify-send of its own, that is asked.
    if (problem !== undefined) return

    expect(await log()).toContain('<end run>\n<borgboi on anna: a test of it>\n<This came from')
  })
})
