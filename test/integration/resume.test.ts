// Daily backups with the real Borg that are killed between any two steps, and the next one, which goes on with them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/platform/clock.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { processEnvironment } from '../support/cli-process.ts'
import { archivesOf, expectNothingLeft, reportsOf, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import type { DailyOrder } from '../support/daily-worker.ts'
import { aheadOf } from '../support/shifted-clock.ts'
import { suiteDir } from '../support/temp-dir.ts'

const WORKER = join(import.meta.dirname, '../support/daily-worker.ts')

describe.skipIf(testBorgVersion === undefined)('a daily backup that is killed', () => {
  let stage: Stage

  beforeAll(async () => {
    const root = await suiteDir()
    // Whatever is pruned is compacted at once: there are four steps then.
    const env = { BORGBOI_BORG__COMPACT_RECLAIMABLE: '1', BORGBOI_BORG__RETENTION__KEEP_LAST: '1' }
    const none = Object.fromEntries(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].map((rule) => [rule, '0']))
    const rules = Object.entries(none).map(([rule, count]) => [`BORGBOI_BORG__RETENTION__KEEP_${rule}`, count])
    stage = await setUpDocs(root, { env: { ...env, ...Object.fromEntries(rules) } })
    await mkdir(join(root, 'vault'))
    await succeed(stage.run('vault', 'add', 'nas', join(root, 'vault')))
    await succeed(stage.run('vault', 'use', 'nas'))
    await succeed(ahead('backup', 'daily'))
  })

  test.each([
    ['prune', ['create archive'], ['prune', 'compact', 'off-site']],
    ['compact', ['create archive', 'prune'], ['compact', 'off-site']],
    ['off-site', ['create archive', 'prune', 'compact'], ['off-site']],
    ['report', ['create archive', 'prune', 'compact'], ['off-site']],
  ])('at %s is gone on with from there', async (killAt, finished, todo) => {
    await writeFile(join(stage.source, 'a.txt'), `edition for ${killAt}`)
    const [before = ''] = await archivesOf(stage)

    await killed({ root: stage.root, killAt })
    const done = await archivesOf(stage)
    await succeed(ahead('backup', 'daily'))

    const [report, cut] = await reportsOf(stage)
    expect(cut).toMatchObject({ outcome: 'interrupted', failure: { message: 'the run was cut off' } })
    expect(report?.steps.map(({ name, outcome }) => `${name}: ${outcome}`)).toEqual(
      ['resume', ...todo].map((step) => `${step}: ok`),
    )
    expect(report?.continues?.steps).toEqual(finished)
    expect(done.at(-1)).not.toBe(before)
    expect(await archivesOf(stage)).toEqual([done.at(-1)])
    await expectNothingLeft(stage)
  })

  test('before it has made its archive is begun anew', async () => {
    const before = await archivesOf(stage)
    await killed({ root: stage.root, killAt: 'create archive' })

    await succeed(ahead('backup', 'daily'))

    const [report] = await reportsOf(stage)
    expect(report?.steps[0]?.detail).toMatch(/was not finished: all is done anew$/)
    expect(report).not.toHaveProperty('continues')
    expect(await archivesOf(stage)).not.toEqual(before)
  })

  test('shows as interrupted in the history, with the step', async () => {
    const { stdout } = await succeed(stage.run('history', '--limit', '2'))

    expect(stdout).toMatch(/✗ \w{6} +docs +backup daily .*interrupted \(exit 130\)/)
  })

  /** Its clock is that of the killed ones. */
  function ahead(...args: string[]) {
    return stage.runWith({ overrides: { clock: aheadOf(systemClock) } }, ...args)
  }

  async function killed(order: DailyOrder): Promise<void> {
    const child = spawn(process.execPath, [WORKER, JSON.stringify(order)], {
      cwd: stage.root,
      env: processEnvironment(stage),
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const [code, signal] = await once(child, 'close')
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' })
  }
})
