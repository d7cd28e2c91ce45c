import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { FileConfigSource } from '../../../src/config/config-source.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function open(yaml: string, env: Record<string, string> = {}) {
  const home = await tempDir()
  const source = new FileConfigSource({ home, cwd: home, env, flags: {} })
  await writeFile(source.path, yaml)
  return source
}

describe('a notifier in the configuration', () => {
  it('needs a type and what its type needs; the rest has defaults', async () => {
    const source = await open('notify:\n  phone: {type: ntfy, url: "https://ntfy.sh/t"}\n  here: {type: desktop}\n')

    const { notify } = await source.load()

    expect(notify['phone']).toMatchObject({
      type: 'ntfy',
      url: 'https://ntfy.sh/t',
      on: ['failure', 'warning', 'recovery', 'objective'],
      repeat_after: 20 * 3_600_000,
      workflows: expect.arrayContaining(['backup daily', 's3 verify']),
      timeout: 10_000,
    })
    expect(Object.keys(notify)).toEqual(['phone', 'here'])
  })

  it('is made by a variable with its type', async () => {
    const source = await open('', {
      BORGBOI_NOTIFY__PHONE__TYPE: 'ntfy',
      BORGBOI_NOTIFY__PHONE__URL: 'https://ntfy.sh/t',
      BORGBOI_NOTIFY__PHONE__REPEAT_AFTER: 'never',
    })

    expect((await source.load()).notify['phone']).toMatchObject({ type: 'ntfy', repeat_after: 'never' })
  })

  it.each([
    ['no type', '{url: "https://x/y"}', 'notify.a has no type', 'type: ntfy'],
    ['a type that does not exist', '{type: telegram}', '"telegram"', 'apprise'],
    ['no address', '{type: ntfy}', 'ntfy has no address', 'either url or url_file'],
    ['two addresses', '{type: ntfy, url: "https://x/y", url_file: /a}', 'two addresses', 'either'],
    ['a secret address', '{type: slack, url: "https://hooks.slack.com/s3cr3t"}', 'is a secret', 'url_file'],
    ['a key of another type', '{type: desktop, to: me}', 'desktop has no to', 'it has: type'],
    ['rules where none hold', '{type: ping, url: "https://x/y", on: failure}', 'of every run', 'on: objective'],
    ['an address of another kind', '{type: email, url: "https://x/y", from: a, to: b}', 'of another kind', 'smtp://'],
    ['nobody to write to', '{type: email, url: "smtp://x", from: a}', 'email has no to', 'to: …'],
    ['a path that is relative', '{type: slack, url_file: a}', 'not an absolute path', '/'],
    ['a rule that does not exist', '{type: desktop, on: always}', 'rule "always"', 'success'],
    ['a command that nobody watches', '{type: desktop, workflows: backup restore}', 'workflow', 'backup daily'],
    ['a place that does not exist', '{type: webhook, url: "https://x/y", body: "{{all}}"}', 'no such place', 'title'],
  ])('with %s is told', async (_, settings, reason, hint) => {
    const error = await (await open(`notify: {a: ${settings}}`)).load().catch((thrown) => thrown)

    expect(error.code).toBe('config-invalid')
    expect(error.reason).toContain(reason)
    expect(error.hint).toContain(hint)
    expect(JSON.stringify([error.message, error.reason, error.hint])).not.toContain('s3cr3t')
  })
})
