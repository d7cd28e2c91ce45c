// How much memory the process takes.

import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the part of the heap for new objects as small as it is now. Work that passes gigabytes through in small pieces
 * then takes some ten megabytes instead of hundreds: V8 would rather let garbage pile up than look for it. Bytes that
 * pass through are also faster, since their memory is used again while it is in the processor's cache; work on many
 * objects is some percent slower. It stays so until the process ends.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
