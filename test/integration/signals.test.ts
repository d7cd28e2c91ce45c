// Stopping borgboi: in good order, by force, or dead without a word. The repository is usable right after, and no Borg
// is left behind.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import {
  borgProcesses,
  type CliProcess,
  startBorgboi,
  until,
  untilBorgReads,
  whileItRuns,
} from '../support/cli-process.ts'
import {
  archivesOf,
  expectNothingLeft,
  nextSecond,
  reportsOf,
  type Stage,
  setUpDocs,
  succeed,
} from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { plainBorg } from '../support/plain-borg.ts'
import { suiteDir } from '../support/temp-dir.ts'

const BIG_FILE_MIB = 384
const COMFORTABLE = { timeout: 180_000 }

describe.skipIf(testBorgVersion === undefined || process.platform !== 'linux')(
  'a backup that is stopped (Linux: it looks into /proc)',
  () => {
    let stage: Stage
    let big: string

    beforeAll(async () => {
      stage = await setUpDocs(await suiteDir(), { args: ['--compression', 'none'] })
      big = join(stage.source, 'big')
      await writeFile(big, differentBlocks(BIG_FILE_MIB))
    })

    /** A daily backup whose Borg is in the middle of the big file. */
    async function startAndReachBig(...args: string[]): Promise<{ readonly run: CliProcess; readonly borg: number }> {
      await nextSecond()
      const run = startBorgboi(stage, 'backup', 'daily', ...args)
      return { run, borg: await whileItRuns(run, untilBorgReads(stage.repository, big)) }
    }

    test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it in good order with exit 130', COMFORTABLE, async (signal) => {
      const before = await archivesOf(stage)
      const { run } = await startAndReachBig()

      run.kill(signal)
      const ended = await run.ended

      const { reason, hint } = expectFailure(ended, 'interrupted')
      expect(reason).toContain(signal)
      expect(hint).toContain('run the same command again')
      expect(await borgProcesses(stage.repository)).toEqual([])
      await expectNothingLeft(stage)
      expect(await archivesOf(stage)).toEqual(before)
      const [report] = await reportsOf(stage)
      expect(report).toMatchObject({ workflow: 'backup daily', outcome: 'interrupted', exitCode: 130 })
    })

    test('SIGINT lets Borg keep a checkpoint, which is no archive of anyone', COMFORTABLE, async () => {
      const { run } = await startAndReachBig()

      run.kill('SIGINT')
      await run.ended

      expect(checkpointsIn(stage).length).toBeGreaterThan(0)
      expect(await archivesOf(stage)).toEqual([])
    })

    test('a signal again and again ends a Borg that does not end by itself', COMFORTABLE, async () => {
      const before = await archivesOf(stage)
      const { run, borg } = await startAndReachBig('--json')

      process.kill(borg, 'SIGSTOP')
      const pressing = setInterval(() => run.kill('SIGINT'), 200)
      const ended = await run.ended
      clearInterval(pressing)

      expectFailure(ended, 'interrupted')
      expect(await borgProcesses(stage.repository)).toEqual([])
      // Borg had no chance to take its lock away: the next command clears it.
      expect(await archivesOf(stage)).toEqual(before)
    })

    test('a run after borgboi was killed waits for the Borg that works on, or clears what it left', async () => {
      const { run } = await startAndReachBig()

      run.kill('SIGKILL')
      const killed = await run.ended
      await nextSecond()
      const next = await startBorgboi(stage, 'backup', 'daily', '--lock-wait', '2min').ended

      expect(killed.signal).toBe('SIGKILL')
      expect(next, next.stderr).toMatchObject({ exitCode: 0 })
      await until('no Borg is left', async () => (await borgProcesses(stage.repository)).length === 0)
      await expectNothingLeft(stage)
      expect((await archivesOf(stage)).length).toBeGreaterThan(0)
      expect((await succeed(stage.run('backup', 'check'))).stdout).toContain('consistent')
    })

    test('a signal while waiting for another run ends the waiting with exit 130', COMFORTABLE, async () => {
      await writeFile(big, differentBlocks(64))
      const { run: first, borg } = await startAndReachBig()
      process.kill(borg, 'SIGSTOP')
      const waiting = startBorgboi(stage, 'backup', 'prune', '--lock-wait', '10min')

      await until('the second run has begun', async () => waiting.stdout().includes('docs'))
      waiting.kill('SIGTERM')
      const stopped = await waiting.ended
      process.kill(borg, 'SIGCONT')
      const done = await first.ended

      expectFailure(stopped, 'interrupted')
      expect(done, done.stderr).toMatchObject({ exitCode: 0 })
      await expectNothingLeft(stage)
    })

    test('a restore that is stopped leaves the files there are and no staging folder', COMFORTABLE, async () => {
      const [archive = ''] = await archivesOf(stage)
      const place = join(stage.root, 'place')
      await mkdir(place)
      await writeFile(join(place, 'mine'), 'mine')
      const args = ['--archive', archive, '--destination', place, '--overwrite', 'always']
      const run = startBorgboi(stage, 'backup', 'restore', ...args)
      const borg = await until('Borg extracts', async () => (await borgProcesses(stage.repository))[0])

      process.kill(borg, 'SIGSTOP')
      const pressing = setInterval(() => run.kill('SIGTERM'), 200)
      const ended = await run.ended
      clearInterval(pressing)

      expectFailure(ended, 'interrupted')
      expect(await readdir(place)).toEqual(['mine'])
      expect(await borgProcesses(stage.repository)).toEqual([])
    })
  },
)

/** Blocks of 1 MiB that differ from each other and from any other time's, so that Borg has to store them all. */
function differentBlocks(count: number): Buffer[] {
  const block = randomBytes(1 << 20)
  return Array.from({ length: count }, (_, n) => {
    block.writeUInt32LE(n)
    return Buffer.from(block)
  })
}

/** What Borg kept of archives that were not finished. */
function checkpointsIn(stage: Stage): string[] {
  const args = ['list', '--short', '--consider-checkpoints', '--glob-archives', '*.checkpoint*', stage.repository]
  return plainBorg(stage, ...args)
    .split('\n')
    .filter((name) => name !== '')
}
