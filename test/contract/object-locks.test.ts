// Locks of objects, on the S3 fake and on the real server.

import { describe, expect, test } from 'vitest'
import { openS3Vault } from '../../src/vault/s3/open-s3-vault.ts'
import type { Vault } from '../../src/vault/vault.ts'
import { contentOf } from '../support/contents.ts'
import { makeLockedBucket, s3Context, s3Settings } from '../support/s3-access.ts'
import { startS3Fake } from '../support/s3-fake/start-s3-fake.ts'
import { s3Server } from '../support/s3-server.ts'

const DAY_MS = 86_400_000
const server = s3Server()
if (server === undefined) console.warn('\n!!! SKIPPED: no S3 server (BORGBOI_TEST_S3_ENV): its locks are not tested\n')

function locksContract(open: () => Promise<Vault>): void {
  test('are extended, and an object that is not there has none', async () => {
    const vault = await open()
    await vault.put('repo/a b', contentOf('alpha'), 'absent')
    const until = new Date(Math.floor((Date.now() + 30 * DAY_MS) / 1000) * 1000)

    await vault.locks?.extend('repo/a b', { mode: 'GOVERNANCE', until })

    expect(await vault.locks?.read('repo/a b')).toEqual({ mode: 'GOVERNANCE', until })
    await vault.delete(['repo/a b'])
    expect(await vault.locks?.read('repo/a b')).toBeUndefined()
    expect(await vault.locks?.read('repo/missing')).toBeUndefined()
    expect((await vault.facilities()).objectLock).toEqual({ mode: 'GOVERNANCE', days: 1 })
    await vault.close()
  })

  test('are not brought to an earlier end', async () => {
    const vault = await open()
    await vault.put('repo/a', contentOf('alpha'), 'absent')
    await vault.locks?.extend('repo/a', { mode: 'GOVERNANCE', until: new Date(Date.now() + 3 * DAY_MS) })

    const earlier = vault.locks?.extend('repo/a', { mode: 'GOVERNANCE', until: new Date(Date.now() + 2 * DAY_MS) })

    await expect(earlier).rejects.toMatchObject({ code: 'vault-denied', hint: expect.stringContaining('Retention') })
    await vault.close()
  })
}

describe('locks of objects on the S3 fake', () => {
  locksContract(async () => {
    const s3 = await startS3Fake()
    s3.objectLock = { mode: 'GOVERNANCE', days: 1 }
    return await openS3Vault(s3Settings(s3, 's3://vault/borg'), s3Context(s3))
  })
})

describe.skipIf(server === undefined)('locks of objects on a real S3 server', () => {
  locksContract(async () => {
    if (server === undefined) return expect.unreachable('no server')
    const bucket = await makeLockedBucket(server)
    return await openS3Vault(s3Settings(server, `s3://${bucket}/borg`), s3Context(server))
  })

  test('begin with the lock that the bucket gives', async () => {
    if (server === undefined) return
    const vault = await openS3Vault(
      s3Settings(server, `s3://${await makeLockedBucket(server)}/borg`),
      s3Context(server),
    )
    await vault.put('repo/a', contentOf('alpha'), 'absent')

    const lock = await vault.locks?.read('repo/a')

    expect(lock).toMatchObject({ mode: 'GOVERNANCE', until: expect.any(Date) })
    await vault.close()
  })
})
