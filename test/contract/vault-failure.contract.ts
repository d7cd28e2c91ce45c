// What every Vault promises of puts and gets that go wrong or are stopped. Part of vault.contract.ts.

import { expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import type { Content, Vault } from '../../src/vault/vault.ts'
import { contentOf, generatedContent, keysOf, sha256Of, textOf } from '../support/contents.ts'

/** `open` gives a vault without any object, a new one each time. */
export function vaultFailureContract(open: () => Promise<Vault>): void {
  test.for([
    ['another digest', { sha256: sha256Of('world') }],
    ['fewer bytes', { size: 4 }],
    ['more bytes', { size: 6 }],
  ] as const)('content that was announced with %s is refused, and nothing is stored', async ([, announced]) => {
    const vault = await open()
    const wrong: Content = { ...contentOf('hello'), ...announced }

    const error = await failureOf(vault.put('a/b', wrong, 'absent'))

    expect(error).toMatchObject({ code: 'vault-failed', message: expect.stringContaining('a/b') })
    expect(error).toMatchObject({ reason: expect.stringMatching(/\S/), hint: expect.stringMatching(/\S/) })
    expect(await vault.head('a/b')).toBeUndefined()
    expect(await keysOf(vault.list(''))).toEqual([])
  })

  test('wrong content leaves what it was to replace', async () => {
    const vault = await open()
    const { etag = '' } = await vault.put('a/b', contentOf('first'), 'absent')
    const wrong: Content = { ...contentOf('hello'), sha256: sha256Of('world') }

    await failureOf(vault.put('a/b', wrong, { etag }))
    await failureOf(vault.put('a/b', wrong, 'any'))

    expect(await vault.head('a/b')).toMatchObject({ etag })
    expect(await textOf(await vault.get('a/b'))).toBe('first')
  })

  test('content that cannot be read fails with the error of its reader, and nothing is stored', async () => {
    const vault = await open()
    const reason = new AppError('file-denied', 'cannot read data/0/1')
    const broken: Content = {
      ...contentOf('hello'),
      async *read() {
        yield Buffer.from('he')
        throw reason
      },
    }

    const error = await failureOf(vault.put('a/b', broken, 'absent'))

    expect(error).toBe(reason)
    expect(await vault.head('a/b')).toBeUndefined()
  })

  test('a put that is stopped on its way leaves nothing that is an object', async () => {
    const vault = await open()
    const stop = new AbortController()
    const content = await generatedContent(3_000_000)
    const stopped: Content = {
      ...content,
      async *read(start, end) {
        for await (const part of content.read(start, end)) {
          yield part
          stop.abort('SIGINT')
        }
      },
    }

    const error = await failureOf(vault.put('a/b', stopped, 'absent', { signal: stop.signal }))

    expect(error).toMatchObject({ code: 'interrupted', message: expect.stringContaining('a/b') })
    expect(await vault.head('a/b')).toBeUndefined()
    expect(await keysOf(vault.list(''))).toEqual([])
  })

  test('a get that is stopped on its way ends as interrupted', async () => {
    const vault = await open()
    await vault.put('a/b', await generatedContent(20_000_000), 'absent')
    const stop = new AbortController()
    const read = async () => {
      const object = await vault.get('a/b', { signal: stop.signal })
      if (object === undefined || object === 'unchanged') return
      for await (const _ of object.body) stop.abort('SIGINT')
    }

    const error = await failureOf(read())

    expect(error).toMatchObject({ code: 'interrupted', message: expect.stringContaining('a/b') })
  })

  test('nothing begins after it was stopped', async () => {
    const vault = await open()
    const signal = AbortSignal.abort('SIGTERM')
    await vault.put('a/b', contentOf('first'), 'absent')

    const put = await failureOf(vault.put('a/c', contentOf('second'), 'absent', { signal }))
    const get = await failureOf(vault.get('a/b', { signal }))

    expect([put, get]).toMatchObject([{ code: 'interrupted' }, { code: 'interrupted' }])
    expect(await keysOf(vault.list(''))).toEqual(['a/b'])
  })
}

async function failureOf(action: Promise<unknown>): Promise<unknown> {
  return await action.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  )
}
