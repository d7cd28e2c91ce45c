// Taking over as the writer, by a writable restore or by promoting what is here: the old writer is fenced off, the
// counter is above every known one, and the chain says so.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keysOf } from '../../../src/model/generation.ts'
import type { Warning } from '../../../src/model/run.ts'
import { Chain } from '../../../src/replication/chain.ts'
import { promote } from '../../../src/replication/promote.ts'
import { pull } from '../../../src/replication/pull.ts'
import { restore } from '../../../src/replication/restore.ts'
import { MemoryVault } from '../../fakes/memory-vault.ts'
import { contentOf } from '../../support/contents.ts'
import {
  filesOfRepository,
  REPO_ID,
  replicationContext,
  sampleRepository,
  writeGeneration,
} from '../../support/generations.ts'
import { tempDir } from '../../support/temp-dir.ts'

const keys = keysOf(REPO_ID)
const MARGIN = 1n << 40n

const counter = (value: bigint) => value.toString(16).padStart(16, '0')
const counterIn = async (directory: string) => BigInt(`0x${await readFile(join(directory, 'nonce'), 'utf8')}`)

async function stage() {
  const directory = await tempDir()
  const vault = new MemoryVault()
  const chain = new Chain(vault, REPO_ID)
  const context = replicationContext(join(directory, 'state'), { installId: 'boris' })
  const warnings: Warning[] = []
  const stages: string[] = []
  const handlers = {
    onProgress: ({ stage }: { readonly stage?: string }) => {
      if (stage !== undefined && stage !== stages.at(-1)) stages.push(stage)
    },
    onWarning: (warning: Warning) => void warnings.push(warning),
  }
  const target = join(directory, 'restored')
  const restoreTo = (input: Partial<Parameters<typeof restore>[2]> = {}) =>
    restore(context, vault, { borgId: REPO_ID, directory: target, writable: true, ...input }, handlers)
  const replica = join(directory, 'replica')
  const pullTo = () => pull(context, vault, { borgId: REPO_ID, directory: replica, keep: 2 }, handlers)
  const promoteAt = (at = replica) => promote(context, vault, { borgId: REPO_ID, directory: at }, handlers)
  const headNow = async () => {
    const stored = await chain.readHead()
    if (stored === undefined) throw new Error('there is no head')
    return { ...stored.head, manifest: (await chain.readManifest(stored.head.manifestKey)).manifest }
  }
  return { directory, vault, chain, target, restoreTo, replica, pullTo, promoteAt, headNow, warnings, stages }
}

