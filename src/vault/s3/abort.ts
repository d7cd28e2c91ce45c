// Ending requests when a signal fires, with one listener for each signal. One for each request, as Node's own client has
// it, chains every request to the next in the old part of the heap: thousands of them double the memory of the process.

import type { ClientRequest } from 'node:http'

/** Requests that are under way. Places are used again, for the same reason; a Set would not do. */
const underWay = new WeakMap<AbortSignal, (ClientRequest | undefined)[]>()

/** Until its answer is read to the end, the request is destroyed when `signal` fires. */
export function destroyOn(signal: AbortSignal, request: ClientRequest): void {
  const places = underWay.get(signal) ?? watch(signal)
  const free = places.indexOf(undefined)
  const place = free === -1 ? places.length : free
  places[place] = request
  request.once('close', () => {
    places[place] = undefined
  })
}

function watch(signal: AbortSignal): (ClientRequest | undefined)[] {
  const places: (ClientRequest | undefined)[] = []
  signal.addEventListener('abort', () => {
    for (const request of places) request?.destroy(new Error('aborted'))
  })
  underWay.set(signal, places)
  return places
}
