// What can happen to the directory that is a vault: its disk is full, gone or another's, and what lies in it is not ours.

import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Vault } from '../../src/vault/vault.ts'
import { contentOf, generatedContent, keysOf, textOf } from '../support/contents.ts'
import { newVaultAt, vaultAt } from '../support/directory-vault.ts'
import { leaveLock } from '../support/lock-samples.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'
import { canMount, fillDisk, smallDisk } from '../support/small-disk.ts'
import { tempDir } from '../support/temp-dir.ts'

const DISK_BYTES = 2 << 20

async function stage() {
  const root = join(await tempDir(), 'nas')
  await mkdir(root)
  return { root, vault: await newVaultAt(root) }
}

/** Every way to look for an object or to store one. */
const CALLS: Readonly<Record<string, (vault: Vault) => Promise<unknown>>> = {
  put: (vault) => vault.put('repo/a', contentOf('hello'), 'absent'),
  get: (vault) => vault.get('repo/a'),
  head: (vault) => vault.head('repo/a'),
  list: (vault) => keysOf(vault.list('')),
  listDirectories: (vault) => vault.listDirectories(''),
}

describe('files and directories', () => {
  test('are private, and an object is a file of the same path', async () => {
    const { root, vault } = await stage()

    await vault.put('repo/objects/ab/abc', contentOf('hello'), 'absent')

    expect(await readFile(join(root, 'repo/objects/ab/abc'), 'utf8')).toBe('hello')
    expect((await stat(join(root, 'repo/objects/ab/abc'))).mode & 0o777).toBe(0o600)
    for (const path of ['repo', 'repo/objects', 'repo/objects/ab', '.partial']) {
      expect((await stat(join(root, path))).mode & 0o777).toBe(0o700)
    }
    expect(await readdir(join(root, '.partial'))).toEqual([])
  })

  test('that are empty go with the last object in them', async () => {
    const { root, vault } = await stage()
    await vault.put('repo/objects/ab/abc', contentOf('hello'), 'absent')
    await vault.put('repo/head.json', contentOf('hello'), 'absent')

    await vault.delete(['repo/objects/ab/abc'])

    expect(await readdir(join(root, 'repo'))).toEqual(['head.json'])
  })

  test.each([
    '../a',
    '/a',
    'a//b',
    'a/',
    'a/../b',
    'a/./b',
    '.partial/a',
    'a/.b',
    'borgboi-vault.json',
    'a\0b',
    '\uD800',
  ])('that lead elsewhere or are no objects cannot be named: %j', async (key) => {
    const { root, vault } = await stage()

    const calls = [vault.put(key, contentOf('hello'), 'any'), vault.get(key), vault.head(key), vault.delete([key])]

    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ reason: { code: 'value-invalid' } })
    }
    expect(await readdir(root)).toEqual(['.partial', 'borgboi-vault.json'])
  })

  test('of others are no objects', async () => {
    const { root, vault } = await stage()
    await vault.put('repo/a', contentOf('hello'), 'absent')
    for (const name of ['.DS_Store', 'repo/.nfs0001']) await writeFile(join(root, name), 'junk')
    await mkdir(join(root, 'lost+found'))
    spawnSync('mkfifo', [join(root, 'repo/pipe')])

    expect(await keysOf(vault.list(''))).toEqual(['repo/a'])
    expect(await vault.listDirectories('')).toEqual(['repo'])
    expect(await vault.get('repo/pipe')).toBeUndefined()
    expect(await vault.get('repo')).toBeUndefined()
  })

  test('that are not empty but small are told apart by content, however quickly they change', async () => {
    const { vault } = await stage()
    const etags = new Set<string | undefined>()

    for (let count = 0; count < 20; count++) etags.add((await vault.put('a', contentOf(String(count)), 'any')).etag)

    expect(etags.size).toBe(20)
  })
})

describe('a large object that is replaced while it is read', () => {
  test('fails rather than being mixed', async () => {
    const { vault } = await stage()
    await vault.put('a', await generatedContent(3_000_000), 'absent')
    const object = await vault.get('a')
    await vault.put('a', await generatedContent(3_000_001), 'any')

    await expect(textOf(object)).rejects.toMatchObject({ code: 'vault-failed', message: expect.stringContaining('a') })
  })
})

