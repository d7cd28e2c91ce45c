// Failures in plain words: what, why, what next (fault matrix F18, F19), and never a credential (F37).

import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { openS3Vault } from '../../../../src/vault/s3/open-s3-vault.ts'
import { contentOf } from '../../../support/contents.ts'
import { s3Context } from '../../../support/s3-access.ts'
import { failureOf, s3Stage } from '../../../support/s3-stage.ts'

const DAY_MS = 86_400_000

describe('the clock', () => {
  test.for([DAY_MS, -DAY_MS])('of a server that is %i ms ahead is signed by', async (skew) => {
    const { s3, vault } = await s3Stage()
    s3.clockSkewMs = skew

    const put = await vault.put('a', contentOf('hello'), 'absent')

    expect(put.stored).toBe(true)
    expect(s3.count('PutObject')).toBe(2)
    expect(await vault.listDirectories('')).toEqual([])
    expect(await vault.head('a')).toBeDefined()
    expect(s3.requests).toHaveLength(4)
  })

  test('that jumps on the way is followed', async () => {
    const { s3, vault } = await s3Stage()
    await vault.put('a', contentOf('hello'), 'absent')
    s3.clockSkewMs = DAY_MS

    expect((await vault.put('b', contentOf('hello'), 'absent')).stored).toBe(true)
    s3.clockSkewMs = 0
    expect((await vault.put('c', contentOf('hello'), 'absent')).stored).toBe(true)
  })

  test('that nobody can follow is told, with the difference', async () => {
    const { s3, vault } = await s3Stage()
    s3.clockSkewMs = DAY_MS
    s3.fail({ operation: 'PutObject', with: { status: 403, code: 'RequestTimeTooSkewed' } })

    const error = await failureOf(vault.put('a', contentOf('hello'), 'absent'))

    expect(error).toMatchObject({
      code: 'vault-denied',
      reason: 'the clock of this machine is 24 hours behind that of the server',
      hint: expect.stringContaining('set the clock'),
    })
    expect(s3.count('PutObject')).toBe(2)
  })
})

describe('answers', () => {
  test('a bucket that is elsewhere names both regions', async () => {
    const { s3, vault } = await s3Stage()
    const headers = { 'x-amz-bucket-region': 'eu-central-1' }
    s3.fail({ operation: 'PutObject', with: { status: 301, code: 'PermanentRedirect', headers } })
    s3.fail({ operation: 'ListObjectsV2', with: { status: 400, code: 'AuthorizationHeaderMalformed', headers } })

    const errors = [
      await failureOf(vault.put('a', contentOf('hello'), 'absent')),
      await failureOf(vault.listDirectories('')),
    ]

    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'vault-failed',
        reason: 'the bucket vault is in eu-central-1, and the request was made for us-east-1',
        hint: 'set the region of the vault to eu-central-1',
      })
    }
  })

  test.for([
    [403, 'SignatureDoesNotMatch', 'vault-denied', /check access key and secret key/],
    [403, 'InvalidAccessKeyId', 'vault-denied', /check access key and secret key/],
    [400, 'ExpiredToken', 'vault-denied', /get new ones/],
    [403, 'AccessDenied', 'vault-denied', /s3:PutObject$/],
    [404, 'NoSuchBucket', 'vault-missing', /make the bucket first/],
    [400, 'BadDigest', 'vault-failed', /something on the way damages data/],
    [507, 'InsufficientStorage', 'vault-full', /make room/],
    [307, 'TemporaryRedirect', 'vault-failed', /check the endpoint/],
    [418, 'Teapot', 'vault-failed', /s3 probe/],
  ] as const)('%i %s is told as %s, with what to do', async ([status, code, told, hint]) => {
    const { s3, vault } = await s3Stage()
    s3.fail({ with: { status, code, message: 'in the words of the server' } })

    const error = await failureOf(vault.put('a', contentOf('hello'), 'absent'))

    expect(error).toMatchObject({
      code: told,
      message: 'cannot store a in the vault s3://vault/repo',
      reason: expect.stringMatching(/\S/),
      hint: expect.stringMatching(hint),
      context: { call: 'PutObject', answer: code, status },
    })
  })

  test('a server that says yes to everything is not taken for one of S3', async () => {
    const { s3, vault } = await s3Stage()
    s3.fail({ with: { status: 200, page: '<html><title>Welcome</title></html>' } })

    const calls = [
      () => vault.listDirectories(''),
      () => vault.head('a'),
      () => vault.get('a'),
      () => vault.put('a', contentOf('hello'), 'absent'),
    ]
    for (const call of calls) {
      expect(await failureOf(call())).toMatchObject({
        code: 'vault-failed',
        reason: expect.stringContaining('not one of S3'),
      })
    }
  })
})

describe('no answer', () => {
  test.for([
    ['http://127.0.0.1:1', /nothing listens at http:\/\/127\.0\.0\.1:1/],
    ['http://no-such-host.invalid', /no host of that name|names cannot be looked up/],
  ] as const)('from %s names the endpoint', async ([endpoint, reason]) => {
    const { vault } = await s3Stage({ settings: { endpoint }, limits: { attempts: 2 } })

    for (const call of [() => vault.head('a'), () => vault.listDirectories('')]) {
      expect(await failureOf(call())).toMatchObject({
        code: 'vault-unreachable',
        reason: expect.stringMatching(reason),
        hint: expect.stringContaining('check the endpoint'),
      })
    }
  })

  test('from a server that does not speak TLS says that the connection failed', async () => {
    const { s3 } = await s3Stage()
    const endpoint = s3.endpoint.replace('http:', 'https:')
    const { vault } = await s3Stage({ settings: { endpoint }, limits: { attempts: 2 } })

    const error = await failureOf(vault.head('a'))

    expect(error).toMatchObject({ code: 'vault-unreachable', reason: expect.stringContaining(endpoint) })
  })
})

test('no error shows a credential, whatever a server echoes', async () => {
  const canaries = ['AKIACANARYCANARY0001', 'canary/secret+key/canary/secret+key/0002', 'canary-session-token-0003']
  const [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN] = canaries
  const echo = createServer((request, response) => {
    const said = `${canaries.join(' ')} ${JSON.stringify(request.headers)}`
    response.statusCode = 403
    response.end(`<Error><Code>Signature${AWS_ACCESS_KEY_ID}</Code><Message>${said}</Message></Error>`)
  })
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void echo.close())
  const address = echo.address()
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const access = { endpoint, region: 'us-east-1', accessKeyId: '', secretAccessKey: '' }
  const env = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN }
  const vault = await openS3Vault({ url: 's3://vault', endpoint }, s3Context(access, { env }))

  const errors = [
    await failureOf(vault.put('a', contentOf('hello'), 'absent')),
    await failureOf(vault.head('a')),
    await failureOf(vault.delete(['a'])),
    await failureOf(vault.facilities()),
  ]

  for (const error of errors) {
    expect(error).toBeInstanceOf(AppError)
    expect(everythingIn(error)).toMatch(/\[secret\]|Http403/)
    for (const canary of canaries) expect(everythingIn(error)).not.toContain(canary)
  }
  await vault.close()
})

/** All texts of an error and of what it holds, also where printing would not show them. */
function everythingIn(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null || seen.has(value)) return String(value)
  seen.add(value)
  return Reflect.ownKeys(value)
    .map((key) => everythingIn(Reflect.get(value, key), seen))
    .join('\n')
}
