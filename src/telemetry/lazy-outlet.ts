// An outlet that is loaded with the first run or promise that broke, and not at all where the configuration does not ask for it.

import type { AppEvent, Outlet } from '../model/events.ts'

/** Notices before the first run; those of a command without runs go nowhere else. */
const KEPT_BEFORE = 100

/** `load` resolves to undefined where there is nothing to tell; what it throws, the run meets itself and tells. */
export function lazyOutlet(load: () => Promise<Outlet | undefined>): Outlet {
  const waiting: AppEvent[] = []
  let loading: Promise<Outlet | undefined> | undefined
  let outlet: Outlet | undefined
  let isLoaded = false

  const start = async () => {
    outlet = await load().catch(() => undefined)
    isLoaded = true
    for (const event of waiting.splice(0)) outlet?.take(event)
    return outlet
  }
  return {
    take: (event) => {
      if (isLoaded) return outlet?.take(event)
      if (loading !== undefined || event.type !== 'notice' || waiting.length < KEPT_BEFORE) waiting.push(event)
      if (event.type === 'run-started' || event.type === 'objectives-changed') loading ??= start()
    },
    conclude: async (...args) => (await loading)?.conclude(...args),
    close: async () => (await loading)?.close(),
  }
}
