// New passphrases: strong, and still possible to type from paper.

import { secureBytes } from '../platform/random.ts'

/** 32 characters, 5 bits each; without l, o, 0 and 1, which look like others. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
const GROUPS = 8
const GROUP_LENGTH = 4

/** 160 random bits as eight groups of four: `k3wd-…`. */
export function generatePassphrase(): string {
  const characters = [...secureBytes(GROUPS * GROUP_LENGTH)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length))
  return Array.from({ length: GROUPS }, (_, group) =>
    characters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join(''),
  ).join('-')
}
