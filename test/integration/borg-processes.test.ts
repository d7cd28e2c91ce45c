// How many Borg processes a daily run starts: each costs a fifth of a second before it does anything.

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { nextSecond, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { borgBehind } from '../support/programs.ts'
import { suiteDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('a daily run', () => {
  let stage: Stage
  let log: string

  beforeAll(async () => {
    const root = await suiteDir()
    log = join(root, 'borg.log')
    const counting = await borgBehind(join(root, 'counting-borg'), `echo "$1" >> '${log}'`)
    const env = { BORGBOI_BORG__EXECUTABLE_PATH: counting, BORGBOI_BORG__COMPACT_RECLAIMABLE: '1' }
    stage = await setUpDocs(root, { env, args: ['--retention', 'last=1'] })
  })

  async function startedBy(...args: string[]): Promise<string[]> {
    await nextSecond()
    await rm(log, { force: true })
    await succeed(stage.run(...args))
    return (await readFile(log, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
  }

  test('starts two Borgs when there is nothing to compact, and three when there is', async () => {
    const first = await startedBy('backup', 'daily')
    const second = await startedBy('backup', 'daily')

    expect(first).toEqual(['create', 'prune'])
    expect(second).toEqual(['create', 'prune', 'compact'])
  })

  test('listing repos starts none, listing archives one', async () => {
    expect(await startedBy('repo', 'list')).toEqual([])
    expect(await startedBy('backup', 'list')).toEqual(['list'])
  })
})
