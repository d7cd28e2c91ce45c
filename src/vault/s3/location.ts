// The address of an S3 vault: `s3://bucket/prefix`.

import { AppError } from '../../errors.ts'

export interface S3Location {
  readonly bucket: string
  /** Before every key: empty, or with a slash at its end. */
  readonly prefix: string
  /** As it is shown. */
  readonly url: string
}

// Wider than AWS's own rule: other servers have buckets with capitals and underscores.
const ADDRESS = /^s3:\/\/(?<bucket>[A-Za-z0-9][\w.-]{1,253}[A-Za-z0-9])(?:\/(?<prefix>[^?#]*))?$/
/** Buckets of S3 Express One Zone want sessions of their own, and list in no order. */
const DIRECTORY_BUCKET = /--x-s3$/

/** @throws AppError `value-invalid`; it does not repeat an address that may hold credentials */
export function parseS3Url(url: string): S3Location {
  const { bucket, prefix = '' } = ADDRESS.exec(url)?.groups ?? {}
  if (bucket === undefined) {
    throw new AppError('value-invalid', 'the address of the vault is not one of S3', {
      reason: url.includes('@')
        ? 'it seems to hold credentials, which do not belong there'
        : `"${url}" is not of the form s3://bucket/prefix`,
      hint: 'write it as s3://acme-backups/borg; credentials come from the environment or a profile, a server from --endpoint',
    })
  }
  if (DIRECTORY_BUCKET.test(bucket)) {
    throw new AppError('value-invalid', `the bucket ${bucket} cannot be a vault`, {
      reason: 'it is a directory bucket (S3 Express One Zone), which neither lists in order nor keeps versions',
      hint: 'use a general purpose bucket',
    })
  }
  const path = prefix
    .split('/')
    .filter((segment) => segment !== '')
    .join('/')
  return {
    bucket,
    prefix: path === '' ? '' : `${path}/`,
    url: path === '' ? `s3://${bucket}` : `s3://${bucket}/${path}`,
  }
}
