// The address of a vault, as people write it.

import { isAbsolute, normalize } from 'node:path'
import { refuse } from './validate.ts'

const HINT = 'write it like s3://bucket/prefix or file:///mnt/nas/borg'

/**
 * The address in its plain form: no slash at the end, nothing of a URL but scheme, bucket or directory, and prefix.
 * @throws AppError `value-invalid`, above all for credentials, which an address must never hold
 */
export function parseVaultUrl(value: string): string {
  if (/\p{Cc}/u.test(value)) refuse('vault address', value, 'it has control characters', HINT)
  const [, scheme, rest] = /^(s3|file):\/\/(.*)$/u.exec(value) ?? []
  if (scheme === undefined || rest === undefined) {
    refuse('vault address', value, 'it starts neither with s3:// nor with file://', HINT)
  }
  if (scheme === 'file') {
    if (!isAbsolute(rest)) refuse('vault address', value, 'file:// needs the whole path, with a third slash', HINT)
    return `file://${withoutEnd(normalize(rest))}`
  }
  if (rest.split('/')[0]?.includes('@')) {
    refuse('vault address', '(hidden)', 'it holds credentials', 'leave them out: a profile or the environment has them')
  }
  if (!/^[a-zA-Z0-9][\w.-]+(\/[^?#]*)?$/.test(rest)) refuse('vault address', value, 'its bucket is none', HINT)
  return `s3://${withoutEnd(rest).replaceAll(/\/{2,}/g, '/')}`
}

/** Whether it is an address rather than a name. */
export function isVaultUrl(value: string): boolean {
  return value.includes('://')
}

/** Whether reaching it needs the network. */
export function isOnNetwork(url: string): boolean {
  return url.startsWith('s3://')
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}
