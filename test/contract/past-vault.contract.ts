// What a vault promises that is read as it was at a time.

import { expect, test } from 'vitest'
import type { Vault } from '../../src/vault/vault.ts'
import { collect, contentOf, keysOf, textOf } from '../support/contents.ts'

export interface PastStage {
  /** Without any object. Older versions are kept. */
  readonly vault: Vault
  openPast(asOf: Date): Promise<Vault>
  /** A time that everything until now is older than, and everything from now on younger. */
  between(): Promise<Date>
}

export interface PastTraits {
  /** So many objects and their deletions are more than one page. */
  readonly moreThanAPage: number
}

export function pastVaultContract(open: () => Promise<PastStage>, { moreThanAPage }: PastTraits): void {
  test('what was overwritten or deleted since is there as it was, and what is younger is not', async () => {
    const { vault, openPast, between } = await open()
    await vault.put('repo/head.json', contentOf('one'), 'absent')
    await vault.put('repo/objects/aa/1', contentOf('blob'), 'absent')
    const first = await between()
    await vault.put('repo/head.json', contentOf('two!'), 'any')
    await vault.put('repo/objects/aa/2', contentOf('more'), 'absent')
    const second = await between()
    await vault.put('repo/head.json', contentOf('garbage'), 'any')
    await vault.put('other/head.json', contentOf('not yours'), 'absent')
    await vault.delete(['repo/objects/aa/1', 'repo/objects/aa/2'])

    const [before, then] = [await openPast(first), await openPast(second)]

    expect(await keysOf(before.list(''))).toEqual(['repo/head.json', 'repo/objects/aa/1'])
    expect(await textOf(await before.get('repo/head.json'))).toBe('one')
    expect(await before.get('repo/objects/aa/2')).toBeUndefined()
    expect(await before.head('repo/objects/aa/2')).toBeUndefined()
    expect(await keysOf(then.list('repo/objects/'))).toEqual(['repo/objects/aa/1', 'repo/objects/aa/2'])
    expect(await textOf(await then.get('repo/head.json'))).toBe('two!')
    expect(await textOf(await then.get('repo/objects/aa/1'))).toBe('blob')
    expect(await then.head('repo/objects/aa/1')).toMatchObject({ key: 'repo/objects/aa/1', size: 4 })
    expect(await then.listDirectories('')).toEqual(['repo'])
    expect(await then.listDirectories('repo/')).toEqual(['objects'])
    expect(await vault.listDirectories('')).toEqual(['other', 'repo'])
  })

  test('what was deleted by then is not there, also where it came back later', async () => {
    const { vault, openPast, between } = await open()
    await vault.put('a/gone', contentOf('1'), 'absent')
    await vault.put('b/kept', contentOf('2'), 'absent')
    await between()
    await vault.delete(['a/gone'])
    const time = await between()
    await vault.put('a/gone', contentOf('3'), 'absent')

    const past = await openPast(time)

    expect(await keysOf(past.list(''))).toEqual(['b/kept'])
    expect(await past.listDirectories('')).toEqual(['b'])
    expect(await past.get('a/gone')).toBeUndefined()
  })

  test('parts, unchanged objects and facts are those of the version of then', async () => {
    const { vault, openPast, between } = await open()
    await vault.put('a/b', contentOf('0123456789'), 'absent')
    const time = await between()
    await vault.put('a/b', contentOf('overwritten'), 'any')

    const past = await openPast(time)

    const facts = await past.head('a/b')
    expect(await textOf(await past.get('a/b', { range: { start: 2, end: 5 } }))).toBe('234')
    expect(await textOf(await past.get('a/b', { range: { start: 10, end: 11 } }))).toBe('')
    expect(await past.get('a/b', { unlessEtag: facts?.etag ?? '' })).toBe('unchanged')
    expect(await collect(past.list(''))).toMatchObject([{ key: 'a/b', size: 10, etag: facts?.etag }])
  })

  test('all objects are found, in the order of their keys, however many versions and pages there are', async () => {
    const { vault, openPast, between } = await open()
    const keys = Array.from({ length: moreThanAPage }, (_, number) => `many/${number}`).sort()
    for (let version = 1; version <= 20; version++) await vault.put('many/10', contentOf(`v${version}`), 'any')
    const rest = keys.filter((key) => key !== 'many/10')
    await Promise.all(rest.map((key) => vault.put(key, contentOf(key), 'absent')))
    const time = await between()
    for (let version = 1; version <= 20; version++) await vault.put('many/10', contentOf('garbage'), 'any')
    await vault.delete(keys)

    const past = await openPast(time)

    expect(await keysOf(past.list('many/'))).toEqual(keys)
    expect(await keysOf(past.list('many/', { after: 'many/13' }))).toEqual(keys.filter((key) => key > 'many/13'))
    expect(await textOf(await past.get('many/10'))).toBe('v20')
    expect(await textOf(await past.get('many/9'))).toBe('many/9')
    expect(await keysOf(vault.list(''))).toEqual([])
  })

  test('odd keys are the same in listings, and to read', async () => {
    const { vault, openPast, between } = await open()
    const directories = ['%2F%20', '100%', 'a b', 'a+b', "it's (1)!", '日本']
    const keys = directories.flatMap((name) => [1, 2, 3].map((number) => `odd/${name}/${number}`))
    await Promise.all(keys.map((key) => vault.put(key, contentOf(key), 'absent')))
    const time = await between()
    await vault.delete(keys)

    const past = await openPast(time)

    expect(await keysOf(past.list(''))).toEqual(keys)
    expect(await past.listDirectories('odd/')).toEqual(directories)
    for (const key of keys) expect(await textOf(await past.get(key))).toBe(key)
  })

  test('nothing can be changed', async () => {
    const { vault, openPast, between } = await open()
    await vault.put('a/b', contentOf('x'), 'absent')
    const past = await openPast(await between())
    const refused = { code: 'usage-invalid', reason: 'what was can only be read' }

    await expect(past.put('a/b', contentOf('y'), 'any')).rejects.toMatchObject(refused)
    await expect(past.delete(['a/b'])).rejects.toMatchObject(refused)
    await expect(past.sweepUnfinished('', new Date())).rejects.toMatchObject(refused)
    expect(await textOf(await vault.get('a/b'))).toBe('x')
  })
}
