import { expect, it } from 'vitest'
import { findHome } from '../../../src/config/paths.ts'

const machine = (uid: number) => ({
  uid: () => uid,
  home: () => (uid === 0 ? '/root' : '/home/me'),
  account: async (name: string) => (name === 'ann' ? { uid: 1001, home: '/home/ann' } : undefined),
})

it('the home is .borgboi in the home of the user', async () => {
  expect(await findHome({}, '/work', machine(1000))).toEqual({ directory: '/home/me/.borgboi', trustedUids: [1000, 0] })
})

it('BORGBOI_HOME holds the home', async () => {
  expect((await findHome({ BORGBOI_HOME: '/srv/b' }, '/work', machine(1000))).directory).toBe('/srv/b/.borgboi')
  expect((await findHome({ BORGBOI_HOME: 'b' }, '/work', machine(1000))).directory).toBe('/work/b/.borgboi')
})

it('under sudo the home is that of the one who called it, whose files are trusted', async () => {
  const place = await findHome({ SUDO_USER: 'ann' }, '/work', machine(0))

  expect(place).toEqual({ directory: '/home/ann/.borgboi', trustedUids: [0, 1001] })
})

it('SUDO_USER of an unknown user, of root, or without root means nothing', async () => {
  expect((await findHome({ SUDO_USER: 'nobody-here' }, '/work', machine(0))).directory).toBe('/root/.borgboi')
  expect((await findHome({ SUDO_USER: 'root' }, '/work', machine(0))).directory).toBe('/root/.borgboi')
  expect((await findHome({ SUDO_USER: 'ann' }, '/work', machine(1000))).directory).toBe('/home/me/.borgboi')
})
