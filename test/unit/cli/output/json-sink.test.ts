import { describe, expect, it } from 'vitest'
import { JsonSink } from '../../../../src/cli/output/json-sink.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { report, run } from '../../../support/run-events.ts'
import { Terminal } from '../../../support/terminal.ts'

function open() {
  const [stdout, stderr] = [new Terminal({ isTTY: false }), new Terminal({ isTTY: false })]
  const clock = new FakeClock()
  const sink = new JsonSink({ stdout, stderr, clock })
  const messages = () =>
    stdout.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { sink, clock, stderr, messages, run: (repo: string) => run(sink.take.bind(sink), repo) }
}

const types = (messages: Record<string, unknown>[]) => messages.map(({ message_type: type }) => type)

describe('a run in JSON', () => {
  it('is a line per event with its type, time, repo and run, the summary last', () => {
    const { run, messages } = open()
    const docs = run('docs')

    docs.start()
    docs.begin('create archive')
    docs.progress('create archive', { files: 1, bytes: 2, path: 'a' })
    docs.warn('create archive', { kind: 'file-changed', message: 'a: changed', path: 'a' })
    docs.end('create archive', { outcome: 'warnings', figures: { files: 1 } })
    docs.finish({ outcome: 'warnings', exitCode: 3 })

    expect(types(messages())).toEqual([
      'run_started',
      'step_started',
      'progress',
      'warning',
      'step_finished',
      'summary',
    ])
    for (const message of messages()) {
      expect(message).toMatchObject({ time: '2026-11-20T02:30:04.000Z', repo: 'docs', run: 'run-docs' })
    }
    expect(messages()[4]).toMatchObject({ step: 'create archive', outcome: 'warnings', durationMs: 1100 })
    expect(messages()[5]).toMatchObject({ outcome: 'warnings', exitCode: 3, workflow: 'backup daily' })
  })

  it('that failed ends in exit_error after its summary', () => {
    const { run, messages } = open()
    const failure = { code: 'locked', message: 'm', reason: 'r', hint: 'h', exitCode: 11, context: {} } as const

    run('docs').finish({ outcome: 'failed', exitCode: 11, failure })

    expect(types(messages())).toEqual(['summary', 'exit_error'])
    expect(messages()[1]).toMatchObject({ code: 'locked', message: 'm', reason: 'r', hint: 'h', exitCode: 11 })
  })

  it('has progress four times a second at most, and the first of every step', () => {
    const { run, clock, messages } = open()
    const docs = run('docs')

    docs.begin('one')
    for (let files = 0; files < 100; files++) {
      docs.progress('one', { files })
      clock.advance(10)
    }
    docs.begin('two')
    docs.progress('two', { files: 0 })

    const progress = messages().filter(({ message_type: type }) => type === 'progress')
    expect(progress.map(({ step, files }) => [step, files])).toEqual([
      ['one', 0],
      ['one', 25],
      ['one', 50],
      ['one', 75],
      ['two', 0],
    ])
  })

  it('throttles each of several runs by itself', () => {
    const { run, messages } = open()

    for (const repo of ['docs', 'pics']) run(repo).progress('one', { files: 1 })

    expect(messages().map(({ repo }) => repo)).toEqual(['docs', 'pics'])
  })

  it('of several repos ends in a total', () => {
    const { sink, messages } = open()

    sink.end([report('docs'), report('pics', { outcome: 'failed', exitCode: 11 })])
    sink.end([report('docs')])

    expect(messages()).toEqual([
      {
        message_type: 'total',
        time: '2026-11-20T02:30:04.000Z',
        runs: [
          { repo: 'docs', workflow: 'backup daily', outcome: 'ok', exitCode: 0 },
          { repo: 'pics', workflow: 'backup daily', outcome: 'failed', exitCode: 11 },
        ],
      },
    ])
  })

  it('has notices on stderr', () => {
    const { sink, stderr, messages } = open()

    sink.take({ type: 'notice', level: 'warning', message: 'look out', hint: 'do this' })

    expect(stderr.text).toBe('warning: look out; do this\n')
    expect(messages()).toEqual([])
  })
})
