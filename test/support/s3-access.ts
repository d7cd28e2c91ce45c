// A bucket of its own on the real S3 server, and what a killed writer leaves in a vault.

import {
  type BucketVersioningStatus,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { VaultSettings } from '../../src/deps.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { thisHost } from '../../src/platform/host.ts'
import type { VaultContext } from '../../src/vault/context.ts'
import { parseS3Url } from '../../src/vault/s3/location.ts'
import type { Vault } from '../../src/vault/vault.ts'

/** Where a test finds a server, and how it signs. */
export interface S3Access {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export function s3Settings(access: S3Access, url: string): VaultSettings {
  return { url, endpoint: access.endpoint, region: access.region }
}

/** With the machine's own clock: servers refuse requests of another time. */
export function s3Context({ accessKeyId, secretAccessKey }: S3Access, more: Partial<VaultContext> = {}): VaultContext {
  return {
    clock: systemClock,
    host: thisHost,
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    stop: new AbortController().signal,
    ...more,
  }
}

/** A new bucket's name. */
export async function makeBucket(access: S3Access): Promise<string> {
  const bucket = `test-${thisHost.newId().toLowerCase()}`
  await withClient(access, (client) => client.send(new CreateBucketCommand({ Bucket: bucket })))
  return bucket
}

/** A new bucket's name, in which each new object is locked for a day. */
export async function makeLockedBucket(access: S3Access): Promise<string> {
  const bucket = `test-${thisHost.newId().toLowerCase()}`
  await withClient(access, async (client) => {
    await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }))
    const DefaultRetention = { Mode: 'GOVERNANCE', Days: 1 } as const
    const configuration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } } as const
    await client.send(new PutObjectLockConfigurationCommand({ Bucket: bucket, ObjectLockConfiguration: configuration }))
  })
  return bucket
}

/** Older versions are kept from now on, or no more. */
export async function setVersioning(access: S3Access, bucket: string, Status: BucketVersioningStatus): Promise<void> {
  const command = new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } })
  await withClient(access, (client) => client.send(command))
}

/** An upload in parts that nobody completes. */
export async function leaveUnfinished(access: S3Access, vault: Vault, key: string): Promise<void> {
  const { bucket, prefix } = parseS3Url(vault.url)
  const target = { Bucket: bucket, Key: prefix + key }
  await withClient(access, async (client) => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target))
    await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'half' }))
  })
}

async function withClient<T>(access: S3Access, use: (client: S3Client) => Promise<T>): Promise<T> {
  const { endpoint, region, accessKeyId, secretAccessKey } = access
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  try {
    return await use(client)
  } finally {
    client.destroy()
  }
}
