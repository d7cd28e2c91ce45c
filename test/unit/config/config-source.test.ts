import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { FileConfigSource } from '../../../src/config/config-source.ts'
import type { Written } from '../../../src/config/key.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SENTINEL = 'sentinel-7f3a-passphrase'

interface Given {
  readonly yaml?: string
  readonly env?: Record<string, string>
  readonly flags?: Record<string, readonly [string, Written]>
  readonly file?: string
}

async function open({ yaml, env = {}, flags = {}, file }: Given) {
  const home = await tempDir()
  const source = new FileConfigSource({ home, cwd: home, env, flags, ...(file === undefined ? {} : { file }) })
  if (yaml !== undefined) await writeFile(source.path, yaml)
  return { home, source }
}

async function failure(given: Given) {
  const { source } = await open(given)
  return await source.load().then(
    () => expect.unreachable('it loaded'),
    (error) => error,
  )
}

describe('without a file', () => {
  it('every key has its default', async () => {
    const { source } = await open({})

    const config = await source.load()

    expect(config).toMatchObject({
      offline: false,
      borg: {
        executable_path: 'borg',
        compression: 'zstd,6',
        checkpoint_interval: 900,
        storage_quota: 0,
        additional_free_space: 2e9,
        max_segment_size: 104_857_600,
        lock_wait: 5000,
        compact_after: 7 * 86_400_000,
        compact_reclaimable: 0,
        one_file_system: false,
        exclude_caches: true,
        retention: { daily: 7, weekly: 4, monthly: 6, yearly: 2 },
      },
    })
    expect(config.aws.s3_bucket).toBeUndefined()
  })

  it('a file that was asked for and is missing is an error', async () => {
    const error = await failure({ file: 'other.yaml' })

    expect(error).toMatchObject({ code: 'config-invalid', reason: 'there is no such file' })
  })

  it('BORGBOI_CONFIG names the file', async () => {
    const { home, source } = await open({ yaml: 'offline: true', env: { BORGBOI_CONFIG: 'mine.yaml' } })

    expect(source.path).toBe(join(home, 'mine.yaml'))
    expect((await source.load()).offline).toBe(true)
  })
})

describe('layers', () => {
  const yaml = 'borg:\n  lock_wait: 10s\n  compression: lz4\n  storage_quota: 20G\n'
  const env = {
    BORGBOI_BORG__LOCK_WAIT: '20',
    BORGBOI_BORG__COMPRESSION: 'zlib,3',
    BORGBOI_HOME: '/x',
    BORGBOI_DEBUG: '',
  }
  const flags = { 'borg.lock_wait': ['--lock-wait', '1min'] } as const

  it('a flag wins over the environment, which wins over the file', async () => {
    const { source } = await open({ yaml, env, flags })

    const { borg } = await source.load()

    expect(borg).toMatchObject({ lock_wait: 60_000, compression: 'zlib,3', storage_quota: 20e9 })
  })

  it('every value keeps its origin', async () => {
    const { source } = await open({ yaml, env, flags })

    const entries = await source.entries()

    const find = (wanted: string) => entries.find(({ key }) => key === wanted)
    expect(find('borg.lock_wait')).toMatchObject({ value: '1min', origin: { kind: 'flag', flag: '--lock-wait' } })
    expect(find('borg.compression')?.origin).toEqual({ kind: 'env', variable: 'BORGBOI_BORG__COMPRESSION' })
    expect(find('borg.storage_quota')).toMatchObject({ value: '20G', origin: { kind: 'file', path: source.path } })
    expect(find('offline')).toEqual({ key: 'offline', value: false, origin: { kind: 'default' } })
  })

  it('a retention rule in the file leaves the other rules at their defaults', async () => {
    const { source } = await open({ yaml: 'borg: {retention: {keep_daily: 30, keep_within: 24H}}' })

    const { borg } = await source.load()

    expect(borg.retention).toEqual({ within: '24H', daily: 30, weekly: 4, monthly: 6, yearly: 2 })
  })

  it('true, yes, 1 and false, no, 0 are understood in file and environment', async () => {
    const { source } = await open({ yaml: 'offline: "yes"', env: { BORGBOI_BORG__EXCLUDE_CACHES: '0' } })

    const { offline, borg } = await source.load()

    expect([offline, borg.exclude_caches]).toEqual([true, false])
  })

  it('null, an empty section and an empty file set nothing', async () => {
    for (const yaml of ['borg:\n  compression: ~\n  retention:\naws:\n', '', '# only a comment\n']) {
      const { source } = await open({ yaml })

      expect((await source.load()).borg.compression).toBe('zstd,6')
    }
  })
})

