import { beforeEach, describe, expect, test } from 'vitest'
import { parseRetentionText } from '../../../src/model/retention.ts'
import { collect } from '../../../src/replication/collect.ts'
import { extendLocks } from '../../../src/replication/extend-locks.ts'
import type { ExtendLocksInput } from '../../../src/replication/replication.ts'
import type { ObjectLock } from '../../../src/vault/vault.ts'
import { MadeChain, REPO_ID } from '../../support/made-chain.ts'

const DAY_MS = 86_400_000

let made: MadeChain
/** By key; every object of the vault that is not in it has none. */
let locks: Map<string, ObjectLock>
let calls: string[]

beforeEach(async () => {
  made = await MadeChain.create()
  locks = new Map()
  calls = []
})

const inDays = (days: number) => new Date(made.clock.now().getTime() + days * DAY_MS)

function extend(changes: Partial<ExtendLocksInput> = {}) {
  const input: ExtendLocksInput = {
    borgId: REPO_ID,
    policy: parseRetentionText('last=2'),
    graceMs: 3 * DAY_MS,
    dryRun: false,
    lock: { mode: 'GOVERNANCE', days: 30 },
    locks: {
      read: async (key) => (made.vault.objects.has(key) ? (locks.get(key) ?? 'none') : undefined),
      extend: async (key, lock) => {
        calls.push(key)
        locks.set(key, lock)
      },
    },
    ...changes,
  }
  return extendLocks(made.context, made.vault, input, {})
}

/** Three generations, of which the policy keeps two; the first has a segment that no other has. */
async function threeGenerations() {
  for (const text of ['one', 'two', 'three']) {
    await made.add({ 'data/0/1': 'shared', 'data/0/2': text, config: 'config' })
    made.pass(24)
  }
  return made.chain.listManifests()
}

describe('the locks of what is needed', () => {
  test('are extended where they end soon, or there is none, as the bucket locks what is new', async () => {
    await threeGenerations()
    const [enough, soon, never] = ['shared', 'two', 'three'].map((text) => made.blobKey(text))
    locks.set(enough ?? '', { mode: 'GOVERNANCE', until: inDays(16) })
    locks.set(soon ?? '', { mode: 'COMPLIANCE', until: inDays(14) })

    const result = await extend()

    expect(calls).not.toContain(enough)
    expect(locks.get(soon ?? '')).toEqual({ mode: 'COMPLIANCE', until: inDays(30) })
    expect(locks.get(never ?? '')).toEqual({ mode: 'GOVERNANCE', until: inDays(30) })
    // Three segments, the configuration, two manifests, the head and the format.
    expect(result).toEqual({ objects: 8, extended: 7, missing: [], until: inDays(30) })
  })

  test('are left to end for what no kept generation needs', async () => {
    const [oldest] = await threeGenerations()

    await extend()

    expect(calls).not.toContain(made.blobKey('one'))
    expect(calls).not.toContain(oldest?.key)
    await collect(
      made.context,
      made.vault,
      { borgId: REPO_ID, policy: parseRetentionText('last=2'), graceMs: 0, dryRun: false },
      {},
    )
    calls = []
    expect(await extend()).toMatchObject({ extended: 0 })
    expect(calls).toEqual([])
  })

  test('are extended for all that can be read where it is not safe to say what stays', async () => {
    await threeGenerations()
    await made.vault.delete([made.chain.keys.head])

    const result = await extend()

    expect(calls).toContain(made.blobKey('one'))
    expect(result).toMatchObject({ objects: 9, missing: [made.chain.keys.head] })
  })

  test('are counted and left alone in a dry run, which also tells what is missing', async () => {
    await threeGenerations()
    await made.vault.delete([made.blobKey('shared')])
    const before = [...made.vault.objects.keys()]

    const result = await extend({ dryRun: true })

    expect(result).toMatchObject({ objects: 7, extended: 7, missing: [made.blobKey('shared')] })
    expect(calls).toEqual([])
    expect([...made.vault.objects.keys()]).toEqual(before)
  })
})
