// The vault over S3 and servers that speak like it. Connects with the first request; every failure leaves as an AppError.

import type { VaultSettings } from '../../deps.ts'
import type { VaultContext } from '../context.ts'
import type { StoredObject, Vault } from '../vault.ts'
import { S3Connection } from './connection.ts'
import { copyObject } from './copy-object.ts'
import { deleteObjects } from './delete-objects.ts'
import { readFacilities } from './facilities.ts'
import { S3_LIMITS, type S3Limits } from './limits.ts'
import { listDirectories, listObjects } from './list-objects.ts'
import { extendObjectLock, readObjectLock } from './object-locks.ts'
import { putInParts } from './put-in-parts.ts'
import { putObject } from './put-object.ts'
import { getObject, headObject } from './read-object.ts'
import { sweepUnfinished } from './unfinished.ts'

/** @throws AppError `value-invalid` for an address or an endpoint it cannot be */
export async function openS3Vault(
  settings: VaultSettings,
  context: VaultContext,
  limits: S3Limits = S3_LIMITS,
): Promise<Vault> {
  const connection = new S3Connection(settings, context, limits)
  const { stop } = context
  return {
    url: connection.location.url,
    concurrency: limits.concurrency,
    put(key, content, condition, options = {}) {
      const signal = options.signal ?? stop
      return connection.told(
        content.size > limits.singlePutBytes
          ? putInParts({ connection, key, content, condition, options, signal })
          : putObject(connection, key, content, condition, options, signal),
      )
    },
    async get(key, options = {}) {
      const found = await connection.told(getObject(connection, key, options, options.signal ?? stop))
      if (found === undefined || found === 'unchanged') return found
      return { facts: found.facts, body: connection.toldEach(found.body) } satisfies StoredObject
    },
    copy: (from, key, content, signal) => connection.told(copyObject(connection, from, key, content, signal)),
    head: (key) => connection.told(headObject(connection, key, stop)),
    list: (prefix, options = {}) => connection.toldEach(listObjects(connection, prefix, options.after, stop)),
    listDirectories: (prefix) => connection.told(listDirectories(connection, prefix, stop)),
    delete: (keys) => connection.told(deleteObjects(connection, keys, stop)),
    sweepUnfinished: (prefix, before) => connection.told(sweepUnfinished(connection, prefix, before, stop)),
    facilities: () => connection.told(readFacilities(connection, stop)),
    locks: {
      read: (key) => connection.told(readObjectLock(connection, key, stop)),
      extend: (key, lock) => connection.told(extendObjectLock(connection, key, lock, stop)),
    },
    close: () => connection.close(),
  }
}
