// What a call of S3 was to do, in words, and the permission it needs.

import { AppError } from '../../errors.ts'
import type { S3Operation } from './failure.ts'
import type { S3Location } from './location.ts'

const CALLS: Record<S3Operation, readonly [verb: string, permissions: string]> = {
  AbortMultipartUpload: ['remove the unfinished upload of', 's3:AbortMultipartUpload'],
  CompleteMultipartUpload: ['store', 's3:PutObject'],
  CopyObject: ['copy within the server to', 's3:PutObject, and s3:GetObject of what is copied'],
  CreateMultipartUpload: ['store', 's3:PutObject'],
  DeleteObjects: ['delete objects', 's3:DeleteObject'],
  GetBucketVersioning: ['see whether versions are kept', 's3:GetBucketVersioning'],
  GetObject: [
    'read',
    's3:GetObject (of older versions s3:GetObjectVersion), and s3:ListBucket to tell what is missing from what is forbidden',
  ],
  GetObjectLockConfiguration: ['see whether objects are locked', 's3:GetBucketObjectLockConfiguration'],
  GetObjectRetention: ['look at the lock of', 's3:GetObjectRetention'],
  HeadObject: [
    'look at',
    's3:GetObject (of older versions s3:GetObjectVersion), and s3:ListBucket to tell what is missing from what is forbidden',
  ],
  ListMultipartUploads: ['list unfinished uploads', 's3:ListBucketMultipartUploads'],
  ListObjectsV2: ['list objects', 's3:ListBucket'],
  ListObjectVersions: ['list older versions', 's3:ListBucketVersions'],
  ListParts: ['see what is stored already of', 's3:ListMultipartUploadParts'],
  PutObject: ['store', 's3:PutObject'],
  PutObjectRetention: ['extend the lock of', 's3:PutObjectRetention'],
  UploadPart: ['store', 's3:PutObject'],
}

export interface S3Attempt {
  readonly operation: S3Operation
  /** In the bucket; undefined where the call is about the bucket. */
  readonly key: string | undefined
}

/** `store repo/head.json in the vault s3://acme-backups/borg` */
export function attemptOf({ operation, key }: S3Attempt, { prefix, url }: S3Location): string {
  const [verb] = CALLS[operation]
  return `${verb}${key === undefined ? '' : ` ${key.slice(prefix.length)}`} in the vault ${url}`
}

export function permissionsOf({ operation }: S3Attempt): string {
  return CALLS[operation][1]
}

/** The error of whoever waits for a call that `signal` ended. */
export function stopped(signal: AbortSignal, attempt: S3Attempt, location: S3Location): AppError {
  return new AppError('interrupted', `did not ${attemptOf(attempt, location)}`, {
    reason: typeof signal.reason === 'string' ? `it was stopped by ${signal.reason}` : 'it was stopped',
    hint: 'run the same command again: it goes on with what is stored already',
  })
}
