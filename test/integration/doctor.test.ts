// `doctor` on a home with a real repository: it changes nothing there, and sees what a crash leaves behind.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { fingerprint, setUpDocs, succeed } from '../support/cli-stage.ts'
import { plainBorg } from '../support/plain-borg.ts'
import { tempDir } from '../support/temp-dir.ts'

interface Told {
  readonly check: string
  readonly level: string
  readonly message: string
}

describe.skipIf(testBorgVersion === undefined)('doctor', () => {
  test('changes nothing, and sees locks and limits of the repository', async () => {
    const stage = await setUpDocs(await tempDir())
    await succeed(stage.run('version'))
    const doctor = async () => {
      const { stdout } = await stage.run('doctor', '--json')
      const findings = JSON.parse(stdout).findings as Told[]
      return (check: string) =>
        findings.filter((finding) => finding.check === check).map(({ level, message }) => [level, message])
    }
    const before = await fingerprint(stage.root)

    const found = await doctor()

    expect(await fingerprint(stage.root)).toEqual(before)
    expect(found('repository')).toEqual([['ok', stage.repository]])
    expect(found('lock')).toEqual([['ok', 'free']])

    plainBorg(stage, 'config', stage.repository, 'additional_free_space', '900T')
    await mkdir(join(stage.repository, 'lock.exclusive'))
    await writeFile(join(stage.repository, 'lock.exclusive', 'nas@1.999999999-0'), '')

    const later = await doctor()
    expect(later('lock')).toEqual([['warning', expect.stringContaining('of nas@1')]])
    expect(later('space')).toEqual([['error', expect.stringContaining('the repository keeps 900 TB of them')]])
  })
})
