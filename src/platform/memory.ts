// How much memory the process takes. What is set here stays so until it ends.

import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the part of the heap for new objects as small as it is now. Work that passes gigabytes through in small pieces
 * then takes some ten megabytes instead of hundreds: V8 would rather let garbage pile up than look for it. Bytes that
 * pass through are also faster, since their memory is used again while it is in the processor's cache; work on many
 * objects is some percent slower.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/** By so much, in percent, what was kept may grow before it is gone through; V8 would wait for up to four times. */
const GROWTH_PERCENT = 20

/** Goes through what was kept more often: for many small pieces, each under way for so long that it counts as kept. */
export function keepOldHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
}
