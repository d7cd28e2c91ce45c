// Replicas of real repositories: read by Borg while they follow, whole whenever a pull is killed, and writable once
// promoted.

import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { promote } from '../../src/replication/promote.ts'
import { pull } from '../../src/replication/pull.ts'
import { push } from '../../src/replication/push.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { counterOf } from '../support/borg-repository.ts'
import { filesOfRepository, replicationContext, writeGeneration } from '../support/generations.ts'
import { PUSH_OPTIONS } from '../support/push-machine.ts'
import { runUntilKilled } from '../support/restore-process.ts'
import { directoryWithVault, type TwoGenerations, twoGenerations } from '../support/two-generations.ts'

describe.skipIf(testBorgVersion === undefined)('a replica of a real repository', () => {
  let made: TwoGenerations

  beforeAll(async () => {
    made = await twoGenerations()
  })

  async function stage() {
    const { directory, vaultRoot, vault } = await directoryWithVault()
    await writeGeneration(vault, made.first, { repoId: made.repoId })
    const replica = join(directory, 'replica')
    const stateDirectory = join(directory, 'state')
    const context = replicationContext(stateDirectory, { installId: 'boris' })
    const input = { borgId: made.repoId, directory: replica, keep: 2 }
    return {
      vault,
      vaultRoot,
      replica,
      context,
      stateDirectory,
      input,
      current: join(replica, 'current'),
      pullNow: () => pull(context, vault, input, {}),
      promoteNow: () => promote(context, vault, { borgId: made.repoId, directory: replica }, {}),
    }
  }

  test('follows while Borg reads it, and shares what did not change', async () => {
    const { vault, current, pullNow } = await stage()
    await pullNow()
    const before = made.borg.archivesOf(current)
    const contents = made.borg.runElsewhere('list', '--bypass-lock', `${current}::one`)
    await writeGeneration(vault, made.second, { repoId: made.repoId })

    const { outcome, fetchedBytes } = await pullNow()

    expect(before).toEqual(['one', 'two'])
    expect(contents).toContain('source/one')
    expect(outcome).toBe('pulled')
    expect(fetchedBytes).toBeLessThan(Object.values(made.second).reduce((sum, content) => sum + content.length, 0) / 2)
    expect(filesOfRepository(current)).toEqual(made.second)
    expect(made.borg.archivesOf(current, '--bypass-lock')).toEqual(['two', 'three'])
  })

  test.each([
    ['read the chain', 0],
    ['prepare staging', 0],
    ['download', 0],
    ['download', 3],
    ['verify', 0],
    ['put in place', 0],
  ])('is complete at all times: killed at "%s" after %i files', async (at, files) => {
    const { vault, vaultRoot, replica, stateDirectory, input, current, pullNow } = await stage()
    await pullNow()
    const shown = readlinkSync(current)
    await writeGeneration(vault, made.second, { repoId: made.repoId })
    await runUntilKilled({
      vaultRoot,
      stateDirectory,
      installId: 'boris',
      operation: { name: 'pull', input },
      kill: { stage: at, files },
    })
    const linkAfter = readlinkSync(current)
    const contentAfter = filesOfRepository(current)

    const { fetchedBytes } = await pullNow()

    expect(linkAfter).toBe(shown)
    expect(contentAfter).toEqual(made.first)
    expect(filesOfRepository(current)).toEqual(made.second)
    expect(readdirSync(replica).sort()).toEqual(['current', 'generations', 'replica.json'])
    expect(readdirSync(join(replica, 'generations'))).toHaveLength(2)
    if (at === 'verify' || at === 'put in place') expect(fetchedBytes).toBe(0)
  })

  test('promoted is written to, pushed from, and not pulled into any more', async () => {
    const { vault, context, current, pullNow, promoteNow } = await stage()
    await writeGeneration(vault, made.second, { repoId: made.repoId })
    await pullNow()
    const highest = counterOf(current)

    const result = await promoteNow()
    const raised = counterOf(current)
    made.borg.runElsewhere('create', `${current}::four`, made.borg.directory)
    const pushed = await push(
      context,
      vault,
      { directory: current, borgId: made.repoId, name: 'docs' },
      PUSH_OPTIONS,
      {},
    )

    expect(result).toEqual({ repository: current, seq: 3, epoch: 2 })
    expect(raised).toBe(highest + (1n << 40n))
    expect(pushed).toMatchObject({ outcome: 'pushed', seq: 4 })
    made.borg.runElsewhere('check', '--verify-data', current)
    await expect(pullNow()).rejects.toMatchObject({ code: 'replica-diverged' })
  })

  test.each(['verify', 'fence the old writer', 'raise the counter', 'record the takeover', 'put in place'])(
    'promoted and killed at "%s" is promoted by the next try',
    async (at) => {
      const { vault, vaultRoot, replica, stateDirectory, context, current, pullNow, promoteNow } = await stage()
      await pullNow()
      await runUntilKilled({
        vaultRoot,
        stateDirectory,
        installId: 'boris',
        operation: { name: 'promote', input: { borgId: made.repoId, directory: replica } },
        kill: { stage: at },
      })

      const { seq } = await promoteNow()

      const pushed = await push(
        context,
        vault,
        { directory: current, borgId: made.repoId, name: 'docs' },
        PUSH_OPTIONS,
        {},
      )
      expect(pushed).toMatchObject({ outcome: 'unchanged', seq })
      made.borg.runElsewhere('check', current)
    },
  )
})
