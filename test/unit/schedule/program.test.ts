// What a scheduler starts, and in which environment: paths that last, and no secret.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { leftBehind, scheduledEnvironment } from '../../../src/schedule/environment.ts'
import { findPassing, findStableProgram } from '../../../src/schedule/stable-program.ts'
import { shellScript } from '../../support/programs.ts'
import { scriptedMachine } from '../../support/scripted-schedulers.ts'
import { tempDir } from '../../support/temp-dir.ts'

describe('the program', () => {
  /** Node and borgboi as a package manager installs them. */
  async function installed() {
    const root = await tempDir()
    const [modules, cellar] = [join(root, 'lib/node_modules/borgboi/dist'), join(root, 'Cellar/node/24.1.0/bin')]
    for (const directory of [modules, cellar, join(root, 'bin')]) await mkdir(directory, { recursive: true })
    await shellScript(join(modules, 'bin.js'), '')
    await shellScript(join(cellar, 'node'), '')
    return { root, script: join(modules, 'bin.js'), interpreter: join(cellar, 'node') }
  }

  it('is called as it was, where the PATH leads elsewhere', async () => {
    const { root, script, interpreter } = await installed()
    for (const name of ['borgboi', 'node']) await shellScript(join(root, 'bin', name), '')

    const program = await findStableProgram({ interpreter, script }, { PATH: join(root, 'bin') })

    expect(program).toEqual([interpreter, script])
  })

  it('that is not borgboi is refused', async () => {
    const { root, interpreter } = await installed()
    const script = join(root, 'my-program.js')
    await writeFile(script, '')

    await expect(findStableProgram({ interpreter, script }, {})).rejects.toMatchObject({ code: 'scheduler-missing' })
  })

  it.each([
    ['/usr/local/bin/borgboi', undefined],
    ['/opt/homebrew/bin/node', undefined],
    ['/home/anna/.nvm/versions/node/v24.1.0/bin/node', 'named'],
    ['/opt/homebrew/Cellar/node/24.1.0/bin/node', 'named'],
    ['/run/user/1000/fnm_multishells/1_2/bin/node', 'named'],
    ['/home/anna/.npm/_npx/ab12/node_modules/.bin/borgboi', 'named'],
    ['/home/anna/pnpm/global/5/.pnpm/borgboi@2.0.0/node_modules/borgboi/dist/bin.js', 'named'],
  ])('%s: whether it may go is %s', (path, named) => {
    expect(findPassing(['/usr/bin/env', path])).toBe(named && path)
  })

  it('and what will be missing are said when a schedule is installed', async () => {
    const env = { AWS_SECRET_ACCESS_KEY: 'hush', BORG_RSH: 'sshpass -p hush ssh', BORGBOI_OFFLINE: 'true' }
    const machine = await scriptedMachine(await tempDir(), ['systemd'], { env })
    const at = { weekdays: [1], months: [1], days: [1], hours: [1], minutes: [1] }
    const conditions = { network: false, volume: false, mains: false, waitMs: 0 }

    const { files, problems } = await machine.scheduler.install({ at, jitterMs: 0, conditions }, { dryRun: true })

    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^it starts .*bin\.js, which a restart or an upgrade may take away$/),
      'scheduled runs will not have AWS_SECRET_ACCESS_KEY, BORGBOI_OFFLINE, BORG_RSH, which are set here',
    ])
    expect(files.map(({ text }) => text).join()).not.toContain('hush')
  })
})

describe('the environment', () => {
  const settings = { interpreter: '/opt/node/bin/node', configFile: undefined, home: '/home/anna', asRoot: false }

  it('has Borg on its PATH, the places of borgboi, Borg and AWS, and nothing else', async () => {
    const bin = await tempDir()
    await shellScript(join(bin, 'borg'), '')
    const env = {
      PATH: `${bin}:/home/anna/bin`,
      BORGBOI_HOME: '/srv',
      BORG_BASE_DIR: '',
      AWS_PROFILE: 'backup',
      AWS_SESSION_TOKEN: 'hush',
      BORG_PASSPHRASE: 'hush',
      HTTPS_PROXY: 'http://me:hush@proxy',
      SUDO_USER: 'anna',
    }

    expect(await scheduledEnvironment({ ...settings, borg: 'borg' }, env)).toEqual({
      AWS_PROFILE: 'backup',
      BORGBOI_HOME: '/srv',
      HOME: '/home/anna',
      PATH: `/opt/node/bin:${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    })
    expect(leftBehind(env)).toEqual(['AWS_SESSION_TOKEN'])
  })

  it('of root says who called sudo, and names another configuration file', async () => {
    const root = { ...settings, borg: '/no/borg', configFile: '/etc/borgboi.yaml', asRoot: true }

    expect(await scheduledEnvironment(root, { SUDO_USER: 'anna', HOME: '/root' })).toMatchObject({
      SUDO_USER: 'anna',
      HOME: '/root',
      BORGBOI_CONFIG: '/etc/borgboi.yaml',
    })
  })
})
