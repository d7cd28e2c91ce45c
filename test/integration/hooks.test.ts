// Hooks around real backups: what they may do to the machine, and what they are told.

import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, SENTINEL, type Stage, setUpDocs } from '../support/cli-stage.ts'
import { suiteDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('hooks around a real backup', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
  })

  it('bring the repository that is not there, and take it away again', async () => {
    const away = `${stage.repository}.away`
    await rename(stage.repository, away)
    const log = join(stage.root, 'log')
    const hooks = {
      BORGBOI_HOOKS__BEFORE: `mv ${away} ${stage.repository}; env > ${log}`,
      BORGBOI_HOOKS__FINALLY: `mv ${stage.repository} ${away}; cat >> ${log}`,
    }

    const daily = await stage.runWith({ env: hooks }, 'backup', 'daily', '--json')

    expect(daily.exitCode, daily.stderr).toBe(0)
    const summary = daily.json().at(-1) as { steps: { name: string }[] }
    expect(summary.steps.map(({ name }) => name)).toEqual([
      'before hook',
      'create archive',
      'prune',
      'compact',
      'finally hook',
    ])
    expect(await readFile(log, 'utf8')).not.toContain(SENTINEL)
    await rename(away, stage.repository)
    expect(await archivesOf(stage)).toHaveLength(1)
  })

  it('skip it with exit 75, which is the exit code', async () => {
    const skipped = await stage.runWith({ env: { BORGBOI_HOOKS__BEFORE: 'echo on battery; exit 75' } }, 'backup', 'run')

    expect(skipped).toMatchObject({ exitCode: 75, stderr: '' })
    expect(skipped.stdout).toContain('on battery')
    expect(skipped.stdout).toContain('skipped on purpose (exit 75)')
    expect(await archivesOf(stage)).toHaveLength(1)
  })
})
