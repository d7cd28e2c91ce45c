import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { borgPlaces, forgetStateAndPlace, withBaseDirectory } from '../../../src/borg/places.ts'
import { tempDir } from '../../support/temp-dir.ts'

describe('Borg’s own places', () => {
  const usual = { keys: '/h/.config/borg/keys', security: '/h/.config/borg/security', cache: '/h/.cache/borg' }

  it.each<[string, Record<string, string>, Partial<typeof usual>]>([
    ['nothing', {}, {}],
    ['BORG_BASE_DIR', { BORG_BASE_DIR: '/h', HOME: '/x', XDG_CONFIG_HOME: '/c', XDG_CACHE_HOME: '/c' }, {}],
    ['an empty BORG_BASE_DIR', { BORG_BASE_DIR: '' }, {}],
    ['XDG_CACHE_HOME', { XDG_CACHE_HOME: '/c' }, { cache: '/c/borg' }],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/c' }, { keys: '/c/borg/keys', security: '/c/borg/security' }],
    ['BORG_CONFIG_DIR', { BORG_CONFIG_DIR: '/c', XDG_CONFIG_HOME: '/x' }, { keys: '/c/keys', security: '/c/security' }],
    ['BORG_SECURITY_DIR', { BORG_SECURITY_DIR: '/s', BORG_CONFIG_DIR: '/c' }, { keys: '/c/keys', security: '/s' }],
    ['BORG_KEYS_DIR', { BORG_KEYS_DIR: '/k' }, { keys: '/k' }],
    ['BORG_CACHE_DIR', { BORG_CACHE_DIR: '/c', BORG_BASE_DIR: '/h', HOME: '/x' }, { cache: '/c' }],
  ])('are where Borg has them with %s set', (_, env, changes) => {
    expect(borgPlaces({ HOME: '/h', ...env })).toEqual({ ...usual, ...changes })
  })

  it('are below another directory for one access, but for the keys', () => {
    const own = {
      HOME: '/h',
      BORG_CACHE_DIR: '/cache',
      BORG_SECURITY_DIR: '/security',
      BORG_BASE_DIR: '/base',
      BORG_KEY_FILE: '/one.key',
      XDG_CACHE_HOME: '/x',
      TZ: 'UTC',
    }

    const env = withBaseDirectory(own, '/scratch')

    expect(env).toEqual({
      HOME: '/h',
      TZ: 'UTC',
      BORG_KEY_FILE: '/one.key',
      BORG_BASE_DIR: '/scratch',
      BORG_KEYS_DIR: '/base/.config/borg/keys',
    })
    expect(borgPlaces(env)).toEqual({
      keys: '/base/.config/borg/keys',
      security: '/scratch/.config/borg/security',
      cache: '/scratch/.cache/borg',
    })
    expect(withBaseDirectory(own, undefined)).toBe(own)
  })
})

describe('forgetting the state and the place of a repository', () => {
  it('leaves the counter, the kind of key and every other repository', async () => {
    const home = await tempDir()
    const { security, cache } = borgPlaces({ HOME: home })
    for (const id of ['this', 'other']) {
      await mkdir(join(security, id), { recursive: true })
      for (const name of ['nonce', 'key-type', 'location', 'manifest-timestamp'])
        await writeFile(join(security, id, name), name)
      await mkdir(join(cache, id, 'chunks.archive.d'), { recursive: true })
      await writeFile(join(cache, id, 'config'), 'cached')
    }
    // What was cut off once is no obstacle, and goes too.
    await mkdir(join(cache, 'this.gone', 'chunks.archive.d'), { recursive: true })

    await forgetStateAndPlace({ HOME: home }, 'this')

    expect((await readdir(join(security, 'this'))).sort()).toEqual(['key-type', 'nonce'])
    expect(await readFile(join(security, 'this', 'nonce'), 'utf8')).toBe('nonce')
    expect(await readdir(join(security, 'other'))).toHaveLength(4)
    expect(await readdir(cache)).toEqual(['other'])
  })

  it('makes nothing where Borg knows nothing', async () => {
    const home = await tempDir()

    await forgetStateAndPlace({ HOME: home }, 'this')

    expect(await readdir(home)).toEqual([])
  })
})
