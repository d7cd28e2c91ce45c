// Metrics on the command line, and as every run writes them.

import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { httpReceiver } from '../../support/http-receiver.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function setUp() {
  const root = await tempDir()
  const overrides = { borg: new FakeBorg() }
  await mkdir(join(root, 'source'))
  const file = join(root, 'borgboi.prom')
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  const runWith = (env: Record<string, string>, ...args: string[]) => borgboi({ root, overrides, env }, ...args)
  await run('repo', 'create', '-n', 'docs', '-p', 'docs', '-b', 'source')
  return { root, file, run, runWith }
}

describe('metrics', () => {
  it('are shown, and written where they are asked for', async () => {
    const { run, file } = await setUp()
    await run('backup', 'run')

    const shown = await run('metrics', 'write', '--file', '-')
    const written = await run('metrics', 'write', '--file', 'borgboi.prom')

    expect(shown.stdout).toContain('borgboi_run_last_exit_code{repo="docs",workflow="backup run"} 0\n')
    expect(written).toMatchObject({ exitCode: 0, stdout: `✓ written   ${file}\n` })
    expect(await readFile(file, 'utf8')).toBe(shown.stdout)
  })

  it('need to know where they go, to a file that collectors read', async () => {
    const { run } = await setUp()

    const nowhere = await run('metrics', 'write')
    const other = await run('metrics', 'write', '--file', 'metrics.txt')

    expect([nowhere.exitCode, other.exitCode]).toEqual([2, 2])
    expect(nowhere.stderr).toContain('metrics.file')
    expect(other.stderr).toContain('.prom')
  })

  it('are written by every run where the configuration says so; one that cannot is a warning', async () => {
    const { runWith, file, root } = await setUp()

    const good = await runWith({ BORGBOI_METRICS__FILE: file }, 'backup', 'daily')
    const bad = await runWith({ BORGBOI_METRICS__FILE: join(root, 'no', 'a.prom') }, 'backup', 'daily')

    expect(good).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await readFile(file, 'utf8')).toContain('borgboi_step_last_failed')
    expect(bad.exitCode).toBe(3)
    expect(bad.stderr).toContain('its directory does not exist')
  })
})

describe('traces', () => {
  it('are sent of every run where the configuration says so, and not while offline', async () => {
    const [{ runWith }, server] = [await setUp(), await httpReceiver()]
    const env = { BORGBOI_TELEMETRY__ENABLED: 'true', BORGBOI_TELEMETRY__TRACE_ENDPOINT: `${server.url}/v1/traces` }

    const sent = await runWith(env, 'backup', 'run')
    const offline = await runWith(env, 'backup', 'run', '--offline')

    expect([sent.exitCode, offline.exitCode]).toEqual([0, 0])
    expect(server.received).toHaveLength(1)
    expect(server.received[0]?.body).toContain('"name":"create archive"')
  })
})
