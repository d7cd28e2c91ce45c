import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { chooseStyle } from '../../../../src/cli/output/style.ts'
import { TextSink } from '../../../../src/cli/output/text-sink.ts'
import type { Warning } from '../../../../src/model/run.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { report, run, step } from '../../../support/run-events.ts'
import { Terminal } from '../../../support/terminal.ts'

interface Shown {
  readonly tty?: boolean
  readonly columns?: number
  readonly env?: Record<string, string>
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Both streams are one terminal, or with `tty: false` two files. */
function open({ tty = false, columns = 80, env = { LANG: 'C.UTF-8' }, quiet = false, verbose = false }: Shown = {}) {
  const stdout = new Terminal({ isTTY: tty, columns })
  const stderr = tty ? stdout : new Terminal({ isTTY: false, columns })
  const clock = new FakeClock()
  const styles = { stdout: chooseStyle(env, stdout), stderr: chooseStyle(env, stderr) }
  const sink = new TextSink({ stdout, stderr, clock, quiet, verbose }, styles)
  const take = sink.take.bind(sink)
  return { stdout, stderr, clock, sink, run: (repo: string) => run(take, repo), take }
}

const NO_COLOR = { LANG: 'C.UTF-8', NO_COLOR: '1' }
const lines = (text: string) => text.split('\n').slice(0, -1)

describe('a run in a file', () => {
  it('is a heading, a line per step and a closing line, on stdout', () => {
    const { stdout, stderr, run } = open()
    const docs = run('docs')

    docs.start()
    docs.begin('create archive')
    docs.progress('create archive', { files: 1, bytes: 2 })
    docs.end('create archive', {
      detail: 'docs-2026',
      figures: { files: 20_006, originalBytes: 1.07e9, deduplicatedBytes: 11.2e6 },
    })
    docs.end('prune', { durationMs: 300, figures: { kept: 17, removed: 1 } })
    docs.end('compact', { outcome: 'skipped', detail: 'nothing to reclaim' })
    docs.finish()

    expect(lines(stdout.text).map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'docs  /home/me/docs → /mnt/backup/docs',
      '  ✓ create archive  docs-2026  20,006 files · 1.07 GB · 11.2 MB new  1.1 s',
      '  ✓ prune  kept 17 · removed 1  0.3 s',
      '  · compact  nothing to reclaim',
      'done in 1.9 s',
    ])
    expect(stderr.text).toBe('')
    expect(stdout.text).not.toContain('\x1b')
  })

  it('keeps within the terminal, with what does not fit on a line of its own', () => {
    const { stdout, run } = open({ tty: true, env: NO_COLOR })
    const docs = run('docs')
    const archive = 'photographs-2026-11-20T19:35:40'
    const waits = 'backup undo can bring 12 archives back until Wednesday 27 November'

    docs.start()
    docs.end('create archive', { detail: archive, figures: { files: 20_006, originalBytes: 1.07e9 } })
    docs.end('rehearse', { detail: `back: ${archive}` })
    docs.end('compact', { outcome: 'skipped', detail: waits })
    docs.finish()

    expect(stdout.text).toContain(`\n      ${archive}`)
    expect(stdout.text).toContain(`\n      ${waits}`)
    expect(lines(stdout.text).filter((line) => line.length > 80)).toEqual([])
  })

  it('tells its warnings by kind, the first five of each, on stderr', () => {
    const { stdout, stderr, run } = open()
    const docs = run('docs')
    const warnings: Warning[] = Array.from({ length: 7 }, (_, index) => ({
      kind: 'file-changed',
      message: `f${index}: changed`,
      path: `f${index}`,
    }))

    docs.start()
    for (const warning of warnings) docs.warn('create archive', warning)
    docs.finish({ outcome: 'warnings', exitCode: 3, warnings, warningCounts: { 'file-changed': 2007 } })

    expect(lines(stderr.text)).toEqual([
      '  ! 2,007 changed while being read, kept as read:',
      ...['f0', 'f1', 'f2', 'f3', 'f4'].map((path) => `      ${path}`),
      expect.stringMatching(/^ {6}and 2,002 more: borgboi history show \S+ --warnings$/),
    ])
    expect(stdout.text).toContain('finished with warnings (exit 3)')
  })

  it('tells a failure in three lines on stderr, with the repo', () => {
    const { stderr, run } = open()
    const docs = run('docs')

    docs.start()
    docs.finish({
      outcome: 'failed',
      exitCode: 11,
      failure: { code: 'locked', message: 'cannot open it', reason: 'held', hint: 'wait', exitCode: 11, context: {} },
    })

    expect(lines(stderr.text)).toEqual(['✗ docs: cannot open it', '  held', '  wait     [locked, exit 11]'])
  })

  it('names the repo once where the failure begins with it', () => {
    const { stderr, run } = open()
    const docs = run('docs')

    docs.start()
    const failure = { code: 'repo-read-only', message: 'docs may only be read', exitCode: 2, context: {} } as const
    docs.finish({ outcome: 'failed', exitCode: 2, failure })

    expect(lines(stderr.text)[0]).toBe('✗ docs may only be read')
  })

  it('has plain words instead of symbols where they cannot be shown', () => {
    const { stdout, stderr, run } = open({ env: { LANG: 'C' } })
    const docs = run('docs')

    docs.end('one')
    docs.end('two', { outcome: 'warnings' })
    docs.end('three', { outcome: 'skipped' })
    docs.end('four', { outcome: 'failed' })
    docs.finish({ failure: { code: 'locked', message: 'm', exitCode: 11, context: {} } })

    expect(lines(stdout.text).map((line) => line.trim().split(' ')[0])).toEqual(['ok', 'warn', 'skip', 'FAIL'])
    expect(stderr.text).toMatch(/^FAIL/)
  })

  it('is silent with --quiet, but for warnings and failures', () => {
    const { stdout, stderr, run, take, sink } = open({ quiet: true })
    const docs = run('docs')

    take({ type: 'notice', level: 'info', message: 'by the way' })
    take({ type: 'notice', level: 'warning', message: 'look out', hint: 'do this' })
    docs.start()
    docs.begin('create archive')
    docs.end('create archive')
    docs.finish({ outcome: 'warnings', warnings: [{ kind: 'borg', message: 'odd' }], warningCounts: { borg: 1 } })
    sink.end([report('docs'), report('pics')])

    expect(stdout.text).toBe('')
    expect(lines(stderr.text)).toEqual(['! look out', '  do this', '  ! 1 said by Borg:', '      odd'])
  })

  it('shows no control character of a name or a message', () => {
    const { stdout, stderr, run, take } = open()
    const docs = run('docs')
    const evil = 'a\x1b[2Jb\rc\u202ed'

    take({ type: 'notice', level: 'warning', message: evil, hint: evil })
    docs.end('step', { detail: evil })
    docs.finish({
      warnings: [{ kind: 'borg', message: evil }],
      warningCounts: { borg: 1 },
      failure: { code: 'locked', message: evil, reason: evil, hint: evil, exitCode: 11, context: { log: [evil] } },
    })

    expect(stdout.text + stderr.text).not.toMatch(/[\x1b\r\u202e]/)
    expect(stderr.text).toContain('a\\x1b[2Jb\\x0dc\\u202ed')
  })

  it('with --verbose has all warnings and the context of a failure', () => {
    const { stderr, run } = open({ verbose: true })
    const warnings = Array.from({ length: 7 }, (_, index) => ({ kind: 'borg' as const, message: `w${index}` }))

    run('docs').finish({
      warnings,
      warningCounts: { borg: 7 },
      failure: { code: 'locked', message: 'm', exitCode: 11, context: { borgExitCode: 73, log: ['one', 'two'] } },
    })

    expect(stderr.text).toContain('w6')
    expect(stderr.text).toContain('    borgExitCode: 73\n    log: one\n      two\n')
  })
})

