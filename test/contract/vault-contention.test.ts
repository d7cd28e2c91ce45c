// Many processes on one vault in a directory.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contentOf, textOf } from '../support/contents.ts'
import { newVaultAt, vaultAt } from '../support/directory-vault.ts'
import { tempDir } from '../support/temp-dir.ts'
import { canInject, runWorkers, VaultWorker } from '../support/vault-processes.ts'

const PROCESSES = 5
const OBJECTS = 40
const INCREMENTS = 8

describe.each([
  ['with hard links', true],
  ['without hard links', false],
])('on a file system %s', (_, hardLinks) => {
  test.skipIf(!hardLinks && !canInject)('of many processes that create an object exactly one wins', async () => {
    const root = await tempDir()
    await newVaultAt(root)

    const created = await runWorkers(PROCESSES, { root, order: ['create', String(OBJECTS)], hardLinks })

    const all = created.flat().map(Number)
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: OBJECTS }, (_, number) => number))
    expect(await readdir(join(root, '.partial'))).toEqual([])
  })

  test.skipIf(!hardLinks && !canInject)('no update of many processes is lost', async () => {
    const root = await tempDir()
    const vault = await newVaultAt(root)
    await vault.put('count', contentOf('0'), 'absent')

    const counted = await runWorkers(PROCESSES, { root, order: ['count', String(INCREMENTS)], hardLinks })

    expect(new Set(counted.flat()).size).toBe(PROCESSES * INCREMENTS)
    expect(await textOf(await vault.get('count'))).toBe(String(PROCESSES * INCREMENTS))
    expect(await readdir(join(root, '.partial'))).toEqual([])
  })
})

test('a writer that is killed leaves no object, and what it leaves is swept', async () => {
  const root = await tempDir()
  await newVaultAt(root)
  const worker = new VaultWorker({ root, order: ['stall'] })
  worker.go()
  await worker.said('writing')

  await worker.kill()

  const vault = vaultAt(root)
  expect(await vault.head('repo/stalled')).toBeUndefined()
  expect(await readdir(join(root, '.partial'))).toEqual([expect.stringContaining('repo%2Fstalled.')])
  expect(await vault.sweepUnfinished('other/', new Date('2100-01-01'))).toBe(0)
  expect(await vault.sweepUnfinished('repo/', new Date('2000-01-01'))).toBe(0)
  expect(await vault.sweepUnfinished('repo/', new Date('2100-01-01'))).toBe(1)
  expect(await readdir(join(root, '.partial'))).toEqual([])
  expect((await vault.put('repo/stalled', contentOf('all of it'), 'absent')).stored).toBe(true)
})
