// A key from the lines that Borg prints for paper, every checksum looked at. Source: borg/crypto/keymanager.py,
// export_paperkey and import_paperkey, the same in Borg 1.2 and 1.4.

import { createHash } from 'node:crypto'

export const PAPER_KEY = 'BORG PAPER KEY v1'

export type PaperKey = { readonly bytes: Buffer; readonly idStart: string } | { readonly problem: string }

/** The bytes of the key and the first digits of the repository's id. `lines`: those behind `PAPER_KEY`. */
export function parsePaperKey(lines: readonly string[]): PaperKey {
  const [head = '', ...rest] = lines.map((line) => line.replaceAll(' ', '')).filter((line) => line !== '')
  const [, data = '', count, idStart = '', sum, check] =
    /^id:((\d+)\/([0-9a-f]+)\/([0-9a-f]+))-([0-9a-f]+)$/.exec(head) ?? []
  if (check === undefined || digest(Buffer.from(data), 2) !== check) return { problem: 'its line "id" is damaged' }
  const parts: Buffer[] = []
  for (let number = 1; number <= Number(count); number++) {
    const [, hex = '', lineCheck] =
      new RegExp(`^${number}:((?:[0-9a-f]{2})+)-([0-9a-f]{2})$`).exec(rest[number - 1] ?? '') ?? []
    const bytes = Buffer.from(hex, 'hex')
    if (digest(Buffer.concat([Buffer.from([number >> 8, number & 255]), bytes]), 2) !== lineCheck) {
      return { problem: `its line ${number} is damaged` }
    }
    parts.push(bytes)
  }
  const bytes = Buffer.concat(parts)
  return digest(bytes, 12) === sum ? { bytes, idStart } : { problem: 'its lines do not fit together' }
}

function digest(bytes: Buffer, digits: number): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, digits)
}
