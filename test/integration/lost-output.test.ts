// Output that nobody can take: the log's disk is full, or the reader has gone away. The repository must not care.

import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { BIN, borgProcesses, processEnvironment } from '../support/cli-process.ts'
import { archivesOf, expectNothingLeft, nextSecond, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { suiteDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined || process.platform !== 'linux')(
  'output that cannot be written (Linux: it needs /dev/full)',
  () => {
    let stage: Stage

    beforeAll(async () => {
      stage = await setUpDocs(await suiteDir())
      // A listing of more than a stream's buffer holds.
      for (let n = 0; n < 400; n++) await writeFile(join(stage.source, `${n}-${'x'.repeat(100)}`), '')
      await succeed(stage.run('backup', 'daily'))
    })

    function inShell(line: string) {
      const script = line.replace('borgboi', `'${process.execPath}' '${BIN}'`)
      return spawnSync('bash', ['-c', script], { cwd: stage.root, env: processEnvironment(stage), encoding: 'utf8' })
    }

    test('to a full disk fails a listing with exit 1 and says why', () => {
      for (const command of ['repo list', 'backup list --json', 'backup contents']) {
        const { status, stderr } = inShell(`borgboi ${command} > /dev/full`)

        expect(status, command).toBe(1)
        expect(stderr).toMatch(/cannot write the output\n {2}ENOSPC.*\n {2}.*\[file-unusable, exit 1\]/)
        expect(stderr).not.toContain('at ')
      }
    })

    test('to a full disk does not stop a backup', async () => {
      await nextSecond()
      const before = (await archivesOf(stage)).length

      const { status } = inShell('borgboi backup run > /dev/full')

      expect(status).toBe(1)
      expect(await archivesOf(stage)).toHaveLength(before + 1)
      await expectNothingLeft(stage)
    })

    test('to a reader that went away ends a listing quietly, and does not stop a backup', async () => {
      await nextSecond()
      const before = (await archivesOf(stage)).length

      for (const command of ['backup contents', 'backup run']) {
        const { stderr } = inShell(`borgboi ${command} | true; exit "\${PIPESTATUS[0]}"`)

        expect(stderr).toBe('')
      }

      expect(await archivesOf(stage)).toHaveLength(before + 1)

      expect(await borgProcesses(stage.repository)).toEqual([])
      await expectNothingLeft(stage)
      await nextSecond()
      await succeed(stage.run('backup', 'daily'))
    })
  },
)
