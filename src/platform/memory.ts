// How much memory the process takes: V8 would rather let garbage pile up than look for it.

import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the part of the heap for new objects as small as it is now. Work that passes gigabytes through in small pieces
 * then takes some ten megabytes instead of hundreds. Bytes that pass through are also faster, since their memory is used
 * again while it is in the processor's cache; work on many objects is some percent slower. It stays so until the process
 * ends.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/**
 * While `act` runs, the part for old objects is looked through whenever it has grown by two fifths. For work that makes
 * tens of thousands of objects, of which half are garbage when it is over; bytes that pass through would suffer from it.
 */
export async function collectingSooner<T>(act: () => Promise<T>): Promise<T> {
  setFlagsFromString('--heap-growing-percent=40')
  try {
    return await act()
  } finally {
    // As V8 begins.
    setFlagsFromString('--heap-growing-percent=0')
  }
}
