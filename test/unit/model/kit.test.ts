import { describe, expect, it } from 'vitest'
import { type KitFacts, staleReasons, statesOfKits } from '../../../src/model/kit.ts'

const FACTS: KitFacts = { path: '/srv/docs', vault: 's3://acme/borg', key: 'a'.repeat(64) }

describe('a recovery kit', () => {
  it.each<[string, Partial<Record<keyof KitFacts, string | undefined>>, string[]]>([
    ['nothing has changed', {}, []],
    ['the key has changed', { key: 'b'.repeat(64) }, ['the key or its passphrase has changed']],
    ['the repository has moved', { path: '/srv/new' }, ['the repository has moved to /srv/new']],
    ['there is another vault', { vault: 'file:///nas' }, ['it is copied to file:///nas']],
    ['there is no vault any more', { vault: undefined }, ['it is no longer copied off-site']],
    ['nobody can look at the key', { key: undefined }, []],
  ])('where %s', (_case, changes, reasons) => {
    const now = Object.fromEntries(
      Object.entries({ ...FACTS, ...changes }).filter(([, value]) => value !== undefined),
    ) as unknown as KitFacts

    expect(staleReasons(FACTS, now)).toEqual(reasons)
  })

  it('that was made before the repo was copied anywhere is stale when it is', () => {
    const { vault: _, ...before } = FACTS

    expect(staleReasons(before, FACTS)).toEqual(['it is copied to s3://acme/borg'])
  })

  it('stands beside others that no longer hold', () => {
    const kits = [
      { ...FACTS, madeAt: '2026-01-01T00:00:00Z', key: 'b'.repeat(64), withPassphrase: true as const },
      { ...FACTS, madeAt: '2026-02-01T00:00:00Z' },
    ]

    expect(statesOfKits(kits, FACTS)).toEqual([
      { madeAt: '2026-01-01T00:00:00Z', withPassphrase: true, stale: ['the key or its passphrase has changed'] },
      { madeAt: '2026-02-01T00:00:00Z', withPassphrase: false, stale: [] },
    ])
  })
})
