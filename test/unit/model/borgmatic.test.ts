import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseBorgmatic } from '../../../src/model/borgmatic.ts'

const fixture = async (name: string) =>
  parse(await readFile(join(import.meta.dirname, '../../fixtures/borgmatic', name), 'utf8'))

describe('a configuration of borgmatic', () => {
  test('is read in its flat layout', async () => {
    const { passphrase, ...rest } = parseBorgmatic(await fixture('flat.yaml'))

    expect(rest).toEqual({
      repositories: [
        { path: '{disk}/local.borg', label: 'local' },
        { path: 'ssh://me@nas/./anna.borg', label: 'nas' },
      ],
      sources: ['/srv/data', '~/letters', '/var/log/app*', 'relative/place'],
      excludePatterns: ['*.pyc', '~/letters/drafts', 'xx:bad'],
      excludeFrom: [],
      patterns: [],
      excludeIfPresent: ['.nobackup'],
      excludeCaches: true,
      oneFileSystem: true,
      keep: { within: '3d', daily: 7, '13weekly': 2 },
      compression: 'auto,zstd',
      archiveNameFormat: '{hostname}-docs-{now}',
      others: ['checks', 'commands'],
    })
    expect(passphrase?.reveal()).toBe('SeNt1neL "quoted"')
  })

  test('is read in the layout with sections', async () => {
    expect(parseBorgmatic(await fixture('sections.yaml'))).toEqual({
      repositories: [{ path: '/mnt/backup/old.borg' }],
      sources: ['/srv/data'],
      excludePatterns: [],
      excludeFrom: [],
      patterns: ['R /srv/more', '- /srv/data/cache', '! fm:*.iso'],
      excludeIfPresent: ['.nobackup'],
      excludeCaches: false,
      oneFileSystem: false,
      keep: { weekly: 4 },
      compression: 'lz4',
      others: ['encryption_passcommand', 'prefix', 'checks', 'before_backup'],
    })
  })

  test.each([
    [null],
    ['text'],
    [['a']],
    [{ source_directories: [1] }],
    [{ repositories: [{ label: 'x' }] }],
    [{ keep_daily: [7] }],
    [{ compression: ['lz4'] }],
  ])('%j is none', (value) => {
    expect(() => parseBorgmatic(value)).toThrow(expect.objectContaining({ code: 'value-invalid' }))
  })
})
