// Randomness good enough for secrets.

import { randomBytes } from 'node:crypto'

/** Unpredictable bytes from the system. */
export function secureBytes(count: number): Uint8Array {
  return randomBytes(count)
}
