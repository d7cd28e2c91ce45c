import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Hook } from '../../../src/deps.ts'
import { ShellHooks } from '../../../src/hooks/shell-hooks.ts'
import { SecretText } from '../../../src/model/secret.ts'
import { tempDir } from '../../support/temp-dir.ts'

const LONG_MS = 60_000

function open(env: Record<string, string> = {}) {
  const [stop, kill] = [new AbortController(), new AbortController()]
  const hooks = new ShellHooks({ env: { PATH: process.env['PATH'], ...env }, stop: stop.signal, kill: kill.signal })
  const run = (script: string, changes: Partial<Hook> = {}) =>
    hooks.run({ script, env: {}, input: '', timeoutMs: LONG_MS, whenStopped: false, ...changes })
  return { run, stop, kill }
}

/** A pipe for a hook and what it starts: read to its end when the last of them is gone. */
async function pipe() {
  const path = join(await tempDir(), 'pipe')
  execFileSync('mkfifo', [path])
  return path
}

describe('a hook', () => {
  it('reads its input, and has our environment with its own variables', async () => {
    const { run } = open({ LANG: 'C' })

    const end = await run('cat; echo $LANG $BORGBOI_RUN_REPO', {
      env: { BORGBOI_RUN_REPO: 'docs' },
      input: '{"a":1}\n',
    })

    expect(end).toEqual({ exitCode: 0, timedOut: false, said: ['{"a":1}', 'C docs'] })
  })

  it('is not given passphrases that the environment has', async () => {
    const names = ['BORG_PASSPHRASE', 'BORG_NEW_PASSPHRASE', 'BORGBOI_BORG__BORG_PASSPHRASE']
    const { run } = open(Object.fromEntries(names.map((name) => [name, 'sentinel'])))

    const { said } = await run('env')

    expect(said.filter((line) => line.includes('sentinel') || /PASSPHRASE/.test(line))).toEqual([])
  })

  it('has nothing of the hook that started this borgboi', async () => {
    const { run } = open({ BORGBOI_RUN_ERROR: 'outer' })

    expect((await run('env')).said.filter((line) => line.includes('BORGBOI_RUN'))).toEqual([])
  })

  it('that says a secret is kept with the secret masked', async () => {
    const { run } = open()
    new SecretText('hunter22')

    expect((await run('echo it is hunter22')).said).toEqual(['it is [secret]'])
  })

  it('of several lines ends with the first that fails', async () => {
    const { run } = open()

    expect(await run('echo one\nfalse\necho two')).toMatchObject({ exitCode: 1, said: ['one'] })
  })

  it('may end without reading its input', async () => {
    const { run } = open()

    expect(await run('exit 7', { input: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 7 })
  })

  it('that floods its output keeps twenty short lines of it', async () => {
    const { run } = open()

    const lines = await run('seq 1 300000')
    const endless = await run('head -c 5000000 /dev/zero | tr "\\0" x')

    expect(lines.said).toHaveLength(20)
    expect(lines.said.at(-1)).toBe('300000')
    expect(endless.said).toEqual(['x'.repeat(500)])
  })

  it('that hangs is killed after its time, with all it started', async () => {
    const { run } = open()
    const path = await pipe()

    const running = run(`exec 5> ${path}; echo begun >&5; sleep 600 & wait`, { timeoutMs: 500 })
    const written = await readFile(path, 'utf8')

    expect(written).toBe('begun\n')
    expect(await running).toMatchObject({ timedOut: true })
  })

  it('that leaves something running in the background is over when it ends itself', async () => {
    const { run } = open()

    const end = await run('sleep 600 & echo $!')

    expect(end).toMatchObject({ exitCode: 0, timedOut: false, said: [expect.stringMatching(/^\d+$/)] })
    process.kill(Number(end.said[0]), 'SIGKILL')
  })

  it.each(['SIGINT', 'SIGTERM'])(
    'is stopped with all it started when the person asks to stop by %s',
    async (signal) => {
      const { run, stop } = open()
      const path = await pipe()
      const running = run(`exec 5> ${path}; echo begun >&5; sleep 600 & wait`)

      // It ends when nobody has the pipe any more.
      for await (const _ of createReadStream(path)) stop.abort(signal)

      expect(await running).toMatchObject({ signal: 'SIGTERM', timedOut: false })
    },
  )

  it('that tidies up goes on when the person asks to stop, until they insist', async () => {
    const { run, stop, kill } = open()
    stop.abort('SIGINT')
    const started = join(await tempDir(), 'started')

    const tidied = await run('echo tidied', { whenStopped: true })
    const stubborn = run(`touch ${started}; sleep 600`, { whenStopped: true })
    await expect.poll(() => existsSync(started)).toBe(true)
    kill.abort('SIGINT')

    expect(tidied).toMatchObject({ exitCode: 0, said: ['tidied'] })
    expect(await stubborn).toMatchObject({ signal: 'SIGKILL', timedOut: false })
  })
})
