import { Readable, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Output, openOutput } from '../../../../src/cli/output/output.ts'
import { AppError, ERROR_CODES, type ErrorCode } from '../../../../src/errors.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { report } from '../../../support/run-events.ts'
import { Terminal } from '../../../support/terminal.ts'

interface Opened {
  readonly json?: boolean
  readonly verbose?: boolean
  /** What a person types; absent: no terminal. */
  readonly typed?: string
  readonly stdout?: Writable
  readonly stop?: AbortSignal
  readonly quiet?: boolean
  readonly locale?: string
}

function open(opened: Opened = {}) {
  const {
    json = false,
    verbose = false,
    quiet = false,
    locale = 'C.UTF-8',
    typed,
    stdout = new Terminal({ isTTY: false }),
  } = opened
  const { stop = new AbortController().signal } = opened
  const stderr = new Terminal({ isTTY: false })
  const stdin = Object.assign(Readable.from([typed ?? '']), { isTTY: typed !== undefined })
  const env = { LANG: locale }
  const output: Output = openOutput({
    stdout,
    stderr,
    stdin,
    env,
    clock: new FakeClock(),
    stop,
    json,
    quiet,
    verbose,
  })
  return { output, stdout: stdout as Terminal, stderr }
}

const LOSS = { action: 'delete docs', consequences: ['all 17 archives', 'a\x1b[2Jb'] }

describe('a document', () => {
  it('is text for people or one line of JSON, on stdout', () => {
    const [text, json] = [open(), open({ json: true })]

    for (const { output } of [text, json]) output.document({ a: 1 }, () => 'one')

    expect([text.stdout.text, json.stdout.text]).toEqual(['one\n', '{"a":1}\n'])
  })
})

describe('a report', () => {
  const lines = ['✓ made   /a', '  and so', '! but', '    borgboi help', '· left out', '✗ lost', '', '✓']
  const tell = (opened: Opened) => {
    const { output, stdout } = open(opened)
    output.report({ a: 1 }, () => lines.join('\n'))
    return stdout.text
  }

  it('is lines with marks, or one line of JSON', () => {
    expect(tell({})).toBe(`${lines.join('\n')}\n`)
    expect(tell({ json: true })).toBe('{"a":1}\n')
  })

  it('has words for marks where the locale may not be able to show them', () => {
    expect(tell({ locale: 'C' })).toMatch(
      /^ok {3}made {3}\/a\n {2}and so\nwarn but\n {4}borg.*\nskip left out\nFAIL lost\n/,
    )
  })

  it('has colours on a terminal that wants them', () => {
    expect(tell({ stdout: new Terminal() })).toContain('\x1b[32m✓\x1b[39m made   /a\n')
  })

  it('is cut down to warnings and errors by --quiet, and to nothing where there are none', () => {
    expect(tell({ quiet: true })).toBe('! but\n    borgboi help\n✗ lost\n')
    const { output, stdout } = open({ quiet: true })
    output.report({}, () => '✓ made\n  and so')
    expect(stdout.text).toBe('')
  })
})

describe('many lines', () => {
  it('wait for a slow reader', async () => {
    let taken = 0
    const slow = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        setTimeout(() => {
          taken++
          done()
        }, 1)
      },
    })
    const { output } = open({ stdout: slow })
    let most = 0
    async function* items() {
      for (let i = 0; i < 50; i++) {
        most = Math.max(most, i - taken)
        yield i
      }
    }

    await output.lines(items(), (n) => n, String)

    expect(most).toBeLessThanOrEqual(2)
  })
})

