import { describe, expect, test } from 'vitest'
import { planCompaction } from '../../../src/model/compaction.ts'

const DAY = 86_400_000
const policy = { afterMs: 7 * DAY, reclaimableBytes: 1e9 }
const createdAt = '2026-11-01T00:00:00Z'
const at = (day: number) => new Date(Date.parse(createdAt) + day * DAY)

describe('a compaction', () => {
  test('is never due when there is nothing to free', () => {
    expect(planCompaction({ createdAt }, policy, at(100))).toEqual({ due: false })
    expect(planCompaction({ createdAt, reclaimableBytes: 0 }, policy, at(100))).toEqual({ due: false })
  })

  test('is due at once when much can be freed', () => {
    expect(planCompaction({ createdAt, reclaimableBytes: 1e9 }, policy, at(0))).toEqual({ due: true })
  })

  test('waits its time when little can be freed, counted from the last one or from the beginning', () => {
    expect(planCompaction({ createdAt, reclaimableBytes: 1 }, policy, at(6))).toEqual({ due: false, nextAt: at(7) })
    expect(planCompaction({ createdAt, reclaimableBytes: 1 }, policy, at(7))).toEqual({ due: true })

    const lastCompactAt = at(5).toISOString()
    expect(planCompaction({ createdAt, lastCompactAt, reclaimableBytes: 1 }, policy, at(11))).toEqual({
      due: false,
      nextAt: at(12),
    })
    expect(planCompaction({ createdAt, lastCompactAt, reclaimableBytes: 1 }, policy, at(12))).toEqual({ due: true })
  })
})
