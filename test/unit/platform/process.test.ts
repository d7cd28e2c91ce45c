import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RunningProgram, type RunOptions, runProgram } from '../../../src/platform/process.ts'
import { asOrdinaryUser } from '../../support/ordinary-user.ts'
import { tempDir } from '../../support/temp-dir.ts'

const PATH = process.env['PATH'] ?? ''
const LINE_CAP = 1 << 20

/** A shell one-liner with nothing but PATH in its environment. */
const sh = (script: string, options: Partial<RunOptions> = {}) =>
  runProgram('/bin/sh', ['-c', script], { env: { PATH }, ...options })

const node = (script: string, options: Partial<RunOptions> = {}) =>
  runProgram(process.execPath, ['-e', script], { env: { PATH }, ...options })

async function finish(running: RunningProgram) {
  const lines: string[] = []
  for await (const line of running.stdout) lines.push(line)
  return { lines, ...(await running.end) }
}

describe('what a program gets', () => {
  it('reads its secret from file descriptor 3, to the end', async () => {
    const result = await finish(await sh('cat <&3; echo end', { secret: 'two words' }))

    expect(result).toMatchObject({ exitCode: 0, lines: ['two wordsend'] })
  })

  it('may end without reading a secret larger than a pipe', async () => {
    const result = await finish(await sh('exit 7', { secret: 'x'.repeat(1_000_000) }))

    expect(result).toMatchObject({ exitCode: 7, timedOut: false })
  })

  it('has no file descriptor 3 without a secret', async () => {
    const result = await finish(await sh('(cat <&3) 2>/dev/null || echo none'))

    expect(result.lines).toEqual(['none'])
  })

  it('finds its stdin empty', async () => {
    const result = await finish(await sh('wc -c'))

    expect(result.lines[0]?.trim()).toBe('0')
  })

  it('has exactly the environment it is given', async () => {
    const script = 'console.log(JSON.stringify(process.env))'

    const result = await finish(await node(script, { env: { ONE: '1', TWO: 'ü' } }))

    const { __CF_USER_TEXT_ENCODING: _, ...environment } = JSON.parse(result.lines[0] ?? '')
    expect(environment).toEqual({ ONE: '1', TWO: 'ü' })
  })

  it('runs in the directory it is given', async () => {
    const cwd = await tempDir()

    const result = await finish(await sh('pwd', { cwd }))

    expect(result.lines).toEqual([cwd])
  })
})

describe('what a program says', () => {
  it('arrives as lines, the last one also without its end', async () => {
    const errors: string[] = []

    const result = await finish(
      await sh('printf "a\\n\\nb"; printf "c\\nd" >&2', { onStderrLine: (line) => errors.push(line) }),
    )

    expect(result.lines).toEqual(['a', '', 'b'])
    expect(errors).toEqual(['c', 'd'])
  })

  it('keeps characters whole that fall between two chunks', async () => {
    const script = `
      const bytes = Buffer.from('ü€😀\\n')
      const next = (i) => i < bytes.length && process.stdout.write(bytes.subarray(i, i + 1), () => setTimeout(next, 2, i + 1))
      next(0)`

    expect((await finish(await node(script))).lines).toEqual(['ü€😀'])
  })

  it('turns bytes that are not UTF-8 into replacement characters', async () => {
    const result = await finish(await sh("printf 'a\\377b\\n'"))

    expect(result.lines).toEqual(['a\ufffdb'])
  })

  it('is cut where a line is longer than the cap, and the lines after it are whole', async () => {
    const errors: string[] = []

    const result = await finish(
      await sh('head -c 100000000 /dev/zero | tr "\\0" x; echo; echo after; (head -c 3000000 /dev/zero; echo) >&2', {
        onStderrLine: (line) => errors.push(line),
      }),
    )

    expect(result.lines.map((line) => line.length)).toEqual([LINE_CAP, 5])
    expect(result.lines[1]).toBe('after')
    expect(errors.map((line) => line.length)).toEqual([LINE_CAP])
  })

  it('does not fill the memory when it is read slowly', async () => {
    const running = await sh(`yes "$(printf '%0999d' 7)" | head -n 200000`)
    const before = process.memoryUsage().rss
    let lines = 0
    let most = 0

    for await (const _ of running.stdout) {
      if (++lines % 1000 !== 0) continue
      await new Promise((resolve) => setTimeout(resolve, 1))
      most = Math.max(most, process.memoryUsage().rss)
    }

    expect(lines).toBe(200_000)
    expect((await running.end).exitCode).toBe(0)
    expect(most - before).toBeLessThan(100_000_000)
  })

  it('may be left unread: cancelling ends the program', async () => {
    const running = await sh('while :; do echo line; done')
    for await (const line of running.stdout) {
      expect(line).toBe('line')
      break
    }

    running.cancel()

    expect((await running.end).exitCode).toBeUndefined()
  })
})

