// What the bucket is set up to keep: older versions, and objects that may not be deleted.

import { GetBucketVersioningCommand, GetObjectLockConfigurationCommand } from '@aws-sdk/client-s3'
import type { VaultFacilities } from '../vault.ts'
import type { S3Connection } from './connection.ts'
import { S3Failure } from './failure.ts'

const DAYS_PER_YEAR = 365
/** Not set up, not known to the server, or not to be seen with these credentials. */
const ABSENT_STATUS = [404, 405, 501]

/**
 * That there may be older versions: also where they are not kept any more, and where these credentials may not see it.
 * @throws S3Failure `NoVersions`, AppError
 */
export async function requireVersions(connection: S3Connection, signal: AbortSignal): Promise<void> {
  const versioning = await readVersioning(connection, signal)
  if (versioning === undefined || versioning.Status !== undefined) return
  throw new S3Failure('ListObjectVersions', undefined, { code: 'NoVersions' })
}

/** @throws S3Failure, AppError */
export async function readFacilities(connection: S3Connection, signal: AbortSignal): Promise<VaultFacilities> {
  const input = { Bucket: connection.location.bucket }
  const versioning = await readVersioning(connection, signal)
  const lock = await ifAny(
    connection.send('GetObjectLockConfiguration', undefined, signal, (client, options) =>
      client.send(new GetObjectLockConfigurationCommand(input), options),
    ),
  )
  const { Mode, Days, Years } = lock?.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {}
  const days = Days ?? (Years ?? 0) * DAYS_PER_YEAR
  return {
    versioning: versioning?.Status === 'Enabled',
    ...(Mode === undefined || days === 0 ? {} : { objectLock: { mode: Mode, days } }),
  }
}

function readVersioning(connection: S3Connection, signal: AbortSignal) {
  const input = { Bucket: connection.location.bucket }
  return ifAny(
    connection.send('GetBucketVersioning', undefined, signal, (client, options) =>
      client.send(new GetBucketVersioningCommand(input), options),
    ),
  )
}

async function ifAny<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof S3Failure) || error.code === 'NoSuchBucket') throw error
    if (error.code !== 'AccessDenied' && !ABSENT_STATUS.includes(error.status ?? 0)) throw error
    return undefined
  }
}
