// What S3's headers say of an object, and how conditions on it are written.

import type { IncomingHttpHeaders } from 'node:http'
import type { ObjectFacts, PutCondition } from '../vault.ts'

/** Kept with each object: the only digest that every server gives back. */
export const SHA256_METADATA = 'borgboi-sha256'

/** In this program an etag has no quotes: the form that conditional writes are understood in by all servers seen. */
export function unquoted(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1')
}

/** `key`: in the vault. `size`: where the answer is only a part. */
export function factsFrom(key: string, headers: IncomingHttpHeaders): ObjectFacts {
  const sha256 = headers[`x-amz-meta-${SHA256_METADATA}`]
  const storageClass = headers['x-amz-storage-class']
  const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]
  return {
    key,
    size: Number(total ?? headers['content-length'] ?? 0),
    etag: unquoted(headers.etag ?? ''),
    lastModified: new Date(headers['last-modified'] ?? headers.date ?? 0),
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
