// What S3's headers say of an object, and how conditions on it are written.

import type { ObjectFacts, PutCondition } from '../vault.ts'
import type { Answer } from './wire.ts'

/** Kept with each object: the only digest that every server gives back. */
export const SHA256_METADATA = 'borgboi-sha256'

/** `key`: in the vault. */
export function factsFrom(key: string, { headers, etag }: Answer): ObjectFacts {
  const sha256 = headers[`x-amz-meta-${SHA256_METADATA}`]
  const storageClass = headers['x-amz-storage-class']
  const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]
  return {
    key,
    size: Number(total ?? headers['content-length'] ?? 0),
    etag,
    lastModified: new Date(headers['last-modified'] ?? 0),
    ...(typeof sha256 === 'string' ? { sha256 } : {}),
    ...(typeof storageClass === 'string' ? { storageClass } : {}),
  }
}

/** Quoted is as HTTP has it, unquoted as Ceph has it for writes; AWS takes both. */
export function conditionHeaders(condition: PutCondition, quoted: boolean): Record<string, string> {
  if (condition === 'any') return {}
  if (condition === 'absent') return { 'if-none-match': '*' }
  return { 'if-match': quoted ? `"${condition.etag}"` : condition.etag }
}