describe('a writable restore', () => {
  test('fences the old writer off, raises the counter, and records both before it gives the repository its place', async () => {
    const { vault, target, restoreTo, headNow, stages } = await stage()
    const before = await writeGeneration(vault, sampleRepository(5, counter(5000n)))

    const { takeover, ref } = await restoreTo()

    const head = await headNow()
    expect(ref).toEqual(before.ref)
    expect(takeover).toEqual({ seq: 2, epoch: 2 })
    expect(head).toMatchObject({ seq: 2, epoch: 2, writerId: 'boris' })
    expect(head.manifest).toMatchObject({
      parent: before.ref,
      restoredFrom: 1,
      added: ['nonce'],
      removed: [],
      writer: { installId: 'boris', epoch: 2, host: 'boris.example' },
      borg: { nonce: counter(5000n + MARGIN), transactionId: 5 },
    })
    expect(await counterIn(target)).toBe(5000n + MARGIN)
    expect(filesOfRepository(target)).toEqual(
      Object.fromEntries(
        Object.entries(sampleRepository(5, counter(5000n + MARGIN))).map(([path, text]) => [path, Buffer.from(text)]),
      ),
    )
    expect(stages.slice(-5)).toEqual([
      'verify',
      'fence the old writer',
      'raise the counter',
      'record the takeover',
      'put in place',
    ])
  })

  test('of an older generation sets the chain back to its files, and keeps the newer ones in it', async () => {
    const { vault, target, restoreTo, headNow } = await stage()
    await writeGeneration(vault, sampleRepository(5, counter(10n)))
    const newest = await writeGeneration(vault, sampleRepository(8, counter(20n)))

    await restoreTo({ generation: 1 })

    const { manifest } = await headNow()
    expect(manifest).toMatchObject({ seq: 3, parent: newest.ref, restoredFrom: 1, borg: { transactionId: 5 } })
    expect(manifest.removed.toSorted()).toEqual(
      ['data/0/6', 'data/0/7', 'data/0/8', 'hints.8', 'index.8', 'integrity.8'].toSorted(),
    )
    expect(manifest.suspicious).toBeUndefined()
    expect(await counterIn(target)).toBe(20n + MARGIN)
  })

  test('of what looks like a loss still looks like one', async () => {
    const { vault, restoreTo, headNow } = await stage()
    await writeGeneration(vault, sampleRepository(5), { suspicious: 'no archive is left' })

    await restoreTo()

    expect((await headNow()).manifest.suspicious).toBe('no archive is left')
  })

  test('counts what was never the head: a push that was cut off, and rivals of any number', async () => {
    const { vault, target, restoreTo } = await stage()
    await writeGeneration(vault, sampleRepository(5, counter(10n)))
    await writeGeneration(vault, sampleRepository(6, counter(999n)), { moveHead: false, installId: 'carla' })
    await writeGeneration(vault, sampleRepository(6, counter(20n)))
    await writeGeneration(vault, sampleRepository(7, counter(30n)))
    await writeGeneration(vault, sampleRepository(8, counter(40n)), { moveHead: false })

    await restoreTo()

    expect(await counterIn(target)).toBe(999n + MARGIN)
  })

  test('starts above the one before, although that one never pushed', async () => {
    const { directory, vault, restoreTo } = await stage()
    await writeGeneration(vault, sampleRepository(5, counter(10n)))
    await restoreTo({ directory: join(directory, 'second') })

    const { takeover } = await restoreTo({ directory: join(directory, 'third') })

    expect(takeover).toEqual({ seq: 3, epoch: 3 })
    expect(await counterIn(join(directory, 'second'))).toBe(10n + MARGIN)
    expect(await counterIn(join(directory, 'third'))).toBe(10n + 2n * MARGIN)
  })

  test('warns of a rival that cannot be read, and goes on', async () => {
    const { vault, target, restoreTo, warnings } = await stage()
    await writeGeneration(vault, sampleRepository(5, counter(10n)))
    const cut = await writeGeneration(vault, sampleRepository(6), { moveHead: false })
    vault.corrupt(keys.manifest(2, cut.ref.ulid))

    await restoreTo()

    expect(warnings).toMatchObject([{ kind: 'off-site', message: expect.stringContaining('generation 2 does not') }])
    expect(await counterIn(target)).toBe(10n + MARGIN)
  })

  test('has no counter where the repository has none', async () => {
    const { vault, target, restoreTo, headNow } = await stage()
    const { nonce: _, ...plain } = sampleRepository(5)
    await writeGeneration(vault, plain)

    await restoreTo()

    expect((await headNow()).manifest).toMatchObject({ seq: 2, added: [], removed: [] })
    await expect(readFile(join(target, 'nonce'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.each(['missing', 'garbage'])('makes a new head where it is %s', async (kind) => {
    const { vault, restoreTo, headNow } = await stage()
    await writeGeneration(vault, sampleRepository(5), { epoch: 4 })
    vault.objects.delete(keys.head)
    if (kind === 'garbage') await vault.put(keys.head, contentOf('x'), 'any')

    await restoreTo()

    expect(await headNow()).toMatchObject({ seq: 2, epoch: 5, writerId: 'boris' })
  })

  test('leaves index files out of what it records when they were left out', async () => {
    const { vault, restoreTo, headNow } = await stage()
    const { manifest } = await writeGeneration(vault, sampleRepository(5))
    const index = manifest.files.find(({ path }) => path === 'index.5')
    vault.objects.delete(keys.blob(index?.sha256 ?? ''))

    await restoreTo({ dropAux: true })

    expect((await headNow()).manifest.files.map(({ path }) => path)).not.toContain('index.5')
  })

  test('of the head gives way to a push that came in between, and a second try takes that', async () => {
    const { vault, target, restoreTo } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    let pushed = false
    vault.after = async ({ name, key }) => {
      if (name !== 'get' || !key.startsWith(keys.objects) || pushed) return
      pushed = true
      await writeGeneration(vault, sampleRepository(6))
    }

    await expect(restoreTo()).rejects.toMatchObject({
      code: 'push-conflict',
      reason: expect.stringContaining('generation 2'),
    })
    await restoreTo()

    expect(Object.keys(filesOfRepository(target))).toContain('data/0/6')
  })

  test.each(['before', 'after'] as const)('survives the failure of any call %s it had its effect', async (when) => {
    for (let call = 0; ; call++) {
      const { directory, vault, restoreTo, headNow, chain } = await stage()
      await writeGeneration(vault, sampleRepository(2, counter(10n)))
      vault.calls.length = 0
      vault.failAt(call, when)
      const failed = await restoreTo().then(
        () => false,
        () => true,
      )
      vault.before = () => {}
      vault.after = () => {}
      const target = join(directory, 'again')

      const { takeover } = await restoreTo({ directory: target })

      const head = await headNow()
      expect(head).toMatchObject({ seq: takeover?.seq, epoch: takeover?.epoch, writerId: 'boris' })
      expect(await counterIn(target)).toBe(BigInt(`0x${head.manifest.borg.nonce}`))
      expect((await chain.listManifests()).length).toBeLessThanOrEqual(3)
      if (!failed) break
    }
  })
})

describe('a promotion', () => {
  test('makes a replica the writable repository, and leaves its earlier generations as they are', async () => {
    const { vault, replica, pullTo, promoteAt, headNow } = await stage()
    const first = await writeGeneration(vault, sampleRepository(5, counter(7n)))
    await pullTo()
    await writeGeneration(vault, sampleRepository(8, counter(7n)))
    await pullTo()

    const result = await promoteAt()

    const old = join(replica, 'generations', `000000000001-${first.ref.ulid}`)
    expect(result).toEqual({ repository: join(replica, 'current'), seq: 3, epoch: 2 })
    expect(await counterIn(result.repository)).toBe(7n + MARGIN)
    expect(await counterIn(old)).toBe(7n)
    expect((await headNow()).manifest).toMatchObject({ restoredFrom: 2, added: ['nonce'] })
    await expect(pullTo()).rejects.toMatchObject({
      code: 'replica-diverged',
      reason: expect.stringContaining('promoted'),
    })
  })

  test('needs the newest generation, as it was pulled', async () => {
    const { vault, replica, pullTo, promoteAt, headNow } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await pullTo()
    await writeGeneration(vault, sampleRepository(8))
    await expect(promoteAt()).rejects.toMatchObject({ code: 'chain-backwards' })
    await pullTo()
    await writeFile(join(replica, 'current/data/0/9'), 'x')

    await expect(promoteAt()).rejects.toMatchObject({
      code: 'replica-diverged',
      reason: expect.stringContaining('data/0/9'),
    })
    expect(await headNow()).toMatchObject({ seq: 2, epoch: 1 })
  })

  test.each(['before', 'after'] as const)(
    'is finished by the next one, whichever call failed %s it had its effect',
    async (when) => {
      for (let call = 0; ; call++) {
        const { vault, pullTo, promoteAt, headNow } = await stage()
        await writeGeneration(vault, sampleRepository(2, counter(10n)))
        await pullTo()
        vault.calls.length = 0
        vault.failAt(call, when)
        const failed = await promoteAt().then(
          () => false,
          () => true,
        )
        vault.before = () => {}
        vault.after = () => {}

        const { repository, epoch } = await promoteAt()

        const head = await headNow()
        expect(head).toMatchObject({ epoch, writerId: 'boris' })
        expect(await counterIn(repository)).toBe(BigInt(`0x${head.manifest.borg.nonce}`))
        if (!failed) break
      }
    },
  )

  test('that a push overtook is begun anew after a pull', async () => {
    const { vault, pullTo, promoteAt, headNow } = await stage()
    await writeGeneration(vault, sampleRepository(2, counter(10n)))
    await pullTo()
    let isOvertaken = false
    vault.before = async ({ name, key }) => {
      if (isOvertaken || name !== 'put' || !key.endsWith('head.json')) return
      isOvertaken = true
      await writeGeneration(vault, sampleRepository(5, counter(11n)))
    }
    await expect(promoteAt()).rejects.toMatchObject({ code: 'push-conflict' })

    const pulled = await pullTo()
    const { repository } = await promoteAt()

    expect(pulled).toMatchObject({ outcome: 'pulled', seq: 2 })
    expect(await headNow()).toMatchObject({ seq: 3, epoch: 2, writerId: 'boris' })
    expect(await counterIn(repository)).toBe(11n + MARGIN)
  })

  test('takes the writing back for a repository that was fenced off and still is the newest', async () => {
    const { directory, vault, restoreTo, promoteAt, headNow } = await stage()
    await writeGeneration(vault, sampleRepository(5, counter(10n)))
    const old = join(directory, 'old')
    await restoreTo({ directory: old, writable: false })
    await writeFile(join(old, 'data/0/6'), 'what a killed Borg left')
    await restoreTo()

    const result = await promoteAt(old)

    expect(result).toEqual({ repository: old, seq: 3, epoch: 3 })
    expect(await counterIn(old)).toBe(10n + 2n * MARGIN)
    expect(await headNow()).toMatchObject({ epoch: 3 })
  })

  test.each([
    ['data/0/3', 'changed', 'data/0/3 is another one'],
    ['data/0/3', undefined, 'data/0/3 is missing here'],
    ['index.6', 'a later transaction', 'index.6 is not in it'],
    ['config', '[repository]\nversion = 9\n', 'config is another one'],
  ])('refuses a repository whose %s is %s', async (path, text, reason) => {
    const { directory, vault, restoreTo, promoteAt, headNow } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    const old = join(directory, 'old')
    await restoreTo({ directory: old, writable: false })
    await (text === undefined ? rm(join(old, path)) : writeFile(join(old, path), text))

    await expect(promoteAt(old)).rejects.toMatchObject({
      code: 'replica-diverged',
      reason: expect.stringContaining(reason),
    })
    expect(await headNow()).toMatchObject({ seq: 1, epoch: 1 })
  })

  test('refuses a directory without a repository, and one that Borg is working on', async () => {
    const { directory, vault, restoreTo, promoteAt } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    await expect(promoteAt()).rejects.toMatchObject({ code: 'repository-missing' })
    const old = join(directory, 'old')
    await restoreTo({ directory: old, writable: false })
    await mkdir(join(old, 'lock.exclusive'))

    await expect(promoteAt(old)).rejects.toMatchObject({ code: 'locked' })
  })
})
