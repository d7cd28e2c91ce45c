// What trying a vault finds out.

import { expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { probeVault } from '../../../src/vault/probe.ts'
import type { Content, GetOptions, PutCondition, PutResult } from '../../../src/vault/vault.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { MemoryVault } from '../../fakes/memory-vault.ts'
import { sha256Of } from '../../support/contents.ts'

const settings = { url: 's3://memory', region: 'eu-central-1' }

async function probe(vault: MemoryVault) {
  return await probeVault(vault, settings, {
    clock: new FakeClock(),
    host: { hostname: 'anna', newId: () => '01JDEXAMPLE' },
  })
}

test('a vault that keeps everything has no weaknesses, and nothing is left in it', async () => {
  const vault = new MemoryVault()
  vault.reported = { versioning: true, objectLock: { mode: 'GOVERNANCE', days: 30 } }

  const found = await probe(vault)

  expect(found).toEqual({
    settings,
    at: '2026-11-20T02:30:04.000Z',
    conditionalWrites: true,
    readAfterWrite: true,
    refusesWrongContent: true,
    ranges: true,
    deletes: true,
    versioning: true,
    objectLock: { mode: 'GOVERNANCE', days: 30 },
    weaknesses: [],
  })
  expect([...vault.objects.keys()]).toEqual([])
})

test('it uses no keys but its own', async () => {
  const vault = new MemoryVault()

  await probe(vault)

  const keys = vault.calls.filter(({ name }) => name !== 'facilities').map(({ key }) => key)
  expect(keys.filter((key) => !key.startsWith('borgboi-probe/01JDEXAMPLE/'))).toEqual([])
})

class IgnoresConditions extends MemoryVault {
  override put(key: string, content: Content, _condition: PutCondition): Promise<PutResult> {
    return super.put(key, content, 'any')
  }
}

class IgnoresEtags extends MemoryVault {
  override put(key: string, content: Content, condition: PutCondition): Promise<PutResult> {
    return super.put(key, content, typeof condition === 'object' ? 'any' : condition)
  }
}

class RefusesConditions extends MemoryVault {
  override async put(key: string, content: Content, condition: PutCondition): Promise<PutResult> {
    if (condition !== 'any') throw new AppError('vault-failed', `cannot put ${key}: not implemented`)
    return await super.put(key, content, condition)
  }
}

test.each([
  ['ignores conditions', new IgnoresConditions()],
  ['ignores etags only', new IgnoresEtags()],
  ['refuses conditions', new RefusesConditions()],
])('a server that %s does not keep writers apart', async (_, vault) => {
  const found = await probe(vault)

  expect(found).toMatchObject({ conditionalWrites: false, readAfterWrite: true, deletes: true })
  expect(found.weaknesses).toEqual([expect.stringContaining('two machines')])
  expect([...vault.objects.keys()]).toEqual([])
})

test('a server whose listings are late does not read after write', async () => {
  class Late extends MemoryVault {
    override async *list() {}
  }

  const found = await probe(new Late())

  expect(found.readAfterWrite).toBe(false)
  expect(found.weaknesses).toEqual([expect.stringContaining('older than it is')])
})

test('a server that stores anything does not refuse wrong content', async () => {
  class Gullible extends MemoryVault {
    override async put(key: string, content: Content, condition: PutCondition): Promise<PutResult> {
      const parts: Uint8Array[] = []
      for await (const part of content.read()) parts.push(part)
      return await super.put(key, { ...content, sha256: sha256Of(Buffer.concat(parts)) }, condition)
    }
  }

  const found = await probe(new Gullible())

  expect(found.refusesWrongContent).toBe(false)
  expect(found.weaknesses).toEqual([expect.stringContaining('damaged on its way')])
})

test('a server that ignores ranges has none', async () => {
  class Whole extends MemoryVault {
    override get(key: string, { range: _range, ...options }: GetOptions = {}) {
      return super.get(key, options)
    }
  }

  const found = await probe(new Whole())

  expect(found.ranges).toBe(false)
  expect(found.weaknesses).toEqual([expect.stringContaining('from the beginning')])
})

test.each([
  ['refuses each object', async (keys: readonly string[]) => keys.map((key) => ({ key, reason: 'AccessDenied' }))],
  [
    'refuses the request',
    async () => {
      throw new AppError('vault-denied', 'cannot delete')
    },
  ],
])('credentials whose delete %s cannot delete', async (_, refusal) => {
  const vault = new MemoryVault()
  vault.delete = refusal

  const found = await probe(vault)

  expect(found.deletes).toBe(false)
  expect(found.weaknesses).toEqual([expect.stringContaining('may not delete')])
})

test('a vault that cannot be reached, or fails half-way, has no result', async () => {
  const whole = new MemoryVault()
  await probe(whole)

  for (const { number } of whole.calls) {
    const vault = new MemoryVault()
    vault.failAt(number, 'before')

    await expect(probe(vault)).rejects.toMatchObject({ code: 'vault-unreachable' })
    expect([...vault.objects.keys()]).toEqual([])
  }
})
