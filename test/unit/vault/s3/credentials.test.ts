// Credentials that are not there, or whose provider fails, as the AWS SDK tells it.

import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { contentOf } from '../../../support/contents.ts'
import { failureOf, s3Stage } from '../../../support/s3-stage.ts'

const CANARY = 'canary-secret-in-the-output-of-a-credential-process'

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials')
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  return () => vi.unstubAllEnvs()
})

describe('where there are no credentials', () => {
  test('nothing is sent, and every call says where they are looked for', async () => {
    const { s3, vault } = await s3Stage({ context: { env: {} } })

    const errors = [
      await failureOf(vault.put('a', contentOf('hello'), 'absent')),
      await failureOf(vault.get('a')),
      await failureOf(vault.listDirectories('')),
    ]

    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'credentials-missing',
        exitCode: 20,
        reason: expect.stringContaining('in the environment, in a profile'),
        hint: expect.stringContaining('AWS_ACCESS_KEY_ID'),
      })
    }
    expect(s3.requests).toEqual([])
  })

  test('a profile that was named is named', async () => {
    const { vault } = await s3Stage({ context: { env: {} }, settings: { profile: 'work' } })

    const error = await failureOf(vault.head('a'))

    expect(error).toMatchObject({ code: 'credentials-missing', reason: 'the profile work is missing or gives none' })
  })
})

describe('a provider that fails', () => {
  test.for([
    ['CredentialsProviderError', `Command failed: print-keys\n${CANARY}`, /AWS_ACCESS_KEY_ID/],
    [
      'CredentialsProviderError',
      `The SSO session associated with this profile has expired. ${CANARY}`,
      /aws sso login/,
    ],
    [
      'TokenProviderError',
      `Token is expired. To refresh this SSO session run 'aws sso login' ${CANARY}`,
      /aws sso login/,
    ],
  ] as const)('as %s is told without its own words', async ([name, message, hint]) => {
    const sdk = mockClient(S3Client)
    onTestFinished(() => sdk.restore())
    sdk.on(ListObjectsV2Command).rejects(Object.assign(new Error(message), { name }))
    const { vault } = await s3Stage()

    const error = await failureOf(vault.listDirectories(''))

    expect(error).toMatchObject({ code: 'credentials-missing', hint: expect.stringMatching(hint) })
    expect(JSON.stringify(error)).not.toContain(CANARY)
    expect(sdk.calls()).toHaveLength(1)
  })
})