describe('what the file says wrongly', () => {
  it.each([
    [
      'an unknown key',
      'offline: true\nborg:\n  compresion: lz4\n',
      ':3: there is no key "borg.compresion"',
      'did you mean borg.compression?',
    ],
    ['a key of another section', 'compression: lz4\n', ':1: there is no key "compression"', 'the keys there are'],
    [
      'a dotted key',
      'borg.compression: lz4\n',
      ':1: there is no key "borg.compression" written with dots',
      'borg: and, indented below it, compression:',
    ],
    ['a wrong type', 'offline: maybe\n', ':1: offline: true or false is expected, not "maybe"', ':1'],
    [
      'a list for a value',
      'borg:\n  compression: [lz4]\n',
      ':2: borg.compression is a single value',
      'borg.compression: value',
    ],
    ['a value for a section', 'borg: lz4\n', ':1: borg is a section', 'borg.executable_path'],
    ['a list for the whole', '- borg\n', ':1: the file is not a set of keys', 'offline'],
    [
      'a bad compression',
      'borg:\n  compression: zstd,99\n',
      ':2: borg.compression: compression "zstd,99"',
      'zstd,1-22',
    ],
    ['a bad span', 'borg:\n  lock_wait: soon\n', ':2: borg.lock_wait: time span "soon"', '10min'],
    ['a quota that Borg refuses', 'borg:\n  storage_quota: 5M\n', ':2: borg.storage_quota: storage quota "5M"', '10M'],
    [
      'a bad retention count',
      'borg:\n  retention:\n    keep_daily: 1.5\n',
      ':3: borg.retention.keep_daily: a whole number',
      ':3',
    ],
    [
      'a bad retention interval',
      'borg:\n  retention:\n    keep_within: 3 days\n',
      ':3: borg.retention.keep_within',
      '24H',
    ],
    ['a key given twice', 'offline: true\noffline: false\n', ':2:1: this key stands here twice', 'line 2'],
    ['a tab as indent', 'borg:\n\tcompression: lz4\n', ':2:1: a tab is used to indent', 'line 2'],
    ['an open quote', 'offline: "true\n', ':2:1: a quote, bracket, comma or colon is missing', 'line 2'],
    ['two documents', 'offline: true\n---\noffline: false\n', ':2:1: there is more than one document', 'line 2'],
  ])('%s is named with its line', async (_, yaml, reason, hint) => {
    const error = await failure({ yaml })

    expect(error.code).toBe('config-invalid')
    expect(error.reason).toContain(`config.yaml${reason}`)
    expect(error.hint).toContain(hint)
  })

  it('a policy that would keep nothing is refused', async () => {
    const yaml = 'borg: {retention: {keep_daily: 0, keep_weekly: 0, keep_monthly: 0, keep_yearly: 0}}'

    expect((await failure({ yaml })).reason).toContain(':1: borg.retention: it would keep no archive at all')
  })

  it('several problems are counted', async () => {
    expect((await failure({ yaml: 'a: 1\nb: 2\nc: 3\n' })).reason).toContain('(and 2 more: borgboi config validate)')
  })

  it('a value that a stronger layer hides is still told', async () => {
    const error = await failure({ yaml: 'offline: 7', env: { BORGBOI_OFFLINE: 'true' } })

    expect(error.reason).toContain('config.yaml:1: offline')
  })

  it('a directory in its place is an error', async () => {
    const { source } = await open({})
    await mkdir(source.path)

    await expect(source.load()).rejects.toMatchObject({ code: 'config-invalid', reason: 'it is not a file' })
  })

  it('an alias is followed, also one that leads to itself', async () => {
    const { source } = await open({ yaml: 'borg: &b\n  compression: &c lz4\n  executable_path: *c\n' })
    const looped = await failure({ yaml: 'borg: &b\n  retention: *b\n' })

    expect((await source.load()).borg.executable_path).toBe('lz4')
    expect(looped.reason).toContain('there is no key "borg.retention.retention"')
  })
})

describe('what the environment says wrongly', () => {
  it('an unknown variable is named with the nearest one', async () => {
    const error = await failure({ env: { BORGBOI_BORG__COMPRESION: 'lz4' } })

    expect(error).toMatchObject({
      code: 'config-invalid',
      reason: 'BORGBOI_BORG__COMPRESION: there is no key for this environment variable',
      hint: 'did you mean BORGBOI_BORG__COMPRESSION?',
    })
  })

  it('a bad value is named with its variable', async () => {
    const error = await failure({ env: { BORGBOI_BORG__RETENTION__KEEP_DAILY: 'many' } })

    expect(error.reason).toContain('BORGBOI_BORG__RETENTION__KEEP_DAILY: borg.retention.keep_daily: a whole number')
  })
})

