import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseRepoName } from '../../../src/model/names.ts'
import type { RunReport } from '../../../src/model/run.ts'
import { MetricsFile } from '../../../src/telemetry/metrics-file.ts'
import { report } from '../../support/run-events.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function setUp() {
  const path = join(await tempDir(), 'borgboi.prom')
  const history: RunReport[] = []
  const notices: unknown[] = []
  const file = new MetricsFile({
    version: '2.0.0',
    repos: { list: async () => [{ name: parseRepoName('docs') }] as never },
    runs: { list: async () => history } as never,
  })
  const outlet = (to = path) => file.outlet(to, (event) => void notices.push(event))
  return { path, history, notices, file, outlet }
}

const noStep = async () => expect.unreachable('a step')

describe('the metrics file', () => {
  it('is written at the end of a run, a failed one too, for everybody to read', async () => {
    const { path, outlet } = await setUp()

    await outlet().conclude(report('docs', { outcome: 'failed', exitCode: 11 }), noStep)

    expect(await readFile(path, 'utf8')).toContain('run_last_exit_code{repo="docs",workflow="backup daily"} 11')
    expect((await stat(path)).mode & 0o777).toBe(0o644)
  })

  it('has all runs in the end that ended at the same time', async () => {
    const { path, history, outlet } = await setUp()
    const metrics = outlet()
    const [one, two] = [report('docs', { id: 'a', workflow: 's3 sync' }), report('docs', { id: 'b' })]

    await metrics.conclude(one, noStep)
    await metrics.conclude(two, noStep)
    history.push({ ...two, exitCode: 3 }, { ...one, exitCode: 3 })
    await metrics.close()

    expect((await readFile(path, 'utf8')).match(/run_last_exit_code\{.*\} 3/g)).toHaveLength(2)
  })

  it('that cannot be written is a warning of the run', async () => {
    const { path, outlet, notices } = await setUp()
    const nowhere = join(path, '..', 'nowhere', 'borgboi.prom')
    const metrics = outlet(nowhere)
    const warnings: unknown[] = []

    for (const id of ['a', 'b']) {
      await metrics.conclude(report('docs', { id }), async (name, act) => {
        expect(name).toBe('metrics')
        await act({ onProgress: () => {}, onWarning: (warning) => void warnings.push(warning) })
      })
    }
    await metrics.close()

    const message = `cannot write the metrics to ${nowhere}: its directory does not exist`
    expect(warnings).toEqual([
      { kind: 'reporting', message },
      { kind: 'reporting', message },
    ])
    expect(notices).toEqual([{ type: 'notice', level: 'warning', message }])
  })

  it('is refused where a directory is', async () => {
    const { path, file } = await setUp()
    await mkdir(path)

    await expect(file.write(path)).rejects.toMatchObject({ code: 'file-unusable' })
  })
})
