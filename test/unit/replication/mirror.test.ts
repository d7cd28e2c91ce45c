// The first generation out of a plain mirror: what is proven to be the same is copied within the server, all else sent.

import { describe, expect, onTestFinished, test } from 'vitest'
import { Chain, findTip } from '../../../src/replication/chain.ts'
import { planPush } from '../../../src/replication/plan-push.ts'
import { push } from '../../../src/replication/push.ts'
import { S3_LIMITS } from '../../../src/vault/s3/limits.ts'
import { openS3Vault } from '../../../src/vault/s3/open-s3-vault.ts'
import type { Vault } from '../../../src/vault/vault.ts'
import { MemoryVault } from '../../fakes/memory-vault.ts'
import { contentOf, digestOf } from '../../support/contents.ts'
import { mirrorTo } from '../../support/plain-mirror.ts'
import { Machine, PUSH_OPTIONS } from '../../support/push-machine.ts'
import { s3Context, s3Settings } from '../../support/s3-access.ts'
import { s3Stage } from '../../support/s3-stage.ts'

/** A repository, its mirror in `s3://vault/docs`, and the empty vault `s3://vault/repo`. */
async function setUp() {
  const machine = await Machine.create()
  const { s3, vault } = await s3Stage()
  const mirror = await openS3Vault(s3Settings(s3, `s3://${s3.bucket}/docs`), s3Context(s3), S3_LIMITS)
  onTestFinished(() => mirror.close())
  await mirrorTo(mirror, machine.repository.directory)
  const bucket = s3.buckets.get(s3.bucket)
  if (bucket === undefined) throw new Error('the fake has lost its bucket')
  const sent = () => s3.requests.filter(({ operation, key }) => operation === 'PutObject' && key.includes('/objects/'))
  const mirrored = () => [...bucket.objects].filter(([key]) => key.startsWith('docs/'))
  return {
    machine,
    s3,
    vault,
    mirror,
    bucket,
    sent,
    mirrored,
    adopt: () => push(machine.context, vault, machine.repository, { ...PUSH_OPTIONS, mirror }, {}),
  }
}

/** How many files the head has, each of them there and right. */
async function filesOf(vault: Vault, repoId: string): Promise<number> {
  const chain = new Chain(vault, repoId)
  const tip = await findTip(chain)
  for (const { size, sha256 } of tip?.manifest.files ?? []) {
    const found = await vault.get(chain.keys.blob(sha256))
    if (found === undefined || found === 'unchanged') throw new Error(`there is no ${sha256}`)
    expect(await digestOf(found.body)).toEqual({ size, sha256 })
    expect(found.facts.sha256).toBe(sha256)
  }
  return tip?.manifest.files.length ?? 0
}

