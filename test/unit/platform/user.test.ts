import { userInfo } from 'node:os'
import { expect, it } from 'vitest'
import { effectiveUid, findAccount, ownHome } from '../../../src/platform/user.ts'

it('the account of this user is found by its name', async () => {
  const { username, uid, homedir } = userInfo()

  expect(await findAccount(username)).toEqual({ uid, home: homedir })
  expect(effectiveUid()).toBe(uid)
  expect(ownHome()).toMatch(/^\//)
})

it('an unknown or an odd name has no account', async () => {
  expect(await findAccount('no-such-user-here')).toBeUndefined()
  expect(await findAccount('-x')).toBeUndefined()
  expect(await findAccount('')).toBeUndefined()
})
