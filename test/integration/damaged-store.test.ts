// The record of repos is damaged, empty or of a newer format: commands refuse it, and overwrite nothing.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import {
  archivesOf,
  createDocs,
  fingerprint,
  nextSecond,
  type Stage,
  setUpDocs,
  succeed,
} from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { suiteDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('a store that cannot be read', () => {
  let stage: Stage
  let file: string
  let good: Buffer

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    await succeed(stage.run('backup', 'daily'))
    file = join(stage.home, 'data', 'repositories.json')
    good = await readFile(file)
  })

  beforeEach(async () => {
    for (const name of [file, `${file}.bak`]) await writeFile(name, good)
  })

  const damages: [string, (text: Buffer) => Buffer | string, 'store-damaged' | 'store-newer'][] = [
    ['is empty', () => '', 'store-damaged'],
    ['is full of NULs', (text) => Buffer.alloc(text.length), 'store-damaged'],
    ['was cut short', (text) => text.subarray(0, text.length / 2), 'store-damaged'],
    ['was edited by hand', (text) => text.toString().replace('"docs"', '"dogs"'), 'store-damaged'],
    ['is of a newer format', (text) => text.toString().replace('"format":3', '"format":9'), 'store-newer'],
  ]
  test.each(damages)('that %s fails every command with exit 1 and stays as it is', async (_, damage, code) => {
    const bad = Buffer.from(damage(good))
    await writeFile(file, bad)
    await writeFile(`${file}.bak`, bad)
    const before = await fingerprint(stage.repository)

    const list = expectFailure(await stage.run('repo', 'list'), code)
    const daily = expectFailure(await stage.run('backup', 'daily', '--json'), code)
    expectFailure(await stage.run(...createDocs(stage)), code)

    expect(list.reason).toContain(file)
    expect(list.hint).toContain(code === 'store-newer' ? 'newer borgboi' : 'borgboi store rebuild')
    expect(daily.reason).toBe(list.reason)
    expect(await readFile(file)).toEqual(bad)
    expect(await readFile(`${file}.bak`)).toEqual(bad)
    expect(await fingerprint(stage.repository)).toEqual(before)
    expect((await readdir(join(stage.home, 'data'))).filter((name) => /\.lock$|\.tmp$/.test(name))).toEqual([])
  })

  test('and whose backup copy is good is read from that, said, and repaired by the next run', async () => {
    await writeFile(file, Buffer.alloc(good.length))

    const list = await succeed(stage.run('repo', 'list'))
    const unchanged = await readFile(file)
    await nextSecond()
    const daily = await succeed(stage.run('backup', 'daily'))
    const after = await succeed(stage.run('repo', 'list'))

    expect(list.stdout).toContain('docs')
    expect(list.stderr).toContain('its backup copy is read instead')
    expect(unchanged).toEqual(Buffer.alloc(good.length))
    expect(daily.stderr).toContain('its backup copy is read instead')
    expect(after.stderr).toBe('')
    expect(await archivesOf(stage)).toHaveLength(2)
  })
})
