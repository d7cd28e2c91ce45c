import { describe, expect, test } from 'vitest'
import { parseS3Url } from '../../../../src/vault/s3/location.ts'

describe('the address of a vault', () => {
  test.for([
    ['s3://acme-backups', 'acme-backups', '', 's3://acme-backups'],
    ['s3://acme-backups/', 'acme-backups', '', 's3://acme-backups'],
    ['s3://acme-backups/borg', 'acme-backups', 'borg/', 's3://acme-backups/borg'],
    ['s3://acme.backups/borg//all/', 'acme.backups', 'borg/all/', 's3://acme.backups/borg/all'],
    ['s3://Old_Bucket/Größe und so', 'Old_Bucket', 'Größe und so/', 's3://Old_Bucket/Größe und so'],
  ] as const)('%s is the bucket %s and the prefix "%s"', ([url, bucket, prefix, shown]) => {
    expect(parseS3Url(url)).toEqual({ bucket, prefix, url: shown })
  })

  test.for([
    's3://',
    's3:///borg',
    's3://ab',
    's3:acme-backups',
    'acme-backups',
    'https://acme-backups/borg',
    's3://acme backups/borg',
    's3://acme-backups?region=x',
    's3://-acme/borg',
  ])('%s is none', (url) => {
    expect(() => parseS3Url(url)).toThrow(expect.objectContaining({ code: 'value-invalid' }))
  })

  test('with credentials in it is refused without repeating them', () => {
    const canary = 'canary-secret'
    try {
      parseS3Url(`s3://AKIA:${canary}@acme-backups/borg`)
      expect.fail('it was taken')
    } catch (error) {
      expect(error).toMatchObject({ code: 'value-invalid', reason: expect.stringContaining('credentials') })
      expect(JSON.stringify(error) + String(error)).not.toContain(canary)
    }
  })

  test('of a directory bucket is refused', () => {
    expect(() => parseS3Url('s3://acme--use1-az4--x-s3/borg')).toThrow(
      expect.objectContaining({ code: 'value-invalid' }),
    )
  })
})
