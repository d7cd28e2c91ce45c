import { describe, expect, test } from 'vitest'
import { type CompactionPolicy, planCompaction } from '../../../src/model/compaction.ts'
import type { RepoRecord } from '../../../src/model/repo.ts'

const DAY = 86_400_000
const createdAt = '2026-11-01T00:00:00.000Z'
const at = (day: number) => new Date(Date.parse(createdAt) + day * DAY)
const WEEK: CompactionPolicy = { afterMs: 7 * DAY, reclaimableBytes: 0 }

/** Of a repo from which archives were removed on these days. */
function planOn(day: number, removedOn: readonly number[], changes: Partial<RepoRecord> = {}, policy = WEEK) {
  const removals = removedOn.map((on) => ({ at: at(on).toISOString(), archives: [`of ${on}`], reclaimableBytes: 1 }))
  const removed = removals.length === 0 ? {} : { removals, reclaimableBytes: removals.length }
  return planCompaction({ createdAt, ...removed, ...changes }, policy, at(day))
}

describe('a compact', () => {
  test('is never due when there is nothing to free', () => {
    expect(planOn(100, [])).toEqual({ due: false })
    expect(planOn(100, [], { reclaimableBytes: 0 })).toEqual({ due: false })
  })

  test('waits until what was removed last had its time', () => {
    expect(planOn(3, [3])).toEqual({ due: false, nextAt: at(10) })
    expect(planOn(9, [3])).toEqual({ due: false, nextAt: at(10) })
    expect(planOn(10, [3])).toEqual({ due: true })
    expect(planOn(10, [3, 8])).toEqual({ due: false, nextAt: at(15) })
  })

  test('is not put off without an end by removals that follow each other', () => {
    const everyThirdDay = Array.from({ length: 20 }, (_, place) => place * 3)

    expect(planOn(27, everyThirdDay.slice(0, 9))).toEqual({ due: false, nextAt: at(28) })
    expect(planOn(28, everyThirdDay.slice(0, 9))).toEqual({ due: true })
  })

  test('does not wait because much can be freed, unless that is asked for', () => {
    const eager = { ...WEEK, reclaimableBytes: 1e9 }

    expect(planOn(3, [3], { reclaimableBytes: 5e9 })).toMatchObject({ due: false })
    expect(planOn(3, [3], { reclaimableBytes: 5e9 }, eager)).toEqual({ due: true })
    expect(planOn(3, [3], { reclaimableBytes: 1e8 }, eager)).toMatchObject({ due: false })
  })

  test('counts from the last one, or from the beginning, where the record does not tell when archives were removed', () => {
    expect(planOn(6, [], { reclaimableBytes: 1 })).toEqual({ due: false, nextAt: at(7) })
    expect(planOn(7, [], { reclaimableBytes: 1 })).toEqual({ due: true })
    expect(planOn(11, [], { reclaimableBytes: 1, lastCompactAt: at(5).toISOString() })).toEqual({
      due: false,
      nextAt: at(12),
    })
  })

  test('is due at once where nothing is to be brought back', () => {
    expect(planOn(3, [3], {}, { afterMs: 0, reclaimableBytes: 0 })).toEqual({ due: true })
  })
})
