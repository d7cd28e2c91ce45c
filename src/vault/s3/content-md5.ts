// The digest of calls whose body is XML: they must carry one, and every server knows this one, while only AWS surely knows
// the SDK's own choice (CRC32).

import { createHash } from 'node:crypto'

/** Low: after the SDK's own. */
export const CONTENT_MD5 = { step: 'build', priority: 'low', name: 'contentMd5' } as const

/** What a command's middleware gives on, with the digest in it. */
export function withContentMd5<T extends { readonly request: unknown }>(args: T): T {
  const request = args.request as { headers: Record<string, string>; body: string | Uint8Array }
  for (const name of Object.keys(request.headers)) {
    if (/^x-amz-(sdk-)?checksum-/i.test(name)) delete request.headers[name]
  }
  request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64')
  return args
}
