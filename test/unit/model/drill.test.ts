import { describe, expect, it } from 'vitest'
import type { ArchiveEntry } from '../../../src/model/archive.ts'
import { type Canary, DrillSample } from '../../../src/model/drill.ts'

const AT = new Date('2026-11-20T02:30:04.123Z')

function entry(path: string, changes: Partial<ArchiveEntry> = {}): ArchiveEntry {
  return { path, type: 'file', sizeBytes: 5, mode: '-rw-r--r--', modifiedAt: AT, ...changes }
}

const canary: Canary = { path: 'home/a', sizeBytes: 5, modifiedAt: AT.toISOString(), sha256: 'a'.repeat(64) }

function sampled(
  entries: readonly ArchiveEntry[],
  { size = 3, seed = 'x', bird }: { size?: number; seed?: string; bird?: Canary } = {},
) {
  const sample = new DrillSample(size, seed, bird)
  for (const one of entries) sample.offer(one)
  return sample.files().map(({ path }) => path)
}

const thousand = Array.from({ length: 1000 }, (_, index) => entry(`home/f${index}`))

describe('the sample of a drill', () => {
  it('is of the size asked for, of different files, and all there are where there are fewer', () => {
    expect(new Set(sampled(thousand, { size: 20 })).size).toBe(20)
    expect(sampled(thousand.slice(0, 2))).toEqual(['home/f0', 'home/f1'])
    expect(sampled([])).toEqual([])
  })

  it('is the same for the same seed, and another for another', () => {
    expect(sampled(thousand, { seed: '4Z2K8Q' })).toEqual(sampled(thousand, { seed: '4Z2K8Q' }))
    expect(sampled(thousand, { seed: '4Z2K8Q' })).not.toEqual(sampled(thousand, { seed: '4Z2K8R' }))
  })

  it('takes every file as likely as any other', () => {
    const ten = thousand.slice(0, 10)
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 3000; seed++) {
      for (const path of sampled(ten, { seed: `seed ${seed}` })) counts.set(path, (counts.get(path) ?? 0) + 1)
    }

    expect(counts.size).toBe(10)
    for (const count of counts.values()) expect(Math.abs(count - 900)).toBeLessThan(150)
  })

  it('leaves out what Borg could not find again, what has no content of its own, and what is too large', () => {
    const odd = [
      entry('home/d', { type: 'directory' }),
      entry('home/l', { type: 'symlink' }),
      entry('home/h', { mode: 'hrw-r--r--', sizeBytes: 0 }),
      entry('home/??'),
      entry('home/\uFFFD'),
      entry('home/huge', { sizeBytes: 1e12 }),
    ]

    expect(sampled([...odd, entry('home/good')])).toEqual(['home/good'])
  })

  it('is the smallest file where all are too large', () => {
    const huge = [entry('home/a', { sizeBytes: 2e12 }), entry('home/b', { sizeBytes: 1e12 })]

    expect(sampled(huge)).toEqual(['home/b'])
  })

  it('has the canary first where that is as it was, once', () => {
    expect(sampled([entry('home/b'), entry('home/a')], { bird: canary })).toEqual(['home/a', 'home/b'])
    expect(sampled([...thousand, entry('home/a')], { bird: canary })[0]).toBe('home/a')
  })

  it('has none that has changed or is gone', () => {
    expect(sampled([entry('home/a', { sizeBytes: 6 }), ...thousand], { bird: canary })).toHaveLength(3)
    expect(sampled(thousand, { bird: canary })).not.toContain('home/a')
  })
})
