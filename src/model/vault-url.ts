// The address of a vault, as people write it: `s3://bucket/prefix`, `file:///directory`, or just a directory.

import { isAbsolute } from 'node:path'
import { refuse } from './validate.ts'

const HINT = 'write it like s3://bucket/prefix or file:///mnt/nas/borg'
const FILE = 'file://'
const S3 = 's3://'
/** Wider than AWS's own rule: other servers have buckets with capitals and underscores. */
const BUCKET = /^[A-Za-z0-9][\w.-]{1,253}[A-Za-z0-9]$/

/**
 * The address in its plain form: no slash at the end, nothing of a URL but scheme, bucket or directory, and prefix. What
 * follows `file://` is the path as it is, without escapes.
 * @throws AppError `value-invalid`, above all for credentials, which an address must never hold
 */
export function parseVaultUrl(value: string): string {
  // Secrets of AWS may have slashes in them.
  if (/^[^/]*:\/\/(?:[^/]*@|[^/]*:.*@)/s.test(value)) {
    refuse('vault address', '(hidden)', 'it holds credentials', 'leave them out: a profile or the environment has them')
  }
  if (/\p{Cc}/u.test(value)) refuse('vault address', value, 'it has control characters', HINT)
  if (value.split('/').includes('..')) refuse('vault address', value, 'it has ".." in it', 'write where that leads to')
  if (value.startsWith(S3)) return parseS3(value)
  const path = value.startsWith(FILE) ? value.slice(FILE.length) : value
  if (value.startsWith(FILE) && !isAbsolute(path)) {
    refuse('vault address', value, 'file:// needs the whole path, with a third slash', HINT)
  }
  if (/^https?:/i.test(value)) {
    refuse('vault address', value, 'a server is not part of it', `${HINT}; the server goes to --endpoint`)
  }
  if (!isAbsolute(path)) {
    refuse('vault address', value, 'it starts neither with s3:// nor with file://, and is no absolute directory', HINT)
  }
  const plain = plainSegments(path).join('/')
  if (plain === '') refuse('vault address', value, 'the root of the file system cannot be a vault', HINT)
  return `${FILE}/${plain}`
}

function parseS3(value: string): string {
  const [bucket = '', ...prefix] = value.slice(S3.length).split('/')
  if (bucket === '') refuse('vault address', value, 'it names no bucket', HINT)
  if (!BUCKET.test(bucket)) {
    refuse('vault address', value, `no bucket can be called ${JSON.stringify(bucket)}`, HINT)
  }
  if (/[?#]/.test(value)) refuse('vault address', value, 'it has "?" or "#" in it', HINT)
  return `${S3}${[bucket, ...plainSegments(prefix.join('/'))].join('/')}`
}

function plainSegments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.')
}

/** Whether it is an address rather than a name. */
export function isVaultUrl(value: string): boolean {
  return value.includes('://') || isAbsolute(value)
}

/** Whether reaching it needs the network. */
export function isOnNetwork(url: string): boolean {
  return url.startsWith(S3)
}

/** The directory of a `file://` vault; undefined for others. */
export function vaultDirectory(url: string): string | undefined {
  return url.startsWith(FILE) ? url.slice(FILE.length) : undefined
}
