import { describe, expect, it } from 'vitest'
import { borgEnvironment } from '../../../src/borg/environment.ts'

describe('the environment of Borg', () => {
  it.each([
    'BORG_PASSPHRASE',
    'BORG_PASSCOMMAND',
    'BORG_NEW_PASSPHRASE',
    'BORG_PASSPHRASE_FD',
    'BORG_REPO',
    'BORG_CHECK_I_KNOW_WHAT_I_AM_DOING',
    'BORG_DELETE_I_KNOW_WHAT_I_AM_DOING',
    'BORG_LOGGING_CONF',
    'PYTHONPATH',
    'LD_PRELOAD',
    'BORGBOI_BORG__BORG_PASSPHRASE',
    'AWS_SECRET_ACCESS_KEY',
  ])('never has the person’s %s', (name) => {
    const environment = borgEnvironment({ [name]: 'sentinel', PATH: '/bin' }, 'host@1')

    expect(environment).not.toHaveProperty(name)
    expect(JSON.stringify(environment)).not.toContain('sentinel')
  })

  it.each([
    'PATH',
    'HOME',
    'TZ',
    'SSH_AUTH_SOCK',
    'XDG_CACHE_HOME',
    'BORG_BASE_DIR',
    'BORG_CACHE_DIR',
    'BORG_CONFIG_DIR',
    'BORG_SECURITY_DIR',
    'BORG_KEYS_DIR',
    'BORG_KEY_FILE',
    'BORG_REMOTE_PATH',
    'BORG_RSH',
    'BORG_HOST_ID',
  ])('has the person’s %s', (name) => {
    expect(borgEnvironment({ [name]: 'mine' }, 'host@1')).toHaveProperty(name, 'mine')
  })

  it('has what unattended runs need', () => {
    expect(borgEnvironment({}, 'host@1')).toEqual({
      BORG_HOST_ID: 'host@1',
      BORG_RSH: expect.stringContaining('BatchMode=yes'),
      BORG_EXIT_CODES: 'modern',
      BORG_RELOCATED_REPO_ACCESS_IS_OK: 'no',
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'no',
      BORG_DISPLAY_PASSPHRASE: 'no',
      BORG_SHOW_SYSINFO: 'no',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
    })
  })

  it('is UTF-8 and answers no, whatever the person has', () => {
    const own = {
      LANG: 'de_DE@euro',
      LC_ALL: 'C',
      LC_CTYPE: 'C',
      BORG_EXIT_CODES: 'legacy',
      BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
      BORG_DISPLAY_PASSPHRASE: 'yes',
    }

    expect(borgEnvironment(own, 'host@1')).toEqual(borgEnvironment({}, 'host@1'))
  })

  it('lets one command say yes', () => {
    const environment = borgEnvironment({}, 'host@1', { BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes' })

    expect(environment['BORG_RELOCATED_REPO_ACCESS_IS_OK']).toBe('yes')
  })
})
