// Restoring from a vault in memory: what arrives, what is refused, what a second try finds.

import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keysOf } from '../../../src/model/generation.ts'
import type { Warning } from '../../../src/model/run.ts'
import { Chain } from '../../../src/replication/chain.ts'
import { restore } from '../../../src/replication/restore.ts'
import { MemoryVault } from '../../fakes/memory-vault.ts'
import { sha256Of } from '../../support/contents.ts'
import {
  filesOfRepository,
  REPO_ID,
  type RepositoryFiles,
  replicationContext,
  sampleRepository,
  writeGeneration,
} from '../../support/generations.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { treeAt } from '../../support/tree.ts'

const ULID = '01J00000000000000000000000'
const keys = keysOf(REPO_ID)
const blobOf = (content: string | Uint8Array) => keys.blob(sha256Of(content))

async function stage() {
  const directory = await tempDir()
  const vault = new MemoryVault()
  const target = join(directory, 'restored')
  const warnings: Warning[] = []
  const stages: string[] = []
  const run = (input: Partial<Parameters<typeof restore>[2]> = {}) =>
    restore(
      replicationContext(join(directory, 'state')),
      vault,
      { borgId: REPO_ID, directory: target, writable: false, ...input },
      {
        onProgress: ({ stage }) => stage !== undefined && stage !== stages.at(-1) && stages.push(stage),
        onWarning: (warning) => warnings.push(warning),
      },
    )
  return { directory, vault, target, run, warnings, stages }
}

/** Every content as text, by path. */
function textOf(files: RepositoryFiles): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, Buffer.from(content).toString()]))
}

async function namesIn(directory: string): Promise<string[]> {
  return Object.keys(await treeAt(directory)).filter((path) => !path.includes('/'))
}

describe('a restore', () => {
  test('brings back every file of the head, private to this user, and leaves nothing beside it', async () => {
    const { directory, vault, target, run, stages } = await stage()
    await writeGeneration(vault, sampleRepository(3))
    const head = await writeGeneration(vault, sampleRepository(5))

    const result = await run()

    expect(textOf(filesOfRepository(target))).toEqual(textOf(sampleRepository(5)))
    expect(result).toMatchObject({ ref: head.ref, files: 12, dropped: [], bytes: head.manifest.totals.bytes })
    expect(await namesIn(directory)).toEqual(['restored'])
    for (const { kind, mode } of Object.values(await treeAt(directory))) {
      expect(mode).toBe(kind === 'directory' ? 0o700 : 0o600)
    }
    expect(stages).toEqual(['read the chain', 'prepare staging', 'download', 'verify', 'put in place'])
  })

  test('fetches equal contents once', async () => {
    const { vault, run } = await stage()
    await writeGeneration(vault, sampleRepository(8))

    const { bytes, fetchedBytes } = await run()

    expect(vault.calls.filter(({ name, key }) => name === 'get' && key === blobOf('commit'))).toHaveLength(1)
    expect(bytes - fetchedBytes).toBe(2 * 'commit'.length)
  })

  test('takes an empty directory, and no other', async () => {
    const { vault, target, run } = await stage()
    await writeGeneration(vault, sampleRepository(2))
    await mkdir(target)
    await run()

    await expect(run()).rejects.toMatchObject({ code: 'destination-not-empty', reason: 'it is not empty' })
  })

  test.each(['a file', 'a link'])('refuses %s as its target before it asks the vault', async (kind) => {
    const { directory, vault, target, run } = await stage()
    await (kind === 'a file' ? writeFile(target, '') : symlink(directory, target))

    await expect(run()).rejects.toMatchObject({ code: 'destination-not-empty', reason: 'it is not a directory' })
    expect(vault.calls).toEqual([])
  })

  test('says that there is no such generation', async () => {
    const { directory, vault, run } = await stage()
    await expect(run()).rejects.toMatchObject({ code: 'generation-unknown' })
    await writeGeneration(vault, sampleRepository(2))

    await expect(run({ generation: 9 })).rejects.toMatchObject({ code: 'generation-unknown' })
    expect(await namesIn(directory)).toEqual([])
  })

  test('refuses what the disk has no room for before it writes anything, with the bytes it needs', async () => {
    const { directory, vault, run } = await stage()
    const { manifest } = await writeGeneration(vault, sampleRepository(2), { moveHead: false })
    const size = 2 ** 50
    const big = { ...manifest, seq: 2, totals: { files: 1, bytes: size } }
    const [config] = manifest.files.filter(({ role }) => role === 'config')
    await new Chain(vault, REPO_ID).createManifest({ ...big, files: config ? [{ ...config, size }] : [] })

    await expect(run({ generation: 2 })).rejects.toMatchObject({
      code: 'disk-full',
      reason: expect.stringContaining(String(size + 4096)),
    })
    expect(await namesIn(directory)).toEqual([])
  })

  test('stops when asked to, and the next one goes on where it stopped', async () => {
    const { directory, vault, target, run } = await stage()
    await writeGeneration(vault, sampleRepository(20))
    const stop = new AbortController()
    const stopped = restore(
      replicationContext(directory, { stop: stop.signal }),
      vault,
      { borgId: REPO_ID, directory: target, writable: false },
      { onProgress: (progress) => (progress.files ?? 0) > 8 && stop.abort('SIGINT') },
    )
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' })

    const { bytes, fetchedBytes } = await run()

    expect(fetchedBytes).toBeLessThan(bytes - 500)
    expect(textOf(filesOfRepository(target))).toEqual(textOf(sampleRepository(20)))
    expect(await namesIn(directory)).toEqual(['restored'])
  })
})