describe('a push with a plain mirror', () => {
  test('sends no file that the mirror has, downloads none, and leaves the mirror as it is', async () => {
    const { machine, s3, vault, adopt, sent, mirrored } = await setUp()
    const before = mirrored()

    const result = await adopt()

    expect(result).toMatchObject({ outcome: 'pushed', seq: 1, objects: 0, bytes: 0, copied: { objects: 8 } })
    expect(sent()).toEqual([])
    expect(s3.requests.filter(({ operation, key }) => operation === 'GetObject' && key.startsWith('docs/'))).toEqual([
      { operation: 'GetObject', key: 'docs/config' },
    ])
    expect(await filesOf(vault, machine.repository.borgId)).toBe(8)
    expect(mirrored()).toEqual(before)
  })

  test('sends what a mirror of half a transaction lacks or has otherwise', async () => {
    const { machine, vault, mirror, bucket, adopt, sent } = await setUp()
    bucket.objects.delete('docs/data/0/1')
    const index = bucket.objects.get('docs/index.1')?.bytes ?? Buffer.alloc(0)
    await mirror.put('index.1', contentOf(Buffer.alloc(index.length, 7)), 'any')

    const result = await adopt()

    expect(result).toMatchObject({ objects: 2, copied: { objects: 6 } })
    expect(sent()).toHaveLength(2)
    expect(await filesOf(vault, machine.repository.borgId)).toBe(8)
  })

  test('knows a large file by the parts that it was sent in', async () => {
    const { machine, s3, bucket, adopt } = await setUp()
    machine.repository.commit('x'.repeat(9_000_000))
    const parts = { ...S3_LIMITS, singlePutBytes: 8_388_608, partBytes: 8_388_608 }
    const again = await openS3Vault(s3Settings(s3, `s3://${s3.bucket}/docs`), s3Context(s3), parts)
    await mirrorTo(again, machine.repository.directory)
    await again.close()

    expect(await adopt()).toMatchObject({ objects: 0, copied: { objects: 9 } })
    expect([...bucket.objects.values()].filter(({ etag }) => etag.endsWith('-2'))).toHaveLength(1)
    expect(s3.requests.filter(({ operation, key }) => operation === 'GetObject' && key.includes('data/'))).toEqual([])
  })

  test('compares the bytes where etags say nothing of them', async () => {
    const { machine, vault, bucket, adopt, sent, mirrored } = await setUp()
    for (const [key, object] of mirrored()) bucket.objects.set(key, { ...object, etag: `opaque-${key.length}` })

    expect(await adopt()).toMatchObject({ objects: 0, copied: { objects: 8 } })
    expect(sent()).toEqual([])
    expect(await filesOf(vault, machine.repository.borgId)).toBe(8)
  })

  test('that was cut off is finished by the next, which copies nothing again', async () => {
    const { machine, s3, vault, adopt } = await setUp()
    s3.fail({ operation: 'PutObject', key: /generations/, times: 1, with: { status: 403, code: 'AccessDenied' } })

    await expect(adopt()).rejects.toMatchObject({ code: 'vault-denied' })
    const next = await adopt()

    expect(next).toMatchObject({ outcome: 'pushed', seq: 1, objects: 0 })
    expect(s3.count('CopyObject')).toBe(8)
    expect(await filesOf(vault, machine.repository.borgId)).toBe(8)
  })

  test('sends everything where the server does not copy', async () => {
    const { machine, s3, vault, adopt } = await setUp()
    s3.fail({ operation: 'CopyObject', with: { status: 501, code: 'NotImplemented' } })

    expect(await adopt()).toMatchObject({ objects: 8, copied: { objects: 0 } })
    expect(await filesOf(vault, machine.repository.borgId)).toBe(8)
  })

  test('is only for the first generation', async () => {
    const { machine, s3, adopt } = await setUp()
    await adopt()
    machine.repository.commit('second')

    const next = await adopt()

    expect(next).toMatchObject({ seq: 2, outcome: 'pushed' })
    expect(next).not.toHaveProperty('copied')
    expect(s3.count('CopyObject')).toBe(8)
  })

  test.each([
    ['of another repository', (id: string) => `id = ${'b'.repeat(id.length)}\n`, 'it mirrors another repository'],
    ['that is none', () => 'nothing\n', 'it is no mirror of a repository'],
  ])('%s is refused before anything is written', async (_title, config, reason) => {
    const { machine, s3, mirror, adopt } = await setUp()
    await mirror.put('config', contentOf(config(machine.repository.borgId)), 'any')
    const before = s3.count('PutObject')

    await expect(adopt()).rejects.toMatchObject({ code: 'value-invalid', reason: expect.stringContaining(reason) })
    expect(s3.count('PutObject')).toBe(before)
  })

  test('is told beforehand what the mirror has by name and size', async () => {
    const { machine, vault, mirror, bucket } = await setUp()
    bucket.objects.delete('docs/data/0/1')

    const plan = await planPush(machine.context, vault, machine.repository, { ...PUSH_OPTIONS, mirror })

    expect(plan).toMatchObject({ newFiles: { length: 8 }, inMirror: { files: 7 } })
  })

  test('sends everything to a vault that cannot copy', async () => {
    const machine = await Machine.create()
    const mirror = new MemoryVault()
    await mirrorTo(mirror, machine.repository.directory)

    expect(await machine.push({ mirror })).toMatchObject({ objects: 8, copied: { objects: 0 } })
    expect((await machine.head()).files).toHaveLength(8)
  })
})
