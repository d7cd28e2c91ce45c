// A key in lines for paper, as Borg prints it. Source: borg/crypto/keymanager.py, export_paperkey.

import { createHash } from 'node:crypto'

export function paperKey(id: string, key: Buffer): string {
  const start = id.slice(0, 18)
  const parts = Array.from({ length: Math.ceil(key.length / 18) }, (_, index) =>
    key.subarray(index * 18, index * 18 + 18),
  )
  const head = `${parts.length}/${start}/${digest(key, 12)}`
  const lines = parts.map((part, index) => {
    const numbered = Buffer.concat([Buffer.from([0, index + 1]), part])
    return `${String(index + 1).padStart(2)}: ${grouped(part.toString('hex'))} - ${digest(numbered, 2)}`
  })
  return [
    'To restore key use borg key import --paper /path/to/repo',
    '',
    'BORG PAPER KEY v1',
    `id: ${parts.length} / ${grouped(start)} / ${grouped(digest(key, 12))} - ${digest(Buffer.from(head), 2)}`,
    ...lines,
    '',
  ].join('\n')
}

function grouped(text: string): string {
  return text.replace(/.{6}(?=.)/g, '$& ')
}

function digest(bytes: Buffer, digits: number): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, digits)
}
