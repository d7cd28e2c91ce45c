import { describe, expect, it } from 'vitest'
import type { AppEvent, Outlet } from '../../../src/model/events.ts'
import { lazyOutlet } from '../../../src/telemetry/lazy-outlet.ts'
import { report, run } from '../../support/run-events.ts'

class Recording implements Outlet {
  readonly told: string[] = []
  readonly take = (event: AppEvent) => void this.told.push(event.type)

  async conclude(): Promise<void> {
    this.told.push('conclude')
  }

  async close(): Promise<void> {
    this.told.push('close')
  }
}

const NOTICE = { type: 'notice', level: 'info', message: 'm' } as const
const noStep = async () => {}

describe('a lazy outlet', () => {
  it('is not loaded by a command without runs', async () => {
    let loads = 0
    const outlet = lazyOutlet(async () => {
      loads++
      return new Recording()
    })

    outlet.take(NOTICE)
    await outlet.close()

    expect(loads).toBe(0)
  })

  it('is loaded by what changed of a promise, or by every look where that was asked for', async () => {
    const [usual, curious] = [new Recording(), new Recording()]
    const outlets = [lazyOutlet(async () => usual), lazyOutlet(async () => curious, { everyLook: true })]
    const look = { type: 'objectives-judged', repo: 'docs', broken: [], broke: [], recovered: [] } as const

    for (const outlet of outlets) outlet.take(look)
    for (const outlet of outlets) await outlet.close()
    const before = [usual.told.length, curious.told.length]
    outlets[0]?.take({ ...look, recovered: ['rpo'] })
    await outlets[0]?.close()

    expect(before).toEqual([0, 2])
    expect(usual.told).toEqual(['objectives-judged', 'objectives-judged', 'close'])
  })

  it('is given what was told before it was there, in order', async () => {
    const recording = new Recording()
    const outlet = lazyOutlet(async () => recording)
    const docs = run(outlet.take, 'docs')

    outlet.take(NOTICE)
    docs.start()
    docs.begin('one')
    await outlet.conclude(report('docs'), noStep)
    docs.finish()
    await outlet.close()

    expect(recording.told).toEqual(['notice', 'run-started', 'step-started', 'conclude', 'run-finished', 'close'])
  })

  it('that is not asked for, or cannot be loaded, takes everything and does nothing', async () => {
    const load = async (): Promise<Outlet | undefined> => {
      throw new Error('no configuration')
    }

    for (const outlet of [lazyOutlet(async () => undefined), lazyOutlet(load)]) {
      run(outlet.take, 'docs').start()
      await outlet.conclude(report('docs'), noStep)
      await outlet.close()
      run(outlet.take, 'docs').finish()
    }
  })
})