describe.each([
  ['is gone', async (root: string) => await rename(root, `${root}.away`)],
  [
    'is the empty directory that the disk was mounted on',
    async (root: string) => {
      await rename(root, `${root}.away`)
      await mkdir(root)
    },
  ],
])('a disk that %s', (_, unmount) => {
  test.each(Object.keys(CALLS))('is noticed by %s, also by a vault that was in use', async (name) => {
    const { root, vault: used } = await stage()
    await used.put('repo/before', contentOf('hello'), 'absent')
    await unmount(root)
    const call = CALLS[name]

    for (const vault of [used, vaultAt(root)]) {
      await expect(call?.(vault)).rejects.toMatchObject({
        code: 'vault-missing',
        message: expect.stringContaining(root),
        hint: expect.stringContaining('mount'),
      })
    }
    expect(await readdir(root).catch(() => [])).toEqual([])
  })
})

describe('a copy of the objects alone', () => {
  test('is read, but not written to, and nothing is taken for absent', async () => {
    const { root, vault } = await stage()
    await vault.put('repo/a', contentOf('hello'), 'absent')
    const copy = join(await tempDir(), 'copy')
    await cp(join(root, 'repo'), join(copy, 'repo'), { recursive: true })

    const found = vaultAt(copy)

    expect(await textOf(await found.get('repo/a'))).toBe('hello')
    expect(await keysOf(found.list(''))).toEqual(['repo/a'])
    expect(await found.listDirectories('')).toEqual(['repo'])
    await expect(found.head('repo/b')).rejects.toMatchObject({ code: 'vault-missing' })
    await expect(found.put('repo/b', contentOf('x'), 'absent')).rejects.toMatchObject({ code: 'vault-missing' })
  })
})

describe('the marker', () => {
  test.each([
    ['{"format":2}', 'vault-newer'],
    ['{"format":"1"}', 'vault-failed'],
    ['garbage', 'vault-failed'],
    ['', 'vault-failed'],
  ])('that says %j lets nothing be written: %s', async (text, code) => {
    const { root } = await stage()
    await writeFile(join(root, 'borgboi-vault.json'), text)

    await expect(vaultAt(root).put('a', contentOf('x'), 'any')).rejects.toMatchObject({ code })
    expect(await readdir(join(root, '.partial'))).toEqual([])
  })

  test('is not needed twice: a missing .partial is made again', async () => {
    const { root, vault } = await stage()
    await rm(join(root, '.partial'), { recursive: true })

    expect(await vault.put('a', contentOf('x'), 'absent')).toMatchObject({ stored: true })
  })
})

describe('a link that was planted', () => {
  test('as a directory leads nowhere', async () => {
    const { root, vault } = await stage()
    const outside = await tempDir()
    await writeFile(join(outside, 'a'), 'secret')
    await symlink(outside, join(root, 'repo'))

    for (const call of [CALLS['put'], CALLS['get'], CALLS['head']]) {
      await expect(call?.(vault)).rejects.toMatchObject({
        code: 'vault-failed',
        reason: expect.stringContaining('link'),
      })
    }
    await expect(vault.put('repo/deep/b', contentOf('x'), 'absent')).rejects.toMatchObject({ code: 'vault-failed' })
    await expect(vault.delete(['repo/a'])).rejects.toMatchObject({ code: 'vault-failed' })
    await expect(vault.listDirectories('repo/')).rejects.toMatchObject({ code: 'vault-failed' })
    expect(await keysOf(vault.list(''))).toEqual([])
    expect(await vault.listDirectories('')).toEqual([])
    expect(await readdir(outside)).toEqual(['a'])
  })

  test('as an object is neither read nor written through', async () => {
    const { root, vault } = await stage()
    const outside = join(await tempDir(), 'outside')
    await writeFile(outside, 'secret')
    await symlink(outside, join(root, 'a'))

    await expect(vault.get('a')).rejects.toMatchObject({ code: 'vault-failed' })
    expect(await keysOf(vault.list(''))).toEqual([])
    await expect(vault.put('a', contentOf('mine'), 'any')).rejects.toMatchObject({ code: 'vault-failed' })
    expect(await readFile(outside, 'utf8')).toBe('secret')
    await vault.delete(['a'])
    expect(await readFile(outside, 'utf8')).toBe('secret')
    await expect(lstat(join(root, 'a'))).rejects.toThrow('ENOENT')
  })

  test('as the root itself is the way a person chose', async () => {
    const { root, vault } = await stage()
    await vault.put('repo/a', contentOf('hello'), 'absent')
    await symlink(root, `${root}.link`)

    const linked = vaultAt(`${root}.link`)

    expect(await textOf(await linked.get('repo/a'))).toBe('hello')
    expect(await linked.put('other/b', contentOf('x'), 'absent')).toMatchObject({ stored: true })
    expect(await keysOf(linked.list(''))).toEqual(['other/b', 'repo/a'])
  })
})

