// A vault as it was, over the fake and on a real server: they page, and write their markers, in different ways.

import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3Vault } from '../../src/vault/s3/open-s3-vault.ts'
import { openPastVault } from '../../src/vault/s3/past-vault.ts'
import { contentOf, textOf } from '../support/contents.ts'
import { makeBucket, type S3Access, s3Context, s3Settings, setVersioning } from '../support/s3-access.ts'
import { type S3Fake, startS3Fake } from '../support/s3-fake/start-s3-fake.ts'
import { s3Server } from '../support/s3-server.ts'
import { pastVaultContract } from './past-vault.contract.ts'

let vaults = 0

async function stage(access: S3Access, bucket: string, between: () => Promise<Date>) {
  const settings = s3Settings(access, `s3://${bucket}/a +%b/${++vaults}`)
  return {
    vault: await openS3Vault(settings, s3Context(access)),
    openPast: (asOf: Date) => openPastVault(settings, s3Context(access), asOf),
    between,
  }
}

describe('the past of a vault in S3, over a server that only pretends', () => {
  let s3: S3Fake
  beforeAll(async () => {
    s3 = await startS3Fake()
    s3.versioning = true
  })
  afterAll(() => s3[Symbol.asyncDispose]())

  const between = async () => {
    s3.clockSkewMs += 10_000
    return new Date(Date.now() + s3.clockSkewMs - 5000)
  }
  pastVaultContract(() => stage(s3, s3.bucket, between), { moreThanAPage: 20 })
})

const server = s3Server()
describe.skipIf(server === undefined)('the past of a vault on a real S3 server (NEEDS BORGBOI_TEST_S3_ENV)', () => {
  if (server === undefined) return
  let bucket: string
  const between = async () => {
    await delay(1100)
    const time = new Date()
    await delay(100)
    return time
  }
  beforeAll(async () => {
    bucket = await makeBucket(server)
    await setVersioning(server, bucket, 'Enabled')
  })

  pastVaultContract(() => stage(server, bucket, between), { moreThanAPage: 520 })

  test('is still there when somebody has suspended versioning', async () => {
    const own = await makeBucket(server)
    await setVersioning(server, own, 'Enabled')
    const { vault, openPast } = await stage(server, own, between)
    await vault.put('a/b', contentOf('good'), 'absent')
    const time = await between()
    await setVersioning(server, own, 'Suspended')
    await vault.put('a/b', contentOf('garbage'), 'any')
    await vault.delete(['a/b'])

    const past = await openPast(time)

    expect(await textOf(await past.get('a/b'))).toBe('good')
  })

  test('is not there where none is kept, and that is said', async () => {
    const { vault, openPast } = await stage(server, await makeBucket(server), between)
    await vault.put('a/b', contentOf('x'), 'absent')

    const past = await openPast(new Date())

    await expect(past.get('a/b')).rejects.toMatchObject({
      code: 'vault-failed',
      reason: expect.stringMatching(/^the bucket test-\S+ keeps no older versions$/),
      hint: expect.stringContaining('--vault-as-of'),
    })
  })
})
