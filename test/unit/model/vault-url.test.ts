// Addresses of vaults.

import { expect, test } from 'vitest'
import { isOnNetwork, isVaultUrl, parseVaultUrl, vaultDirectory } from '../../../src/model/vault-url.ts'

test.each([
  ['s3://acme-backups', 's3://acme-backups'],
  ['s3://acme-backups/', 's3://acme-backups'],
  ['s3://acme.backups/borg//home/./x/', 's3://acme.backups/borg/home/x'],
  ['s3://Acme_1/borg a+b@c', 's3://Acme_1/borg a+b@c'],
  ['file:///mnt/nas/borg/', 'file:///mnt/nas/borg'],
  ['file:////mnt//nas', 'file:///mnt/nas'],
  ['file:///mnt/50% of ü#1', 'file:///mnt/50% of ü#1'],
  ['/mnt/nas/borg', 'file:///mnt/nas/borg'],
])('%s is the vault %s', (written, url) => {
  expect(parseVaultUrl(written)).toBe(url)
  expect(parseVaultUrl(url)).toBe(url)
})

test.each([
  ['', 'neither'],
  ['nas', 'neither'],
  ['borg/backups', 'neither'],
  ['ftp://host/dir', 'neither'],
  ['s3://', 'no bucket'],
  ['s3:///prefix', 'no bucket'],
  ['s3://ab', '"ab"'],
  ['s3://-acme', '"-acme"'],
  ['s3://acme:9000/x', '"acme:9000"'],
  ['s3://acme/x?versionId=1', '"?"'],
  ['s3://acme/a/../b', '".."'],
  ['s3://acme/a\nb', 'control characters'],
  ['file://mnt/nas', 'third slash'],
  ['file:///mnt/../etc', '".."'],
  ['file:///', 'root'],
  ['/', 'root'],
  ['https://s3.example.com/acme', 'server'],
])('%s is refused: %s', (written, reason) => {
  expect(() => parseVaultUrl(written)).toThrow(
    expect.objectContaining({
      code: 'value-invalid',
      reason: expect.stringContaining(reason),
      hint: expect.stringMatching(/\S/),
    }),
  )
})

test.each([
  's3://AKIAEXAMPLE:hunter2@acme/borg',
  's3://hunter2@acme',
  's3://AKIAEXAMPLE:hunter2/more@acme/borg',
  'https://me:hunter2@s3.example.com/acme',
  'file://me:hunter2@nas/borg',
])('an address with credentials is refused without repeating them: %s', (written) => {
  const parse = () => parseVaultUrl(written)

  expect(parse).toThrow(expect.objectContaining({ code: 'value-invalid', reason: 'it holds credentials' }))
  expect(parse).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }))
})

test('addresses are told from names, and directories from the network', () => {
  expect(['s3://acme', 'file:///mnt', '/mnt'].map(isVaultUrl)).toEqual([true, true, true])
  expect(['nas', 'off.site'].map(isVaultUrl)).toEqual([false, false])
  expect([isOnNetwork('s3://acme'), isOnNetwork('file:///mnt')]).toEqual([true, false])
  expect([vaultDirectory('file:///mnt/a b'), vaultDirectory('s3://acme')]).toEqual(['/mnt/a b', undefined])
})
