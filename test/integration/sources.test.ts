// Sources that are not as they should be: gone, unreadable, vanishing or changing while Borg reads them.

import { appendFile, chmod, mkdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { untilBorgReads } from '../support/cli-process.ts'
import {
  archivesOf,
  expectNothingLeft,
  fingerprint,
  nextSecond,
  reportsOf,
  type Stage,
  setUpDocs,
  succeed,
} from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { borgWithoutPrivileges } from '../support/programs.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

const BIG_FILE_BYTES = 256 << 20

describe.skipIf(testBorgVersion === undefined)('sources', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir(), { args: ['--retention', 'last=1'] })
    await succeed(stage.run('backup', 'run'))
    await nextSecond()
    await succeed(stage.run('backup', 'run'))
  })

  test('a missing source fails the run with exit 1; nothing is stored and nothing pruned', async () => {
    const before = await fingerprint(stage.repository)
    await rename(stage.source, `${stage.source}-aside`)
    onTestFinished(() => rename(`${stage.source}-aside`, stage.source))

    const text = expectFailure(await stage.run('backup', 'daily'), 'source-missing')
    const json = await stage.run('backup', 'daily', '--json')

    expect(text).toMatchObject({
      message: expect.stringContaining(stage.source),
      reason: expect.stringContaining('does not exist'),
      hint: expect.stringContaining('nothing was pruned'),
    })
    expectFailure(json, 'source-missing')
    expect(json.json().find((line) => line['message_type'] === 'summary')).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      steps: [{ name: 'create archive', outcome: 'failed' }],
    })
    expect(await fingerprint(stage.repository)).toEqual(before)
    expect(await archivesOf(stage)).toHaveLength(2)
    await expectNothingLeft(stage)
  })

  test('one missing source among several stops the run before anything is stored', async () => {
    const other = join(stage.root, 'other')
    const archive = join(stage.root, 'second-repository')
    await mkdir(other)
    await succeed(
      stage.run(...['repo', 'create', '-n', 'two', '-p', archive, '-b', stage.source, '-b', other, '-e', 'none']),
    )
    await rm(other, { recursive: true })

    const { message } = expectFailure(await stage.run('backup', 'daily', '--name', 'two'), 'source-missing')

    expect(message).toContain(other)
    expect(await archivesOf(stage, 'two')).toEqual([])
    await succeed(stage.run('repo', 'delete', '--name', 'two', '--yes'))
  })

  test('a source that this Borg may not read is counted, and the rest is stored with exit 3', async () => {
    const secret = join(stage.source, 'secret.txt')
    await writeFile(secret, 'for my eyes only')
    await chmod(secret, 0o000)
    onTestFinished(() => rm(secret))
    const env = { BORGBOI_BORG__EXECUTABLE_PATH: await borgWithoutPrivileges(join(stage.root, 'weak-borg')) }

    await nextSecond()
    const json = await stage.runWith({ env }, 'backup', 'run', '--json')
    await nextSecond()
    const text = await stage.runWith({ env }, 'backup', 'run')

    const [report] = await reportsOf(stage)
    const expected = {
      outcome: 'warnings',
      exitCode: 3,
      warningCounts: { 'permission-denied': 1 },
      warnings: [{ kind: 'permission-denied', path: secret }],
      steps: [{ name: 'create archive', outcome: 'warnings', figures: { files: 2 } }],
    }
    expect(json.exitCode).toBe(3)
    expect(json.json().find((line) => line['message_type'] === 'warning')).toMatchObject({ kind: 'permission-denied' })
    expect(json.json().find((line) => line['message_type'] === 'summary')).toMatchObject(expected)
    expect(report).toMatchObject(expected)
    expect(text.exitCode).toBe(3)
    expect(text.stderr).toMatch(/! 1 may not be read by this user:\n +\S*source\/secret\.txt\n/)
    expect(text.stdout).toContain('finished with warnings (exit 3)')
  })
})

describe.skipIf(testBorgVersion === undefined || process.platform !== 'linux')(
  'sources that change under Borg (Linux: it looks into /proc)',
  () => {
    test('files that vanish or change while being read are counted per kind, and the rest is stored', async () => {
      const stage = await setUpDocs(await tempDir(), { args: ['--compression', 'none'] })
      const big = join(stage.source, 'big')
      await writeFile(big, '')
      await truncate(big, BIG_FILE_BYTES)
      const vanishing = await fileBehind(big, stage.source)

      const running = stage.run('backup', 'daily', '--json')
      const borg = await untilBorgReads(stage.repository, big)
      process.kill(borg, 'SIGSTOP')
      await rm(vanishing)
      await appendFile(big, 'changed')
      process.kill(borg, 'SIGCONT')
      const writing = setInterval(() => void appendFile(big, 'changed again'), 20)
      const result = await running
      clearInterval(writing)

      const [report] = await reportsOf(stage)
      const expected = {
        outcome: 'warnings',
        exitCode: 3,
        warningCounts: { 'file-vanished': 1, 'file-changed': 1 },
        warnings: expect.arrayContaining([
          expect.objectContaining({ kind: 'file-vanished', path: vanishing }),
          expect.objectContaining({ kind: 'file-changed', path: big }),
        ]),
      }
      expect(result.exitCode, result.stderr).toBe(3)
      expect(result.json().at(-1)).toMatchObject(expected)
      expect(report).toMatchObject(expected)
      expect((await stage.run('backup', 'contents')).stdout).toContain('source/sub/b.txt')
      await expectNothingLeft(stage)
    })
  },
)

/** A new file that Borg comes to later: it takes the entries of a directory by inode. */
async function fileBehind(first: string, directory: string): Promise<string> {
  const { ino } = await stat(first)
  for (let n = 0; ; n++) {
    const path = join(directory, `vanishing-${n}`)
    await writeFile(path, 'soon gone')
    if ((await stat(path)).ino > ino) return path
  }
}