describe('how a program ends', () => {
  it('tells its exit code', async () => {
    expect(await finish(await sh('exit 107'))).toMatchObject({ exitCode: 107, timedOut: false })
  })

  it('tells the signal that killed it', async () => {
    const result = await finish(await sh('kill -KILL $$'))

    expect(result).toMatchObject({ signal: 'SIGKILL' })
    expect(result).not.toHaveProperty('exitCode')
  })

  it('tells a program that is not there', async () => {
    expect(await finish(await runProgram('/no/such/program', [], { env: {} }))).toMatchObject({ startError: 'ENOENT' })
  })

  it('tells a program that may not be executed', async () => {
    const file = join(await tempDir(), 'program')
    await writeFile(file, '#!/bin/sh\n')
    await chmod(file, 0o644)

    expect(await finish(await runProgram(file, [], { env: {} }))).toMatchObject({ startError: 'EACCES' })
  })

  it('tells a file that is no program', async () => {
    const file = join(await tempDir(), 'program')
    await writeFile(file, Buffer.from([0, 1, 2, 3]))
    await chmod(file, 0o755)

    const result = await finish(await runProgram(file, [], { env: {} }))

    expect(result.startError ?? `exit ${result.exitCode}`).toMatch(/ENOEXEC|EACCES|exit 12[67]/)
  })

  it('tells a directory it may not run in', async () => {
    const directory = await tempDir()
    await mkdir(join(directory, 'closed'), { mode: 0o700 })

    await asOrdinaryUser(async () => {
      if (process.geteuid?.() === process.getuid?.()) return
      const result = await finish(await sh('pwd', { cwd: join(directory, 'closed') }))
      expect(result.startError).toBe('EACCES')
    })
  })
})

/** Notes every signal it gets in `file`, and ends by itself after the first one. */
const NOTING = (file: string) => `
  const fs = require('node:fs')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => { fs.appendFileSync('${file}', signal + ' '); setTimeout(() => process.exit(5), 300) })
  }
  setInterval(() => {}, 1000)
  console.log('ready')`

describe('stopping a program', () => {
  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
    ['SIGHUP', 'SIGTERM'],
  ])('passes %s on as %s, once', async (given, passed) => {
    const stop = new AbortController()
    const file = join(await tempDir(), 'signals')
    const running = await node(NOTING(file), { stop: stop.signal })

    for await (const _ of running.stdout) {
      stop.abort(given)
      stop.abort(given)
    }

    expect(await running.end).toMatchObject({ exitCode: 5 })
    expect(await readFile(file, 'utf8')).toBe(`${passed} `)
  })

  it('stops a program that is started when the stop has come already', async () => {
    const result = await finish(await sh('exec sleep 60', { stop: AbortSignal.abort('SIGTERM') }))

    expect(result.signal).toBe('SIGTERM')
  })

  it('kills a program that does not listen, and what it started', async () => {
    const kill = new AbortController()
    const running = await sh('trap "" INT TERM; sleep 60 & echo ready; wait; sleep 60', { kill: kill.signal })

    for await (const _ of running.stdout) kill.abort('SIGINT')

    expect((await running.end).signal).toBe('SIGKILL')
  })

  it('kills a program after its time, and what it started', async () => {
    const result = await finish(await sh('echo begun; sleep 60; echo never', { timeoutMs: 500 }))

    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL', lines: ['begun'] })
  })

  it('lets go of its signals when it has ended', async () => {
    const stop = new AbortController()
    const result = await finish(await sh('exit 0', { stop: stop.signal, timeoutMs: 60_000 }))

    stop.abort('SIGINT')

    expect(result).toMatchObject({ exitCode: 0, timedOut: false })
  })
})
