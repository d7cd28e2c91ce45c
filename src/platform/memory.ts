// How much memory the process takes.

import { setFlagsFromString } from 'node:v8'

/** By so much, in percent, what is kept may grow before garbage is looked for among it; V8 waits up to four times. */
const GROWTH_PERCENT = 20

/**
 * Makes V8 look for garbage early, where it would rather let it pile up: work that passes gigabytes through in small
 * pieces then takes half the memory. The part of the heap for new objects stays as small as it is now. Bytes that pass
 * through are also faster, since their memory is used again while it is in the processor's cache; work on many objects
 * is some percent slower. It stays so until the process ends.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
}
