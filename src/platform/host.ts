// Facts of this machine, and random ids.

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Host } from '../deps.ts'

export const thisHost: Host = {
  hostname: hostname(),
  newId: () => ulid(Date.now(), randomBytes(10)),
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 48 bits of time and 80 of randomness in Crockford's base 32. Source: the ULID specification. */
function ulid(timeMs: number, random: Uint8Array): string {
  let value = BigInt(timeMs)
  for (const byte of random) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (let digit = 0; digit < 26; digit++, value >>= 5n) text = CROCKFORD.charAt(Number(value & 31n)) + text
  return text
}
