// Most files of a repo gone, and then all of them rewritten, with the real Borg: what its figures tell, and what its own
// comparison says when they are back.

import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '../../src/deps.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, reportsOf, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { aheadOf } from '../support/shifted-clock.ts'
import { suiteDir } from '../support/temp-dir.ts'

const FILES = Array.from({ length: 120 }, (_, place) => `f${place}`)
/** Beside the two of the stage. */
const ALL = FILES.length + 2

describe.skipIf(testBorgVersion === undefined)('a repo', () => {
  let stage: Stage
  let clock: Clock = systemClock

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    await fill()
    for (let day = 1; day <= 3; day++) await succeed(daily())
  })

  test('of which most is gone is not pruned before that is accepted', async () => {
    const before = await archivesOf(stage)
    for (const file of FILES.slice(12)) await rm(join(stage.source, file))

    const run = await daily()

    const archives = await archivesOf(stage)
    expectFailure(run, 'change-unaccepted')
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain(`✗ docs: 108 of ${ALL} files are gone since ${before.at(-1)}\n`)
    expect(archives).toEqual([...before, expect.any(String)])
    expectFailure(await now('backup', 'prune'), 'change-unaccepted')
    expectFailure(await now('backup', 'compact'), 'change-unaccepted')
    expect(await archivesOf(stage)).toEqual(archives)
    const status = await now('status')
    expect(status.exitCode).toBe(14)
    expect(status.stdout).toContain(`borgboi backup diff --name docs ${before.at(-1)} ${archives.at(-1)}`)

    await succeed(daily('--accept-change'))

    expect((await now('status')).exitCode).toBe(0)
    expect((await reportsOf(stage))[0]?.steps[0]).toMatchObject({ name: 'accept change', detail: archives.at(-1) })
  })

  test('of which all is rewritten goes on when it is as before again', async () => {
    await fill()
    await succeed(daily())
    const contents = await Promise.all(FILES.map((file) => readFile(join(stage.source, file))))
    await fill()

    const run = await daily()
    const next = await daily()

    expect(run.stderr).toMatch(/✗ docs: 12\.\d MB of 12\.0 MB were rewritten since docs-/)
    expect(next.stdout).toContain(`still ${FILES.length} files differ from docs-`)
    expectFailure(next, 'change-unaccepted')

    for (const [place, file] of FILES.entries()) await writeFile(join(stage.source, file), contents[place] ?? '')
    const { stdout } = await succeed(daily())

    expect(stdout).toContain('much as before again: 0 files differ from docs-')
    expect((await now('status')).exitCode).toBe(0)
  })

  async function fill(): Promise<void> {
    for (const file of FILES) await writeFile(join(stage.source, file), randomBytes(100_000))
  }

  /** Half a day after the one before, with which it does not go on. */
  function daily(...args: string[]) {
    for (let hour = 1; hour <= 13; hour++) clock = aheadOf(clock)
    return now('backup', 'daily', ...args)
  }

  function now(...args: string[]) {
    return stage.runWith({ overrides: { clock } }, ...args)
  }
})
