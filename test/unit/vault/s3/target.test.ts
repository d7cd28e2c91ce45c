// Where requests go and with which credentials: settings, then the environment, then profiles.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { VaultSettings } from '../../../../src/deps.ts'
import { S3_LIMITS } from '../../../../src/vault/s3/limits.ts'
import { parseS3Url } from '../../../../src/vault/s3/location.ts'
import { openS3Vault } from '../../../../src/vault/s3/open-s3-vault.ts'
import { openTarget, type Target } from '../../../../src/vault/s3/target.ts'
import { s3Context } from '../../../support/s3-access.ts'
import { failureOf } from '../../../support/s3-stage.ts'
import { tempDir } from '../../../support/temp-dir.ts'

const NOBODY = { endpoint: '', region: '', accessKeyId: '', secretAccessKey: '' }
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'environment' }

async function open(
  settings: Partial<VaultSettings>,
  env: Record<string, string> = { ...KEYS, AWS_REGION: 'eu-west-1' },
): Promise<Target> {
  const url = 's3://acme-backups/borg'
  const target = await openTarget(parseS3Url(url), { url, ...settings }, s3Context(NOBODY, { env }), S3_LIMITS)
  onTestFinished(() => target.close())
  return target
}

async function signedBy(target: Target): Promise<string | undefined> {
  const { authorization } = await target.sign({ method: 'GET', path: '/', query: {}, headers: {} })
  return authorization
}

// The SDK reads these of the process itself.
beforeEach(async () => {
  const home = await tempDir()
  await writeFile(
    join(home, 'config'),
    '[profile work]\nregion = eu-north-1\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = profile\n' +
      '[profile onprem]\nendpoint_url = https://s3.example.com\naws_access_key_id = AKIAONPREM\naws_secret_access_key = x\n',
  )
  await writeFile(join(home, 'credentials'), '')
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'credentials'))
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  return () => vi.unstubAllEnvs()
})

describe('the bucket', () => {
  test.for([
    ['at AWS is a host', {}, 'https://acme-backups.s3.eu-west-1.amazonaws.com/'],
    ['at AWS is a path when asked for', { virtualStyle: false }, 'https://s3.eu-west-1.amazonaws.com/acme-backups'],
    [
      'at another server is a path',
      { endpoint: 'https://s3.example.com:9000' },
      'https://s3.example.com:9000/acme-backups',
    ],
    ['below a path of another server stays there', { endpoint: 'http://host/s3/' }, 'http://host/s3/acme-backups'],
    [
      'at another server is a host when asked for',
      { endpoint: 'https://s3.example.com', virtualStyle: true },
      'https://acme-backups.s3.example.com/',
    ],
    [
      'at an address of AWS is a host',
      { endpoint: 'https://s3.eu-west-1.amazonaws.com' },
      'https://acme-backups.s3.eu-west-1.amazonaws.com/',
    ],
  ] as const)('%s', async ([, settings, url]) => {
    const target = await open(settings)

    expect(target.url.href).toBe(url)
  })

  test.for([
    [{ AWS_ENDPOINT_URL: 'http://all:1' }, 'http://all:1/acme-backups'],
    [{ AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_S3: 'http://s3:2' }, 'http://s3:2/acme-backups'],
    [
      { AWS_ENDPOINT_URL: 'http://all:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true', AWS_REGION: 'eu-west-1' },
      'https://acme-backups.s3.eu-west-1.amazonaws.com/',
    ],
  ] as const)('is where %o says', async ([variables, url]) => {
    const target = await open({}, { ...KEYS, ...variables })

    expect(target.url.href).toBe(url)
  })

  test('is where the profile of the environment says', async () => {
    vi.stubEnv('AWS_PROFILE', 'onprem')
    const target = await open({}, { AWS_PROFILE: 'onprem' })

    expect(target.url.href).toBe('https://s3.example.com/acme-backups')
    expect(await signedBy(target)).toContain('Credential=AKIAONPREM/')
  })

  test.for(['s3.example.com', 'ftp://s3.example.com', 'https://AKIA:canary@s3.example.com'])(
    'is not looked for at %s',
    async (endpoint) => {
      const error = await failureOf(open({ endpoint }))

      expect(error).toMatchObject({ code: 'value-invalid' })
      expect(JSON.stringify(error)).not.toContain('canary')
    },
  )
})

describe('the region', () => {
  test.for([
    ['of the settings comes first', { region: 'ap-south-1' }, { AWS_REGION: 'eu-west-1' }, 'ap-south-1'],
    ['of the environment comes next', { profile: 'work' }, { AWS_REGION: 'eu-west-1' }, 'eu-west-1'],
    ['of the profile comes last', { profile: 'work' }, {}, 'eu-north-1'],
    ['of another server need not be set', { endpoint: 'https://s3.example.com' }, {}, 'us-east-1'],
  ] as const)('%s', async ([, settings, variables, region]) => {
    const target = await open(settings, { ...KEYS, ...variables })

    expect(target.region).toBe(region)
    expect(await signedBy(target)).toContain(`/${region}/s3/aws4_request`)
  })

  test('of a bucket at AWS has to be set', async () => {
    const vault = await openS3Vault({ url: 's3://acme-backups' }, s3Context(NOBODY, { env: KEYS }))

    expect(await failureOf(vault.head('a'))).toMatchObject({
      code: 'vault-failed',
      reason: 'no region is set',
      hint: expect.stringContaining('AWS_REGION'),
    })
  })
})

describe('the credentials', () => {
  test.for([
    ['are those of the environment', {}, 'AKIAENVIRONMENT'],
    ['are those of a profile that is named', { profile: 'work' }, 'AKIAPROFILE'],
  ] as const)('%s', async ([, settings, key]) => {
    const target = await open(settings)

    expect(await signedBy(target)).toContain(`Credential=${key}/`)
  })

  test('of a session carry its token', async () => {
    const target = await open({}, { ...KEYS, AWS_REGION: 'eu-west-1', AWS_SESSION_TOKEN: 'session' })

    const headers = await target.sign({ method: 'GET', path: '/', query: {}, headers: {} })

    expect(headers['x-amz-security-token']).toBe('session')
    expect(await target.secrets()).toContain('session')
  })
})