describe('passphrases in the configuration', () => {
  const yaml = `borg:\n  borg_passphrase: ${SENTINEL}\n`

  it('are held as secrets and shown as [secret]', async () => {
    const { source } = await open({ yaml, env: { BORGBOI_BORG__BORG_NEW_PASSPHRASE: SENTINEL } })

    const { borg } = await source.load()
    const shown = JSON.stringify([await source.entries(), borg]) + inspect([await source.entries(), borg], { depth: 9 })

    expect(borg.borg_passphrase?.reveal()).toBe(SENTINEL)
    expect(borg.borg_new_passphrase?.reveal()).toBe(SENTINEL)
    expect(shown).toContain('[secret]')
    expect(shown).not.toContain(SENTINEL)
  })

  it.each([
    ['as a number', 'borg:\n  borg_passphrase: 73731234\n', '73731234'],
    ['as a tag', `borg:\n  borg_passphrase: !${SENTINEL}\n`, SENTINEL],
    ['as an alias', `borg:\n  borg_passphrase: *${SENTINEL}\n`, SENTINEL],
    ['as a list', `borg:\n  borg_passphrase: [${SENTINEL}]\n`, SENTINEL],
    ['in an open quote', `borg:\n  borg_passphrase: "${SENTINEL}\n`, SENTINEL],
    ['after another colon', `borg:\n  borg_passphrase: a: ${SENTINEL}\n`, SENTINEL],
  ])('do not appear in the error when they are written %s', async (_, broken, secret) => {
    const error = await failure({ yaml: broken })

    expect(error.code).toBe('config-invalid')
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error) + error.reason + error.hint).not.toContain(secret)
  })
})

describe('template', () => {
  it('loads without an error and sets nothing', async () => {
    const { source } = await open({})
    await writeFile(source.path, await source.template())

    const entries = await source.entries()

    expect(entries.every(({ origin }) => origin.kind === 'default')).toBe(true)
  })

  it('sets every key to its default when every key is uncommented', async () => {
    const plain = await (await open({})).source.load()
    const { source } = await open({})
    await writeFile(source.path, (await source.template()).replaceAll(/^( *)#(?=\w)/gm, '$1'))

    expect(await source.load()).toEqual(plain)
  })

  it('is written privately, and over another file only when asked', async () => {
    const { source } = await open({ yaml: 'offline: true' })

    await expect(source.writeTemplate({ overwrite: false })).rejects.toMatchObject({ code: 'config-exists' })
    await source.writeTemplate({ overwrite: true })

    expect(await readFile(source.path, 'utf8')).toBe(await source.template())
    expect((await stat(source.path)).mode & 0o777).toBe(0o600)
  })

  it('does not replace a link that leads nowhere', async () => {
    const { source } = await open({})
    await symlink('/nonexistent', source.path)

    await expect(source.writeTemplate({ overwrite: false })).rejects.toMatchObject({ code: 'config-exists' })
  })
})

describe('audit', () => {
  it('tells every problem, and that the home is open', async () => {
    const { home, source } = await open({ yaml: 'a: 1\noffline: 7\n' })
    await chmod(home, 0o755)

    const findings = await source.audit()

    expect(findings.map(({ level, subject }) => [level, subject])).toEqual([
      ['error', `${source.path}:1`],
      ['error', `${source.path}:2`],
      ['warning', home],
    ])
  })

  it('names each key of BorgBoi 1.x that is set and has no effect', async () => {
    const { source } = await open({ yaml: 'ui:\n  theme: catppuccin\ntelemetry:\n  capture_tui: true\n' })

    const findings = await source.audit()

    const inert = findings.filter(({ message }) => message === 'has no effect in this version')
    expect(inert.map(({ subject }) => subject)).toEqual(['ui.theme', 'telemetry.capture_tui'])
  })

  it('warns of a file with a passphrase that others may read', async () => {
    const { source } = await open({ yaml: `borg: {borg_passphrase: ${SENTINEL}}` })
    await chmod(source.path, 0o644)
    const findings = await source.audit()
    await chmod(source.path, 0o600)
    const closed = await source.audit()

    expect(findings).toContainEqual(expect.objectContaining({ level: 'warning', subject: source.path }))
    expect(closed.every(({ level }) => level === 'ok')).toBe(true)
    expect(JSON.stringify(findings)).not.toContain(SENTINEL)
  })

  it('tells of a home that is a file', async () => {
    const home = join(await tempDir(), '.borgboi')
    await writeFile(home, '')
    const source = new FileConfigSource({ home, cwd: '/', env: {}, flags: {} })

    const findings = await source.audit()

    expect(findings).toContainEqual(expect.objectContaining({ level: 'error', subject: home }))
  })
})

it('the configuration that BorgBoi 1.x wrote by default loads', async () => {
  const yaml = `aws:
  dynamodb_repos_table: bb-repos
  dynamodb_archives_table: bb-archives
  s3_bucket: bb-backups
  region: us-west-1
borg:
  executable_path: borg
  default_repo_path: /home/me/.borgboi/repositories
  compression: zstd,6
  checkpoint_interval: 900
  storage_quota: 100G
  additional_free_space: 2G
  retention: {keep_daily: 7, keep_weekly: 4, keep_monthly: 6, keep_yearly: 0}
ui: {theme: catppuccin, show_progress: true, color_output: true, table_style: rounded}
logging: {enabled: false, level: info, max_bytes: 1048576, backup_count: 5}
telemetry: {enabled: false, service_name: borgboi, trace_endpoint: null, export_logs: false, capture_tui: true}
offline: false
debug: false
`
  const { source } = await open({ yaml })

  const { borg, aws } = await source.load()

  expect(borg).toMatchObject({ checkpoint_interval: 900, storage_quota: 100e9, retention: { daily: 7, yearly: 0 } })
  expect(aws.s3_bucket).toBe('bb-backups')
})
