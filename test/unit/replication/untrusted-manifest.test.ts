// Manifests are input from whoever may write to the vault: what no repository can be is refused, whatever it looks like.

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { keysOf, type Manifest, type ManifestFile, roleOf } from '../../../src/model/generation.ts'
import { decodeManifest } from '../../../src/replication/documents.ts'
import { MemoryVault } from '../../fakes/memory-vault.ts'
import { REPO_ID, sampleRepository, writeGeneration } from '../../support/generations.ts'

const { manifest: sound } = await writeGeneration(new MemoryVault(), sampleRepository(5))
const key = keysOf(REPO_ID).manifest(sound.seq, sound.ulid)
const decode = (document: unknown) => decodeManifest(key, REPO_ID, gzipSync(JSON.stringify(document)))

/** With these files and totals that agree. */
function withFiles(files: readonly ManifestFile[]): Manifest {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const bytes = sorted.reduce((sum, { size }) => sum + size, 0)
  return { ...sound, files: sorted, totals: { files: sorted.length, bytes } }
}

const file = (path: string, changed: Partial<ManifestFile> = {}): ManifestFile => ({
  path,
  size: 3,
  sha256: 'a'.repeat(64),
  role: roleOf(path) ?? 'segment',
  ...changed,
})

describe('a manifest', () => {
  test('of a real repository is taken as it is', async () => {
    expect(await decode(sound)).toEqual(sound)
  })

  test.each([
    '../config',
    '/etc/passwd',
    'data/../config',
    'data/0/../../../x',
    'data/0/1/',
    'data//1',
    'data/0/1\0',
    'data/0/01',
    'data/00/1',
    'data/-1/1',
    'data/0/1e3',
    './config',
    'config\n',
    'Config',
    'index.5/x',
    'index.5.tmp',
    'index.',
    'lock.exclusive',
    'data',
    '',
    '.',
    '..',
    'data/1/5',
    'data/0/6',
    `data/0/${'9'.repeat(400)}`,
    'dаta/0/1',
    'nonce\u202e',
  ])('with the path %j is refused', async (path) => {
    await expect(decode(withFiles([file(path)]))).rejects.toMatchObject({ code: 'vault-damaged' })
  })

  test.each<readonly [string, unknown]>([
    ['the same path twice', withFiles([file('config'), file('config', { sha256: 'b'.repeat(64) })])],
    ['unsorted paths', { ...sound, files: sound.files.toReversed() }],
    ['a role that the path has not', withFiles([file('config', { role: 'aux' })])],
    ['a negative size', withFiles([file('config', { size: -1 })])],
    ['a size beyond all numbers', withFiles([file('config', { size: 2 ** 60 })])],
    ['half a byte', withFiles([file('config', { size: 0.5 })])],
    ['a hash that is a path', withFiles([file('config', { sha256: '../../../etc/passwd' })])],
    ['a hash in capitals', withFiles([file('config', { sha256: 'A'.repeat(64) })])],
    ['totals that do not add up', { ...sound, totals: { ...sound.totals, bytes: 1 } }],
    ['a parent as old as itself', { ...sound, parent: { seq: sound.seq, ulid: sound.ulid, sha256: 'a'.repeat(64) } }],
    ['another number than its name', { ...sound, seq: 2 }],
    ['the id of another repository', { ...sound, repoId: 'cd'.repeat(32) }],
    ['a counter that is none', { ...sound, borg: { ...sound.borg, nonce: '../nonce' } }],
    ['no segments in a directory', { ...sound, borg: { ...sound.borg, segmentsPerDir: 0 } }],
    ['a takeover of no generation', { ...sound, restoredFrom: -1 }],
    ['a control character in a name', { ...sound, writer: { ...sound.writer, host: 'anna\u001b[2J' } }],
    ['no files', { ...sound, files: undefined }],
    ['null', null],
    ['a list', []],
  ])('with %s is refused', async (_, document) => {
    await expect(decode(document)).rejects.toMatchObject({ code: 'vault-damaged' })
  })

  test('of a newer format is refused as such', async () => {
    await expect(decode({ ...sound, format: 2 })).rejects.toMatchObject({ code: 'vault-newer' })
  })

  test('that unpacks to more than is believed is refused without unpacking it all', async () => {
    const member = gzipSync(Buffer.alloc(27 * 1024 * 1024))
    const bomb = Buffer.concat(Array.from({ length: 20 }, () => member))

    await expect(decodeManifest(key, REPO_ID, bomb)).rejects.toMatchObject({ code: 'vault-damaged' })
  }, 60_000)

  test('is either refused with a code, or has nothing but paths of a repository', async () => {
    const paths = fc.oneof(
      fc.constantFrom('config', 'README', 'nonce', 'data/0/1', 'data/0/5', 'index.5', 'data/5', '..', 'data/0/..'),
      fc.stringMatching(/^(data|\.|\.\.|index|\/|0|1|5)(\/|\.)?(data|\.|\.\.|0|5)?(\/|\.)?[0-9./]{0,6}$/),
      fc.string(),
    )
    const files = fc.array(
      fc.record({
        path: paths,
        size: fc.oneof(fc.nat(), fc.double(), fc.integer()),
        sha256: fc.oneof(fc.constant('a'.repeat(64)), fc.string()),
      }),
      { maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(files, async (drawn) => {
        const entries = drawn.map(({ path, ...rest }) => file(path, rest))
        const decoded = await decode(withFiles(entries)).catch((error: unknown) => error)

        if (decoded instanceof AppError) expect(decoded.code).toBe('vault-damaged')
        else {
          for (const { path, size } of (decoded as Manifest).files) {
            expect(path).toMatch(/^(README|config|nonce|transactions|(index|hints|integrity)\.\d+|data\/\d+\/\d+)$/)
            expect(Number.isSafeInteger(size) && size >= 0).toBe(true)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('is refused with a code whatever value any of its fields has', async () => {
    const fields = Object.keys(sound)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.jsonValue(), async (field, value) => {
        const decoded = await decode({ ...sound, [field]: value }).catch((error: unknown) => error)

        if (!(decoded instanceof AppError)) expect(decoded).toHaveProperty('files', sound.files)
        else expect(['vault-damaged', 'vault-newer']).toContain(decoded.code)
      }),
      { numRuns: 500 },
    )
  })

  test('of any bytes is refused with a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        await expect(decodeManifest(key, REPO_ID, bytes)).rejects.toMatchObject({ code: 'vault-damaged' })
        await expect(decodeManifest(key, REPO_ID, gzipSync(bytes))).rejects.toMatchObject({ code: 'vault-damaged' })
      }),
    )
  })
})
