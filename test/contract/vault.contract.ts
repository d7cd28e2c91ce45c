// What every Vault promises; see src/vault/vault.ts.

import { expect, test } from 'vitest'
import type { Vault } from '../../src/vault/vault.ts'
import { collect, contentOf, digestOf, generatedContent, keysOf, sha256Of, textOf } from '../support/contents.ts'
import { vaultFailureContract } from './vault-failure.contract.ts'

export interface VaultTraits {
  /** Of the one large object that is put, in bytes. */
  readonly largeBytes: number
  /** Leaves a half-sent object behind, as a killed writer does; absent where there can be none. */
  readonly leaveUnfinished?: (vault: Vault, key: string) => Promise<void>
}

const RIVALS = 16
/** S3 lists and deletes a thousand at once. */
const MORE_THAN_A_PAGE = 1003

const ODD_KEYS = [
  'odd/%2F%20',
  'odd/100%',
  'odd/a b',
  'odd/a+b',
  'odd/a=b&c',
  "odd/it's (1)!",
  'odd/what?#',
  'odd/Zürich/größe',
  'odd/日本',
]

/** `open` gives a vault without any object, a new one each time. */
export function vaultContract(open: () => Promise<Vault>, traits: VaultTraits): void {
  vaultFailureContract(open)

  test('a vault without objects has nothing to give, list or delete', async () => {
    const vault = await open()

    expect(await vault.get('a/b')).toBeUndefined()
    expect(await vault.head('a/b')).toBeUndefined()
    expect(await keysOf(vault.list(''))).toEqual([])
    expect(await vault.listDirectories('')).toEqual([])
    expect(await vault.delete(['a/b'])).toEqual([])
    expect(await vault.sweepUnfinished('', new Date('2100-01-01'))).toBe(0)
  })

  test('what was put is read back at once, with its facts', async () => {
    const vault = await open()

    const put = await vault.put('repo/head.json', contentOf('hello'), 'absent')

    const object = await vault.get('repo/head.json')
    const facts = object === 'unchanged' ? undefined : object?.facts
    expect(put).toEqual({ stored: true, etag: facts?.etag })
    expect(facts).toMatchObject({ key: 'repo/head.json', size: 5, lastModified: expect.any(Date) })
    expect(facts?.sha256 ?? sha256Of('hello')).toBe(sha256Of('hello'))
    expect(await textOf(object)).toBe('hello')
  })

  test('head, get and a listing tell the same etag, size and time of an object', async () => {
    const vault = await open()
    const large = await generatedContent(300_000)
    await vault.put('a/small', contentOf('hello'), 'absent')
    await vault.put('a/large', large, 'absent')

    const listed = await collect(vault.list('a/'))

    for (const facts of listed) {
      const got = await vault.get(facts.key)
      for (const told of [await vault.head(facts.key), got === 'unchanged' ? undefined : got?.facts]) {
        expect(told).toMatchObject({ key: facts.key, size: facts.size, etag: facts.etag })
        // Listings of S3 tell milliseconds, headers seconds.
        expect(Math.abs((told?.lastModified.getTime() ?? 0) - facts.lastModified.getTime())).toBeLessThanOrEqual(1000)
      }
      if (got !== undefined && got !== 'unchanged') await digestOf(got.body)
    }
    expect(listed.map(({ key, size }) => [key, size])).toEqual([
      ['a/large', 300_000],
      ['a/small', 5],
    ])
  })

  test('an object that is there is not created again', async () => {
    const vault = await open()
    await vault.put('a/b', contentOf('first'), 'absent')

    const again = await vault.put('a/b', contentOf('second'), 'absent')

    expect(again.stored).toBe(false)
    expect(await textOf(await vault.get('a/b'))).toBe('first')
  })

  test('an object is replaced only over the etag that is named', async () => {
    const vault = await open()
    const { etag: first = '' } = await vault.put('a/b', contentOf('first'), 'absent')

    const second = await vault.put('a/b', contentOf('other'), { etag: first })
    const late = await vault.put('a/b', contentOf('third'), { etag: first })

    expect(second.stored).toBe(true)
    expect(second.etag).not.toBe(first)
    expect(late.stored).toBe(false)
    expect(await vault.head('a/b')).toMatchObject({ etag: second.etag })
    expect(await textOf(await vault.get('a/b'))).toBe('other')
  })

  test('where there is no object, no etag of one is replaced', async () => {
    const vault = await open()
    const { etag = '' } = await vault.put('a/b', contentOf('first'), 'absent')
    await vault.delete(['a/b'])

    const put = await vault.put('a/b', contentOf('second'), { etag })

    expect(put.stored).toBe(false)
    expect(await vault.head('a/b')).toBeUndefined()
  })

  test('without a condition an object is created or replaced', async () => {
    const vault = await open()

    const created = await vault.put('a/b', contentOf('first'), 'any')
    const replaced = await vault.put('a/b', contentOf('second'), 'any')

    expect([created.stored, replaced.stored]).toEqual([true, true])
    expect(replaced.etag).not.toBe(created.etag)
    expect(await textOf(await vault.get('a/b'))).toBe('second')
  })

  test('of many creators at once exactly one wins', async () => {
    const vault = await open()

    const results = await Promise.all(
      Array.from({ length: RIVALS }, (_, rival) => vault.put('a/b', contentOf(`rival ${rival}`), 'absent')),
    )

    const winners = results.flatMap(({ stored }, rival) => (stored ? [rival] : []))
    expect(winners).toHaveLength(1)
    expect(await textOf(await vault.get('a/b'))).toBe(`rival ${winners[0]}`)
  })

  test('of many who replace the same etag at once exactly one wins', async () => {
    const vault = await open()
    const { etag = '' } = await vault.put('a/b', contentOf('first'), 'absent')

    const results = await Promise.all(
      Array.from({ length: RIVALS }, (_, rival) => vault.put('a/b', contentOf(`rival ${rival}`), { etag })),
    )

    const winners = results.flatMap(({ stored }, rival) => (stored ? [rival] : []))
    expect(winners).toHaveLength(1)
    expect(await textOf(await vault.get('a/b'))).toBe(`rival ${winners[0]}`)
  })

  test('no update is lost where many count by compare-and-swap', async () => {
    const vault = await open()
    await vault.put('a/count', contentOf('0'), 'absent')
    const increment = async (): Promise<void> => {
      const object = await vault.get('a/count')
      const { etag } = object === 'unchanged' || object === undefined ? { etag: '' } : object.facts
      const { stored } = await vault.put('a/count', contentOf(String(Number(await textOf(object)) + 1)), { etag })
      if (!stored) await increment()
    }

    await Promise.all(Array.from({ length: 5 }, increment))

    expect(await textOf(await vault.get('a/count'))).toBe('5')
  })

  test('an object is given only where it is not the known one', async () => {
    const vault = await open()
    const { etag: first = '' } = await vault.put('a/b', contentOf('first'), 'absent')

    const same = await vault.get('a/b', { unlessEtag: first })
    await vault.put('a/b', contentOf('second'), { etag: first })
    const other = await vault.get('a/b', { unlessEtag: first })

    expect(same).toBe('unchanged')
    expect(await textOf(other)).toBe('second')
    expect(await vault.get('a/c', { unlessEtag: first })).toBeUndefined()
  })

  test.for([
    [0, 1, '0'],
    [3, 7, '3456'],
    [9, 10, '9'],
    [8, 100, '89'],
  ] as const)('bytes %i up to %i of ten are %s, and the facts are those of all', async ([start, end, text]) => {
    const vault = await open()
    await vault.put('a/b', contentOf('0123456789'), 'absent')

    const object = await vault.get('a/b', { range: { start, end } })

    expect(object).toMatchObject({ facts: { size: 10 } })
    expect(await textOf(object)).toBe(text)
  })

  test('an empty object is an object', async () => {
    const vault = await open()

    await vault.put('a/b', contentOf(''), 'absent')

    expect(await vault.head('a/b')).toMatchObject({ size: 0 })
    expect(await textOf(await vault.get('a/b'))).toBe('')
    expect(await keysOf(vault.list(''))).toEqual(['a/b'])
  })

  test('a large object is streamed in and out, whole and in part, and every byte is reported', async () => {
    const vault = await open()
    const large = await generatedContent(traits.largeBytes)
    const [sent, received] = [new Sum(), new Sum()]
    const range = { start: Math.floor(large.size / 3), end: Math.floor(large.size / 3) + 1_500_000 }

    const put = await vault.put('a/large', large, 'absent', { onBytes: sent.add })
    const whole = await vault.get('a/large', { onBytes: received.add })
    const digest = whole && whole !== 'unchanged' && (await digestOf(whole.body))
    const part = await vault.get('a/large', { range })

    expect(put.stored).toBe(true)
    expect(digest).toEqual({ size: large.size, sha256: large.sha256 })
    expect([sent.bytes, received.bytes]).toEqual([large.size, large.size])
    expect(part && part !== 'unchanged' && (await digestOf(part.body))).toEqual(
      await digestOf(large.read(range.start, Math.min(range.end, large.size))),
    )
  })

  test('a body may be left before its end', async () => {
    const vault = await open()
    await vault.put('a/b', await generatedContent(5_000_000), 'absent')

    const object = await vault.get('a/b')
    if (object !== undefined && object !== 'unchanged') for await (const _ of object.body) break

    expect(await vault.head('a/b')).toMatchObject({ size: 5_000_000 })
  })

  test('keys may have spaces, letters of any language and the signs of URLs', async () => {
    const vault = await open()

    for (const key of ODD_KEYS) await vault.put(key, contentOf(key), 'absent')

    for (const key of ODD_KEYS) expect(await textOf(await vault.get(key))).toBe(key)
    expect((await keysOf(vault.list('odd/'))).sort()).toEqual([...ODD_KEYS].sort())
    expect(await vault.listDirectories('odd/')).toEqual(['Zürich'])
    await vault.delete(ODD_KEYS)
    expect(await keysOf(vault.list(''))).toEqual([])
  })

  test('a listing is in the order of whole keys', async () => {
    const vault = await open()
    const keys = ['a-b', 'a.b/1', 'a/b', 'a/b-c', 'a/c/d', 'a0', 'b']
    for (const key of keys.toReversed()) await vault.put(key, contentOf(key), 'absent')

    expect(await keysOf(vault.list(''))).toEqual(keys)
    expect(await keysOf(vault.list('a/'))).toEqual(['a/b', 'a/b-c', 'a/c/d'])
    expect(await keysOf(vault.list('a/b'))).toEqual(['a/b', 'a/b-c'])
    expect(await keysOf(vault.list('x/'))).toEqual([])
    expect(await keysOf(vault.list('', { after: 'a/b' }))).toEqual(['a/b-c', 'a/c/d', 'a0', 'b'])
    expect(await keysOf(vault.list('a/', { after: 'a/b-' }))).toEqual(['a/b-c', 'a/c/d'])
    expect(await keysOf(vault.list('a/', { after: 'b' }))).toEqual([])
  })

  test('a listing may be left before its end', async () => {
    const vault = await open()
    for (const key of ['a', 'b', 'c']) await vault.put(key, contentOf(key), 'absent')

    for await (const { key } of vault.list('')) {
      expect(key).toBe('a')
      break
    }

    expect(await vault.head('c')).toBeDefined()
  })

  test('directories are the next segments, each once, while there is an object below', async () => {
    const vault = await open()
    const keys = ['b/1', 'a/1', 'a/c/2', 'a/c/3', 'a/d/e/4', 'file']
    for (const key of keys) await vault.put(key, contentOf(key), 'absent')

    expect(await vault.listDirectories('')).toEqual(['a', 'b'])
    expect(await vault.listDirectories('a/')).toEqual(['c', 'd'])
    expect(await vault.listDirectories('b/')).toEqual([])
    expect(await vault.listDirectories('x/')).toEqual([])
    await vault.delete(['a/d/e/4', 'b/1'])
    expect(await vault.listDirectories('')).toEqual(['a'])
    expect(await vault.listDirectories('a/')).toEqual(['c'])
  })

  test('more objects and directories than a page holds are listed in order and deleted at once', async () => {
    const vault = await open()
    const names = Array.from({ length: MORE_THAN_A_PAGE }, (_, number) => String(number).padStart(4, '0'))
    const keys = names.map((name) => `many/${name}/x`)
    for (let start = 0; start < keys.length; start += RIVALS) {
      await Promise.all(keys.slice(start, start + RIVALS).map((key) => vault.put(key, contentOf(key), 'absent')))
    }

    expect(await keysOf(vault.list('many/'))).toEqual(keys)
    expect(await keysOf(vault.list('many/', { after: 'many/0000/x' }))).toEqual(keys.slice(1))
    expect(await vault.listDirectories('many/')).toEqual(names)
    expect(await vault.delete([...keys.slice(1), 'many/never/there'])).toEqual([])
    expect(await keysOf(vault.list(''))).toEqual(keys.slice(0, 1))
  })

  test('of writes after one another the later is not the older', async () => {
    const vault = await open()
    await vault.put('a/1', contentOf('first'), 'absent')
    await vault.put('a/2', contentOf('second'), 'absent')

    const [first, second] = await collect(vault.list('a/'))

    expect(second?.lastModified.getTime()).toBeGreaterThanOrEqual(first?.lastModified.getTime() ?? Number.NaN)
  })

  test('facilities are told', async () => {
    const vault = await open()

    expect(await vault.facilities()).toMatchObject({ versioning: expect.any(Boolean) })
    await vault.close()
  })

  test.skipIf(traits.leaveUnfinished === undefined)(
    'what a killed writer left is no object, and is swept below its prefix and before its time only',
    async () => {
      const vault = await open()
      await traits.leaveUnfinished?.(vault, 'one/objects/x')
      await traits.leaveUnfinished?.(vault, 'two/objects/x')

      expect(await keysOf(vault.list(''))).toEqual([])
      expect(await vault.listDirectories('')).toEqual([])
      expect(await vault.sweepUnfinished('one/', new Date('2000-01-01'))).toBe(0)
      expect(await vault.sweepUnfinished('one/', new Date('2100-01-01'))).toBe(1)
      expect(await vault.sweepUnfinished('one/', new Date('2100-01-01'))).toBe(0)
      expect(await vault.sweepUnfinished('', new Date('2100-01-01'))).toBe(1)
      expect((await vault.put('one/objects/x', contentOf('x'), 'absent')).stored).toBe(true)
    },
  )
}

class Sum {
  bytes = 0
  readonly add = (bytes: number): void => {
    this.bytes += bytes
  }
}