describe('runs at once', () => {
  it('each keep their lines together, in the order they began', () => {
    const { stdout, run } = open()
    const [docs, pics] = [run('docs'), run('pics')]

    docs.start()
    pics.start()
    pics.end('create archive')
    docs.end('create archive')
    pics.finish()
    docs.end('prune')
    docs.finish()

    expect(lines(stdout.text).map((line) => line.trim().split(/ {2,}/)[0])).toEqual([
      'docs',
      '✓ create archive',
      '✓ prune',
      'done in 1.9 s',
      'pics',
      '✓ create archive',
      'done in 1.9 s',
    ])
  })

  it('end in a table of how each ended', () => {
    const { stdout, sink } = open()

    sink.end([
      report('docs', { steps: [step('create archive', { detail: 'docs-2026' })] }),
      report('münchen', { outcome: 'failed', exitCode: 11 }),
      report('pics', { outcome: 'interrupted', exitCode: 130 }),
    ])

    expect(lines(stdout.text)).toEqual([
      '',
      '✓ docs     docs-2026  1.9 s',
      '✗ münchen             1.9 s  exit 11',
      '✗ pics                1.9 s  exit 130',
    ])
  })

  it('need no table when there is one', () => {
    const { stdout, sink } = open()

    sink.end([report('docs')])

    expect(stdout.text).toBe('')
  })
})

