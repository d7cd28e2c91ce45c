import fc from 'fast-check'
import stringWidth from 'fast-string-width'
import { describe, expect, it } from 'vitest'
import { type RunningStep, renderLive } from '../../../../src/cli/output/live-line.ts'
import type { Progress } from '../../../../src/model/events.ts'
import { report, step } from '../../../support/run-events.ts'

const running = (progress: Progress, changes: Partial<RunningStep> = {}): RunningStep => ({
  repo: 'docs',
  step: 'create archive',
  startedMs: 0,
  previous: undefined,
  progress,
  ...changes,
})

const render = (of: RunningStep, nowMs: number, columns = 120) => renderLive(of, nowMs, '⠋', columns, false)

const previous = report('docs', {
  steps: [
    step('create archive', { durationMs: 20_000, figures: { originalBytes: 4e9 } }),
    step('prune', { durationMs: 8000 }),
  ],
})

describe('the line of a running step', () => {
  it('tells files, bytes, rate and path', () => {
    const line = render(running({ files: 12_408, bytes: 3.1e9, path: 'home/me/raw/IMG_0412.CR3' }), 15_000)

    expect(line).toBe('  ⠋ create archive   12,408 files · 3.10 GB · 207 MB/s   home/me/raw/IMG_0412.CR3')
  })

  it('tells which part of the step is under way', () => {
    const line = render(running({ stage: 'upload', bytes: 3e6, totalBytes: 12e6 }, { step: 'off-site' }), 400)

    expect(line).toBe('  ⠋ off-site         upload · 3.00 MB of 12.0 MB')
  })

  it('estimates from the bytes of the run before', () => {
    const line = render(running({ files: 10, bytes: 3e9 }, { previous }), 15_000)

    expect(line).toContain('3.00 GB of ~4.00 GB · 200 MB/s · about 5.0 s left')
  })

  it('estimates from the time of the run before where nothing else is known', () => {
    expect(render(running({}, { step: 'prune', previous }), 3000)).toContain('about 5.0 s left')
    expect(render(running({}, { step: 'prune', previous }), 9000)).not.toContain('left')
  })

  it('takes exact totals and fractions for what they are', () => {
    expect(render(running({ bytes: 1e9, totalBytes: 4e9 }, { previous }), 2000)).toContain(
      '1.00 GB of 4.00 GB · 500 MB/s · about 6.0 s left',
    )
    expect(render(running({ fraction: 0.999 }), 2000)).toContain('99 % · about 0.0 s left')
  })

  it('estimates nothing at first, nor past what it was the last time', () => {
    expect(render(running({ bytes: 1e9 }, { previous }), 1000)).not.toContain('left')
    expect(render(running({ bytes: 5e9 }, { previous }), 90_000)).toMatch(/5\.00 GB · 55\.6 MB\/s$/)
  })

  it('names the repo when there are several', () => {
    expect(renderLive(running({}), 0, '|', 80, true)).toMatch(/^ {2}\| docs: create archive/)
  })

  it('is never wider than the terminal, and holds no control character', () => {
    fc.assert(
      fc.property(
        fc.record({
          files: fc.nat(),
          bytes: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
          path: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('資料/写真/日本語のとても長い名前.jpg'.repeat(5))),
        }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat({ max: 100_000_000 }),
        (progress, columns, nowMs) => {
          const line = renderLive(running(progress, { previous }), nowMs, '⠋', columns, true)

          expect(stringWidth(line)).toBeLessThan(columns)
          expect(line).not.toMatch(/\p{Cc}/u)
        },
      ),
    )
  })
})
