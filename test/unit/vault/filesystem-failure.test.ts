// What the errors of file systems mean for a vault.

import { expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { LockHeldError } from '../../../src/platform/lock.ts'
import { toVaultError } from '../../../src/vault/filesystem/failure.ts'

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it failed, write`), { code })
}

test.each([
  ['ENOSPC', 'vault-full'],
  ['EDQUOT', 'vault-full'],
  ['EACCES', 'vault-denied'],
  ['EPERM', 'vault-denied'],
  ['EROFS', 'vault-denied'],
  ['ESTALE', 'vault-unreachable'],
  ['ENOTCONN', 'vault-unreachable'],
  ['EHOSTDOWN', 'vault-unreachable'],
  ['EIO', 'vault-failed'],
  ['ENAMETOOLONG', 'vault-failed'],
])('%s is %s, naming call, key and directory', (code, vaultCode) => {
  const cause = systemError(code)

  for (const error of [cause, new AppError('file-unusable', 'cannot take the lock', { cause })]) {
    expect(toVaultError(error, 'store repo/head.json', '/mnt/nas')).toMatchObject({
      code: vaultCode,
      message: 'cannot store repo/head.json in the vault /mnt/nas',
      reason: expect.stringMatching(/\S/),
      hint: expect.stringContaining('/mnt/nas'),
      cause,
    })
  }
})

test('a lock that another holds for too long is named with its holder', () => {
  const holder = { pid: 7, host: 'bert', purpose: 'store x', since: new Date('2026-11-20T02:30:04Z') }

  const reason = (error: LockHeldError) => (toVaultError(error, 'store x', '/mnt/nas') as AppError).reason

  expect(reason(new LockHeldError(holder))).toContain('process 7 on bert')
  expect(reason(new LockHeldError(undefined))).toContain('another process')
})

test('what is no system error passes through', () => {
  const own = new AppError('vault-missing', 'there is no directory /mnt/nas')
  const defect = new TypeError('x is not a function')

  expect(toVaultError(own, 'store x', '/mnt/nas')).toBe(own)
  expect(toVaultError(defect, 'store x', '/mnt/nas')).toBe(defect)
})