describe('a run on a terminal', () => {
  it('has a line that is redrawn in place and gone in the end', async () => {
    const { stdout, sink, clock, run } = open({ tty: true, env: NO_COLOR })
    const docs = run('docs')

    docs.start()
    docs.begin('create archive')
    for (const files of [1, 2, 3]) {
      docs.progress('create archive', { files, bytes: files * 1000, path: 'home/me/docs/file' })
      clock.advance(1000)
      await vi.waitFor(() => expect(stdout.screen()[1]).toContain(`${files} file`))
    }
    const running = stdout.screen()
    docs.end('create archive')
    docs.finish()
    sink.close()

    expect(running).toHaveLength(2)
    expect(running[1]).toMatch(/^ {2}\S create archive {3}3 files · 3\.00 kB · .*home\/me\/docs\/file$/)
    expect(stdout.screen().map((line) => line.trim().split(/ {2,}/)[0])).toEqual([
      'docs',
      '✓ create archive',
      'done in 1.9 s',
    ])
  })

  it('has a line for each that is running', async () => {
    const { stdout, sink, run } = open({ tty: true, env: NO_COLOR })
    const [docs, pics] = [run('docs'), run('pics')]

    for (const one of [docs, pics]) {
      one.start()
      one.begin('create archive')
    }
    await vi.waitFor(() => expect(stdout.screen()).toHaveLength(3))
    const both = stdout.screen()
    pics.end('create archive')
    pics.finish()
    const one = stdout.screen()
    sink.close()

    expect(both.slice(1).map((line) => line.replace(/^ {2}\S /, ''))).toEqual([
      expect.stringMatching(/^docs: create archive/),
      expect.stringMatching(/^pics: create archive/),
    ])
    expect(one).toHaveLength(2)
  })

  it('keeps a notice above the line', async () => {
    const { stdout, sink, run, take } = open({ tty: true, env: NO_COLOR })
    const docs = run('docs')

    docs.start()
    docs.begin('create archive')
    await vi.waitFor(() => expect(stdout.screen()).toHaveLength(2))
    take({ type: 'notice', level: 'warning', message: 'look out' })
    const shown = stdout.screen()
    sink.close()

    expect(shown.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^docs/),
      '! look out',
      expect.stringMatching(/create archive/),
    ])
  })

  it.each([
    ['colours', { LANG: 'C.UTF-8' }, true],
    ['none with NO_COLOR', NO_COLOR, false],
    ['some with an empty NO_COLOR', { LANG: 'C.UTF-8', NO_COLOR: '' }, true],
    ['none on a dumb terminal', { LANG: 'C.UTF-8', TERM: 'dumb' }, false],
  ])('has %s', (_, env, coloured) => {
    const { stdout, run } = open({ tty: true, env })

    run('docs').end('one')

    expect(stdout.text.includes('\x1b[32m')).toBe(coloured)
  })

  it('does not move on a dumb terminal or with --quiet', async () => {
    for (const shown of [{ env: { TERM: 'dumb' } }, { quiet: true }]) {
      const { stdout, sink, run } = open({ tty: true, ...shown })
      run('docs').begin('create archive')
      await new Promise((resolve) => setTimeout(resolve, 150))
      sink.close()

      expect(stdout.text).toBe('')
    }
  })

  it('keeps its colours out of a file that stdout goes to', () => {
    const [stdout, stderr] = [new Terminal({ isTTY: false }), new Terminal()]
    const env = { LANG: 'C.UTF-8' }
    const styles = { stdout: chooseStyle(env, stdout), stderr: chooseStyle(env, stderr) }
    const sink = new TextSink({ stdout, stderr, clock: new FakeClock(), quiet: false, verbose: false }, styles)

    run(sink.take.bind(sink), 'docs').end('one')

    expect(stdout.text).not.toContain('\x1b')
  })
})

describe('a look that lasts', () => {
  it('has a line on a terminal until there is something to print', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { stdout, sink } = open({ tty: true, env: NO_COLOR })

    sink.watch('look at sources', { files: 1, bytes: 5, path: '/home/me' })
    vi.advanceTimersByTime(250)
    sink.watch('look at sources', { files: 2, bytes: 9, path: '/home/me' })
    vi.advanceTimersByTime(250)
    const shown = stdout.screen()
    sink.settle()

    expect(shown).toEqual([expect.stringMatching(/look at sources +2 files · 9 B +\/home\/me/)])
    expect(stdout.screen()).toEqual([])
    sink.close()
  })

  it('has none in a file', () => {
    const { stderr, sink } = open()

    sink.watch('look at sources', { files: 1 })
    sink.settle()

    expect(stderr.text).toBe('')
  })
})
