// Doing the same for many things, several at once.

import { setImmediate } from 'node:timers/promises'

/** After so many things that waited for nothing, signals and timers get their turn. */
const IN_A_ROW = 64

/**
 * Calls `act` for every item, in order, `atOnce` of them at a time. After a failure or a stop nothing more is begun:
 * what is under way sees it by its signal and is waited for; then the first failure is thrown.
 */
export async function forEachAtOnce<Item>(
  items: Iterable<Item>,
  atOnce: number,
  stop: AbortSignal,
  act: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([stop, failed.signal])
  const failures: unknown[] = []
  const queue = items[Symbol.iterator]()
  let done = 0
  const work = async () => {
    for (let next = queue.next(); !next.done && failures.length === 0; next = queue.next()) {
      try {
        await act(next.value, signal)
        if (++done % IN_A_ROW === 0) await setImmediate()
      } catch (error) {
        failures.push(error)
        failed.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (failures.length > 0) throw failures[0]
}
