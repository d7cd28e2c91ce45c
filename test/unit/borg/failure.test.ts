import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogMessage } from '../../../src/borg/call.ts'
import { toBorgError } from '../../../src/borg/failure.ts'
import { SecretText } from '../../../src/model/secret.ts'
import type { RunEnd } from '../../../src/platform/process.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SENTINEL = 'sentinel-Pa55'
const running = new AbortController().signal

interface Told {
  readonly messages?: LogMessage[]
  readonly raw?: string[]
  readonly stopped?: AbortSignal
  readonly subcommand?: string
  readonly path?: string
}

const error = (text: string, messageId?: string, level = 'ERROR'): LogMessage => ({
  type: 'log',
  level,
  logger: 'borg.archiver',
  text,
  ...(messageId === undefined ? {} : { messageId }),
})

const explain = (end: Partial<RunEnd>, { messages = [], raw = [], stopped = running, ...told }: Told = {}) =>
  toBorgError(
    {
      subcommand: told.subcommand ?? 'create',
      args: [],
      access: { path: told.path ?? '/srv/docs', passphrase: new SecretText(SENTINEL), lockWaitSeconds: 1 },
    },
    { timedOut: false, ...end },
    { messages, raw, stopped },
  )

const EXIT_CODES = [...Array.from({ length: 98 }, (_, index) => index + 2), 129, 130, 137, 143, 255]

describe('a failed Borg', () => {
  it.each(EXIT_CODES)(
    'with exit code %i and no word is told in three lines without the passphrase',
    async (exitCode) => {
      const failure = await explain({ exitCode })

      const lines = [failure.message, failure.reason, failure.hint]
      for (const line of lines) expect(line).toMatch(/^\S[^\n]*\S$/)
      expect(JSON.stringify([lines, failure.context])).not.toContain(SENTINEL)
      expect(failure.context).toMatchObject({ repository: '/srv/docs', subcommand: 'create', borgExitCode: exitCode })
    },
  )

  it('is explained by the message with the id, not by its traceback', async () => {
    const traceback = 'Traceback (most recent call last):\n  File "x.py", line 1\nIntegrityError: bad\n\n'

    const failure = await explain(
      { exitCode: 2 },
      { messages: [error('Data integrity error: bad\nmore', 'IntegrityError'), error(traceback)] },
    )

    expect(failure).toMatchObject({
      code: 'repository-damaged',
      exitCode: 13,
      reason: 'Data integrity error: bad',
      context: { messageId: 'IntegrityError' },
    })
  })

  it('is explained by the last line of the traceback where Borg itself broke', async () => {
    const traceback =
      'Traceback (most recent call last):\n  File "x.py", line 1, in main\n    write()\nOSError: [Errno 28] No space left on device\n\n'

    const failure = await explain(
      { exitCode: 2 },
      { messages: [error('Local Exception', 'Exception'), error(traceback)] },
    )

    expect(failure).toMatchObject({ code: 'repository-full', reason: 'OSError: [Errno 28] No space left on device' })
  })

  it('is explained by its last raw line where it logged nothing', async () => {
    const failure = await explain({ exitCode: 2 }, { raw: ['usage: borg', 'borg create: error: no such option'] })

    expect(failure).toMatchObject({ code: 'borg-failed', reason: 'borg create: error: no such option' })
  })

  it.each([
    ['its message', { exitCode: 2 }, [error('Cache is newer', 'Cache.RepositoryReplay')]],
    ['its exit code', { exitCode: 64 }, []],
  ])(
    'because it had seen a newer state, by %s, leads to the way to accept the older one',
    async (_case, end, messages) => {
      const failure = await explain(end, { messages: [...messages] })

      expect(failure).toMatchObject({
        code: 'repository-moved',
        hint: expect.stringContaining('import --accept-older'),
      })
    },
  )

  it.each([
    ['is somewhere else', 'Cache.RepositoryAccessAborted', 'repo move --path /srv/docs --to /srv/docs'],
    ['is not there', 'Repository.DoesNotExist', 'repo move --path /srv/docs --to'],
  ])('because the repository %s leads to the way to say where it is', async (_case, messageId, hint) => {
    const failure = await explain({ exitCode: 2 }, { messages: [error('no', messageId)] })

    expect(failure.hint).toContain(`borgboi ${hint}`)
  })

  it('that refused the passphrase leads to the way to tell the right one, or to finish a change', async () => {
    const messages = [error('passphrase supplied is incorrect.', 'PassphraseWrong')]
    const changing = { path: '/srv/docs', lockWaitSeconds: 1, isPassphraseBeingChanged: true }

    const wrong = await explain({ exitCode: 52 }, { messages })
    const cutOff = await toBorgError(
      { subcommand: 'info', args: [], access: changing },
      { timedOut: false, exitCode: 52 },
      { messages, raw: [], stopped: running },
    )

    expect(wrong.hint).toContain('borgboi repo passphrase set --path /srv/docs')
    expect(cutOff.hint).toContain('borgboi repo passphrase change --path /srv/docs')
  })

  it('keeps the last ten of its words for --verbose', async () => {
    const messages = Array.from({ length: 30 }, (_, index) => error(`message ${index}`))

    const failure = await explain({ exitCode: 2 }, { messages })

    expect(failure.context['log']).toEqual(messages.slice(-10).map(({ text }) => text))
  })

  it('that was killed may have met a full memory', async () => {
    expect(await explain({ signal: 'SIGKILL' })).toMatchObject({
      code: 'borg-failed',
      reason: expect.stringContaining('memory'),
    })
    expect((await explain({ signal: 'SIGSEGV' })).reason).toBe('it was killed by SIGSEGV')
  })

  it('that could not be started names the system’s answer', async () => {
    expect(await explain({ startError: 'EACCES' })).toMatchObject({
      code: 'borg-missing',
      reason: expect.stringContaining('EACCES'),
    })
  })

  it.each(['create', 'prune'])('%s that was stopped is interrupted, whatever it said', async (subcommand) => {
    const failure = await explain(
      { exitCode: 2 },
      { subcommand, messages: [error('x', 'LockTimeout')], stopped: AbortSignal.abort('SIGINT') },
    )

    expect(failure).toMatchObject({
      code: 'interrupted',
      exitCode: 130,
      reason: 'borgboi got SIGINT and passed it on',
      hint: expect.stringContaining('run the same command again'),
    })
  })
})

describe('a locked repository', () => {
  const locked = (path: string) => explain({ exitCode: 73 }, { path, messages: [error('timeout', 'LockTimeout')] })

  it('names a holder of another machine, or one that is gone', async () => {
    const path = await tempDir()
    await mkdir(join(path, 'lock.exclusive', 'nas.lan@1234.4194305-0'), { recursive: true })

    expect(await locked(path)).toMatchObject({
      code: 'locked',
      exitCode: 11,
      reason: expect.stringContaining('a Borg process (pid 4194305 of nas.lan@1234, since '),
      hint: expect.stringContaining(`repo break-lock --force --path ${path}`),
    })
  })

  it('tells that somebody holds it where nothing more is known', async () => {
    const path = await tempDir()
    await mkdir(join(path, 'lock.exclusive', 'no such form'), { recursive: true })

    for (const place of [path, join(path, 'nowhere'), 'ssh://me@nas/./docs']) {
      expect((await locked(place)).reason).toBe('another Borg process holds its lock')
    }
  })
})