describe('a user without rights', () => {
  test('is told that it may not write, and nothing is stored', async () => {
    const { root, vault } = await stage()
    await vault.put('repo/a', contentOf('hello'), 'absent')
    for (const path of [join(root, '..'), root, join(root, 'repo'), join(root, '.partial')]) await chmod(path, 0o555)
    for (const path of ['borgboi-vault.json', 'repo/a']) await chmod(join(root, path), 0o444)

    await asOrdinaryUser(async () => {
      await expect(vaultAt(root).put('repo/b', contentOf('x'), 'absent')).rejects.toMatchObject({
        code: 'vault-denied',
        message: expect.stringContaining('repo/b'),
      })
      expect(await textOf(await vaultAt(root).get('repo/a'))).toBe('hello')
      expect(await vaultAt(root).delete(['repo/a', 'repo/c'])).toEqual([
        { key: 'repo/a', reason: expect.stringContaining('may not') },
      ])
    })

    for (const path of [join(root, '..'), root, join(root, 'repo'), join(root, '.partial')]) await chmod(path, 0o755)
    expect(await keysOf(vault.list(''))).toEqual(['repo/a'])
  })

  test('is told that it may not read', async () => {
    const { root, vault } = await stage()
    await vault.put('repo/a', contentOf('hello'), 'absent')
    await chmod(join(root, '..'), 0o555)

    await asOrdinaryUser(async () => {
      for (const call of [CALLS['get'], CALLS['head'], CALLS['put']]) {
        await expect(call?.(vaultAt(root))).rejects.toMatchObject({ code: 'vault-denied' })
      }
    })
  })
})

describe('a disk without space', () => {
  test.skipIf(!canMount)('stores nothing and says so, and works again when there is space', async () => {
    const root = await smallDisk(join(await tempDir(), 'nas'), DISK_BYTES)
    const vault = await newVaultAt(root)
    await vault.put('repo/a', contentOf('hello'), 'absent')

    const tooLarge = vault.put('repo/b', await generatedContent(DISK_BYTES), 'absent')

    await expect(tooLarge).rejects.toMatchObject({ code: 'vault-full', message: expect.stringContaining('repo/b') })
    expect(await readdir(join(root, '.partial'))).toEqual([])
    const filler = await fillDisk(join(root, '.partial'))
    for (const condition of ['absent', 'any'] as const) {
      const put = vault.put('repo/new/c', contentOf('x'.repeat(5000)), condition)
      await expect(put).rejects.toMatchObject({ code: 'vault-full' })
    }
    expect(await keysOf(vault.list(''))).toEqual(['repo/a'])
    await rm(filler)
    expect((await vault.put('repo/b', contentOf('x'), 'absent')).stored).toBe(true)
  })
})

describe('an object that another machine is writing', () => {
  test('is waited for until a person stops it', async () => {
    const { root, vault } = await stage()
    await vault.put('head.json', contentOf('first'), 'absent')
    const lock = join(root, '.partial', `${hash('sha256', 'head.json').slice(0, 32)}.lock`)
    await leaveLock(lock, { pid: 1, host: 'bert', purpose: 'store head.json', since: '2026-11-20T02:30:04.000Z' })
    const stop = new AbortController()
    setTimeout(() => stop.abort('SIGINT'), 200)

    const waiting = vaultAt(root, stop.signal).put('head.json', contentOf('second'), 'any')

    await expect(waiting).rejects.toMatchObject({ code: 'interrupted', reason: expect.stringContaining('SIGINT') })
    expect(await textOf(await vault.get('head.json'))).toBe('first')
  })
})