describe('damage', () => {
  test('on the way is mended by fetching once more', async () => {
    const { vault, target, run } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    const segment = blobOf(sampleRepository(5)['data/0/4'] ?? '')
    const sound = vault.objects.get(segment)
    vault.corrupt(segment)
    let gets = 0
    vault.before = ({ name, key }) => {
      if (name === 'get' && key === segment && ++gets === 2 && sound) vault.objects.set(segment, sound)
    }

    await run()

    expect(gets).toBe(2)
    expect(textOf(filesOfRepository(target))).toEqual(textOf(sampleRepository(5)))
  })

  test.each(['corrupt', 'missing', 'short', 'long'])('%s in the vault is fatal and names the object', async (kind) => {
    const { vault, directory, run } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    const segment = blobOf(sampleRepository(5)['data/0/4'] ?? '')
    const object = vault.objects.get(segment)
    if (kind === 'corrupt') vault.corrupt(segment)
    else if (kind === 'missing') vault.objects.delete(segment)
    else if (object) {
      const bytes = kind === 'short' ? object.bytes.subarray(1) : Buffer.concat([object.bytes, Buffer.from('x')])
      vault.objects.set(segment, { ...object, bytes })
    }

    await expect(run({ dropAux: true })).rejects.toMatchObject({
      code: 'vault-damaged',
      message: expect.stringContaining(segment),
      reason: expect.stringContaining('data/0/4'),
    })
    expect(await namesIn(directory)).not.toContain('restored')
  })

  test('of an index file is fatal with a way out, and with that way out a warning', async () => {
    const { vault, target, run, warnings } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    vault.objects.delete(blobOf('index 5'))
    vault.corrupt(blobOf('hints 5'))
    await expect(run()).rejects.toMatchObject({
      code: 'vault-damaged',
      hint: expect.stringContaining('--without-index'),
    })

    const { dropped, files } = await run({ dropAux: true })

    const { 'index.5': _, 'hints.5': __, ...kept } = sampleRepository(5)
    expect([...dropped].sort()).toEqual(['hints.5', 'index.5'])
    expect(files).toBe(10)
    expect(warnings.map(({ path }) => path).sort()).toEqual(['hints.5', 'index.5'])
    expect(textOf(filesOfRepository(target))).toEqual(textOf(kept))
  })

  test('that comes from a collection meanwhile is told as such', async () => {
    const { vault, run } = await stage()
    const { ref } = await writeGeneration(vault, sampleRepository(5))
    vault.before = ({ name, key }) => {
      if (name !== 'get' || key !== blobOf('commit')) return
      vault.objects.delete(keys.manifest(ref.seq, ref.ulid))
      vault.objects.delete(key)
    }

    await expect(run()).rejects.toMatchObject({ code: 'generation-expired' })
  })
})

