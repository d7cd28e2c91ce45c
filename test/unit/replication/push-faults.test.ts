// A push that is cut off or not answered: the head names a complete generation all the time, and the next push goes on.

import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { Machine } from '../../support/push-machine.ts'

describe('a push that was cut off', () => {
  const FAULTS = Array.from({ length: 14 }, (_, call) => call).flatMap((call) =>
    (['before', 'after'] as const).map((when) => ({ call, when })),
  )

  test.each(FAULTS)(
    '$when the first push request $call is followed by one that completes it',
    async ({ call, when }) => {
      const machine = await Machine.create()
      machine.vault.failAt(call, when)
      await machine.push().catch(() => undefined)
      machine.heal()

      await machine.push()
      const last = await machine.push()

      expect(await machine.head()).toMatchObject({ seq: 1 })
      expect(last).toMatchObject({ outcome: 'unchanged', requests: ['get head.json'] })
      expect(machine.leftovers()).toEqual([])
    },
  )

  test.each(FAULTS)(
    '$when the request $call of a later push is followed by one that completes it',
    async ({ call, when }) => {
      const machine = await Machine.create()
      await machine.push()
      machine.repository.commit('second')
      machine.vault.failAt(machine.vault.calls.length + call, when)
      await machine.push().catch(() => undefined)
      machine.heal()
      expect((await machine.head()).seq).toBeLessThanOrEqual(2)

      await machine.push()
      const last = await machine.push()

      expect(await machine.head()).toMatchObject({ seq: 2, parent: { seq: 1 } })
      expect(last).toMatchObject({ outcome: 'unchanged', requests: ['get head.json'] })
    },
  )
})

describe('what a cut push had sent', () => {
  test('is not sent again by the next one', async () => {
    const machine = await Machine.create()
    machine.repository.commit(...Array.from({ length: 40 }, (_, number) => `segment ${number}`))
    const all = (await machine.plan()).newFiles.length
    machine.vault.failAt(30, 'before')
    await expect(machine.push()).rejects.toMatchObject({ code: 'vault-unreachable' })
    machine.heal()
    const sent = machine.vault.objects.size - 1

    const { objects, requests } = await machine.push()

    expect(sent).toBeGreaterThan(20)
    // One commit is like the other, and one blob is written anew to learn the vault's time.
    expect(objects).toBe(all - 1 - sent)
    expect(requests.filter((request) => request.startsWith('list'))).toEqual(['list manifest', 'list blob'])
    await machine.head()
  })

  test('is sent again when it is a day old, or other content lies there', async () => {
    const machine = await Machine.create()
    machine.repository.commit('second')
    machine.vault.failAt(11, 'before')
    await machine.push().catch(() => undefined)
    machine.heal()
    const [old, wrong] = [...machine.vault.objects.keys()].filter((key) => key.includes('/objects/'))
    machine.vault.age(old ?? '', 24 * 3600_000)
    machine.vault.objects.set(wrong ?? '', {
      bytes: Buffer.from('cut'),
      etag: 'x',
      lastModified: new Date(),
      sha256: '',
    })

    await machine.push()

    expect(machine.vault.objects.get(old ?? '')?.lastModified).toEqual(machine.vault.now)
    await machine.head()
  })

  test('is refreshed when a later generation needs what only an older one had', async () => {
    const machine = await Machine.create()
    machine.repository.configure('a key that comes back')
    await machine.push()
    machine.repository.configure('another key')
    await machine.push()
    const blob = machine.vault.objects.size
    for (const key of machine.vault.objects.keys()) machine.vault.age(key, 100 * 3600_000)
    machine.repository.configure('a key that comes back')

    await machine.push()

    expect(machine.vault.objects.size).toBe(blob + 1)
    const config = (await machine.head()).files.find(({ path }) => path === 'config')
    const stored = machine.vault.objects.get(machine.chain.keys.blob(config?.sha256 ?? ''))
    expect(stored?.lastModified).toEqual(machine.vault.now)
  })
})

describe('an answer that was lost', () => {
  test.each([
    ['put manifest', 'vault-unreachable'],
    ['put head.json', 'push'],
    ['get head.json', 'vault-unreachable'],
  ])('of %s makes no second generation of the same state', async (request, expected) => {
    const machine = await Machine.create()
    await machine.push()
    machine.repository.commit('second')
    const [name, part = ''] = request.replace('manifest', 'generations').split(' ')
    const skip = request.startsWith('get') ? 1 : 0
    let seen = 0
    machine.vault.after = (call) => {
      if (call.name !== name || !call.key.includes(part) || seen++ !== skip) return
      throw new AppError('vault-unreachable', 'the answer was lost', { reason: 'a fault was put in' })
    }

    const outcome = await machine.push().then(
      () => 'push',
      (error: AppError) => error.code,
    )
    machine.heal()
    const next = await machine.push()

    expect(outcome).toBe(expected)
    expect((await machine.head()).seq).toBe(2)
    expect(next.outcome).toBe(
      { 'put manifest': 'pushed', 'put head.json': 'unchanged', 'get head.json': 'adopted' }[request],
    )
    expect(await machine.push()).toMatchObject({ outcome: 'unchanged', requests: ['get head.json'] })
  })
})
