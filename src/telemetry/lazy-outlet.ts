// An outlet that is loaded with the first run or change of what is promised, and not at all where the configuration does
// not ask for it.

import { type AppEvent, hasChanged, type Outlet } from '../model/events.ts'

/** Notices before the first run; those of a command without runs go nowhere else. */
const KEPT_BEFORE = 100

interface LazyOptions {
  /** Also for promises of which nothing is new: it knows better than others to whom that is news. */
  readonly everyLook?: boolean
}

/** `load` resolves to undefined where there is nothing to tell; what it throws, the run meets itself and tells. */
export function lazyOutlet(load: () => Promise<Outlet | undefined>, { everyLook = false }: LazyOptions = {}): Outlet {
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
      const isLook = event.type === 'objectives-judged' && (everyLook || hasChanged(event))
      if (event.type === 'run-started' || isLook) loading ??= start()
    },
    conclude: async (...args) => (await loading)?.conclude(...args),
    close: async () => (await loading)?.close(),
  }
}