describe('what an earlier try left', () => {
  test('is hashed again: what is whole stays, what is not is fetched, what is strange goes', async () => {
    const { directory, vault, target, run } = await stage()
    const files = sampleRepository(5)
    await writeGeneration(vault, files)
    const left = `${target}.incoming-${ULID}`
    await mkdir(join(left, 'data/0'), { recursive: true, mode: 0o700 })
    await mkdir(join(left, 'data/7'), { mode: 0o700 })
    await mkdir(join(left, '.parts'), { mode: 0o700 })
    await writeFile(join(left, '.parts/3'), 'half')
    await writeFile(join(left, 'data/7/7000'), 'of another generation')
    await writeFile(join(left, 'data/0/0'), String(files['data/0/0']))
    await writeFile(join(left, 'data/0/1'), String(files['data/0/1']).replace('segment', 'SEGMENT'))
    await writeFile(join(left, 'stranger'), 'x')

    const { bytes, fetchedBytes } = await run()

    expect(bytes - fetchedBytes).toBe(String(files['data/0/0']).length + 'commit'.length)
    expect(textOf(filesOfRepository(target))).toEqual(textOf(files))
    expect(await namesIn(directory)).toEqual(['restored'])
    expect(await namesIn(target)).not.toContain('stranger')
  })

  test.each(['config', 'data', 'data/0', 'data/0/1', '.parts', 'data/0/1 as a directory'])(
    'never leads out of it: a link planted at %s',
    async (planted) => {
      const { directory, vault, target, run } = await stage()
      await writeGeneration(vault, sampleRepository(5))
      const outside = join(directory, 'outside')
      await mkdir(outside)
      await writeFile(join(outside, 'precious'), 'kept')
      const left = `${target}.incoming-${ULID}`
      const path = join(left, planted.replace(' as a directory', ''))
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
      if (planted.endsWith('directory')) await mkdir(path)
      else await symlink(planted.includes('1') || planted === 'config' ? join(outside, 'precious') : outside, path)

      await run()

      expect(await namesIn(outside)).toEqual(['precious'])
      expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('kept')
      expect(textOf(filesOfRepository(target))).toEqual(textOf(sampleRepository(5)))
      expect(Object.values(await treeAt(target)).map(({ kind }) => kind)).not.toContain('link')
    },
  )

  test('is not touched where others could have put something into it', async () => {
    const { vault, target, run } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    const left = `${target}.incoming-${ULID}`
    await mkdir(left, { mode: 0o777 })
    await writeFile(join(left, 'config'), 'not ours')
    await chmod(left, 0o777)

    await run()

    expect(await readFile(join(left, 'config'), 'utf8')).toBe('not ours')
    expect(textOf(filesOfRepository(target))).toEqual(textOf(sampleRepository(5)))
  })

  test('is left alone while another process is at it', async () => {
    const { directory, vault, target, run } = await stage()
    await writeGeneration(vault, sampleRepository(5))
    let second: Promise<unknown> | undefined
    const first = restore(
      replicationContext(directory),
      vault,
      { borgId: REPO_ID, directory: target, writable: false },
      {
        onProgress: ({ stage }) => {
          if (stage === 'download') second ??= run().catch((error: unknown) => error)
        },
      },
    )

    await first

    expect(await second).toMatchObject({ code: 'locked' })
    expect(await namesIn(directory)).toEqual(['restored'])
  })
})
