import { execFileSync } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogLevel } from '../../../src/model/log-level.ts'
import type { Warning } from '../../../src/model/run.ts'
import { EventLog } from '../../../src/telemetry/event-log.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { report, run } from '../../support/run-events.ts'
import { tempDir } from '../../support/temp-dir.ts'

function openLog(directory: string, { level = 'info' as LogLevel, patienceMs = 60_000 } = {}) {
  const path = join(directory, 'logs', 'events.jsonl')
  const log = new EventLog({ path, level, patienceMs, clock: new FakeClock(), maxBytes: 1_000_000, keep: 2 })
  const lines = async () => {
    await log.close()
    const text = await readFile(path, 'utf8')
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }
  return { log, path, lines }
}

/** A whole run with a warning, given to the log. */
function tell(log: EventLog) {
  const docs = run(log.take, 'docs')
  docs.start()
  docs.begin('create archive')
  docs.progress('create archive', { files: 1 })
  docs.warn('create archive', { kind: 'file-changed', message: 'a: changed', path: 'a' })
  docs.end('create archive', { outcome: 'warnings' })
  docs.finish({ outcome: 'warnings', exitCode: 3 })
}

/** The warnings of the steps that the log makes at the end of a run. */
async function concluded(log: EventLog): Promise<Warning[]> {
  const warnings: Warning[] = []
  await log.conclude(report('docs'), async (_name, act) => {
    await act({ onProgress: () => {}, onWarning: (warning) => void warnings.push(warning) })
  })
  return warnings
}

describe('the event log', () => {
  it('has a line for everything a run tells, as --json has it, with time and level', async () => {
    const { log, lines } = openLog(await tempDir(), { level: 'debug' })

    tell(log)

    expect((await lines()).map(({ message_type: type, level }) => [type, level])).toEqual([
      ['run_started', 'info'],
      ['step_started', 'info'],
      ['progress', 'debug'],
      ['warning', 'warning'],
      ['step_finished', 'warning'],
      ['summary', 'warning'],
    ])
    for (const line of await lines()) {
      expect(line).toMatchObject({ format: 1, time: '2026-11-20T02:30:04.000Z', repo: 'docs', run: 'run-docs' })
    }
  })

  it('leaves out what is below its level', async () => {
    const { log, lines } = openLog(await tempDir(), { level: 'warning' })

    tell(log)

    expect((await lines()).map(({ message_type: type }) => type)).toEqual(['warning', 'step_finished', 'summary'])
  })

  it('has notices too', async () => {
    const { log, lines } = openLog(await tempDir())

    log.take({ type: 'notice', level: 'warning', message: 'a key was open', hint: 'change it' })

    expect(await lines()).toMatchObject([
      { level: 'warning', message_type: 'notice', message: 'a key was open', hint: 'change it' },
    ])
  })

  it('makes no step of a run when all is well', async () => {
    const { log } = openLog(await tempDir())
    tell(log)

    expect(await concluded(log)).toEqual([])
  })

  it('warns once when its directory cannot be made, and drops what it is given', async () => {
    const directory = await tempDir()
    await writeFile(join(directory, 'logs'), 'a file in its place')
    const { log } = openLog(directory)

    tell(log)
    const first = await concluded(log)
    tell(log)
    const second = await concluded(log)

    expect(first).toMatchObject([{ kind: 'reporting', message: expect.stringContaining(join(directory, 'logs')) }])
    expect(second).toEqual([])
  })

  it('warns when the disk is full', async () => {
    const directory = await tempDir()
    await mkdir(join(directory, 'logs'))
    const { log, path } = openLog(directory)
    await symlink('/dev/full', path)

    tell(log)

    expect(await concluded(log)).toEqual([
      { kind: 'reporting', message: `cannot write ${path}: no space is left on that disk` },
    ])
  })

  it('does not wait for ever for a disk that does not answer', async () => {
    const directory = await tempDir()
    await mkdir(join(directory, 'logs'))
    const { log, path } = openLog(directory, { patienceMs: 20 })
    execFileSync('mkfifo', [path])
    // More than a pipe holds, and nobody reads it.
    log.take({ type: 'notice', level: 'warning', message: 'x'.repeat(200_000) })

    expect(await concluded(log)).toEqual([
      { kind: 'reporting', message: `cannot write ${path}: the disk does not answer` },
    ])
    await readFile(path)
  })
})