describe('a failure', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s is three lines on stderr and its exit code', (code) => {
    const { output, stdout, stderr } = open()

    const exitCode = output.fail(new AppError(code, 'cannot do it', { reason: 'of this', hint: 'do that' }))

    expect(exitCode).toBe(ERROR_CODES[code][0])
    expect(stderr.text).toBe(`✗ cannot do it\n  of this\n  do that     [${code}, exit ${exitCode}]\n`)
    expect(stdout.text).toBe('')
  })

  it('is one line of JSON on stdout with the same facts', () => {
    const { output, stdout, stderr } = open({ json: true })

    output.fail(new AppError('locked', 'm', { reason: 'r', hint: 'h', context: { pid: 7 } }))

    expect(JSON.parse(stdout.text)).toEqual({
      message_type: 'exit_error',
      code: 'locked',
      message: 'm',
      reason: 'r',
      hint: 'h',
      exitCode: 11,
      context: { pid: 7 },
    })
    expect(stderr.text).toBe('')
  })

  it('has its context only with --verbose', () => {
    const [short, long] = [open(), open({ verbose: true })]
    const error = new AppError('borg-failed', 'm', { context: { log: ['borg said this'] } })

    for (const { output } of [short, long]) output.fail(error)

    expect(short.stderr.text).not.toContain('borg said this')
    expect(long.stderr.text).toContain('    log: borg said this\n')
  })
})

describe('a confirmation', () => {
  it.each([
    ['y\n', true],
    ['YES\n', true],
    [' yes \n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
  ])('typed %j is %j', async (typed, answer) => {
    const { output } = open({ typed })

    expect(await output.confirm(false)(LOSS)).toBe(answer)
  })

  it('says what will be lost before it asks, without control characters', async () => {
    const { output, stdout, stderr } = open({ typed: 'n\n' })

    await output.confirm(false)(LOSS)

    expect(stderr.text).toMatch(/^About to delete docs:\n {2}- all 17 archives\n {2}- a\\x1b\[2Jb\n/)
    expect(stdout.text).toBe('')
  })

  it('is given by --yes without asking', async () => {
    const { output, stderr } = open()

    expect(await output.confirm(true)(LOSS)).toBe(true)
    expect(stderr.text).toBe('')
  })

  it.each([{}, { json: true, typed: 'y\n' }])('cannot be asked for without a person: %j', async (opened) => {
    const { output } = open(opened)

    await expect(output.confirm(false)(LOSS)).rejects.toMatchObject({
      code: 'confirmation-needed',
      exitCode: 2,
      hint: expect.stringContaining('--yes'),
    })
  })

  it('that ends with the terminal is a no', async () => {
    const { output, stderr } = open({ typed: '' })

    expect(await output.confirm(false)(LOSS)).toBe(false)
    expect(stderr.text).toMatch(/\n$/)
  })
})

describe('a question that nobody answers', () => {
  it('is taken back by the stop signal', async () => {
    const stop = new AbortController()
    const { output } = open({ typed: 'never ends the lin', stop: stop.signal })

    const asked = output.confirm(false)(LOSS)
    stop.abort('SIGTERM')

    await expect(asked).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 })
  })
})

describe('runs', () => {
  it('exit as the worst of them', () => {
    const { output } = open()

    expect(output.runs([report('a'), report('b', { outcome: 'failed', exitCode: 11 })])).toBe(11)
    expect(output.runs([report('a')])).toBe(0)
  })
})

describe('a hidden question', () => {
  it('is answered unseen', async () => {
    const { output, stdout, stderr } = open({ typed: 'sentinel\n' })

    expect((await output.askHidden('passphrase'))?.reveal()).toBe('sentinel')

    expect(stdout.text + stderr.text).toBe('passphrase: \n')
  })

  it('is not asked without a terminal, or by a program', async () => {
    for (const { output, stderr } of [open(), open({ typed: 'sentinel\n', json: true })]) {
      expect(await output.askHidden('passphrase')).toBeUndefined()
      expect(stderr.text).toBe('')
    }
  })

  it.each([
    ['the terminal ends', { typed: '' }],
    ['a signal comes', { typed: 'half', stop: AbortSignal.abort('SIGTERM') }],
  ])('is left when %s', async (_case, opened) => {
    await expect(open(opened).output.askHidden('passphrase')).rejects.toMatchObject({ code: 'interrupted' })
  })
})
