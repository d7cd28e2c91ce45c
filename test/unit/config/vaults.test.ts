import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileConfigSource } from '../../../src/config/config-source.ts'
import { parseVaultName } from '../../../src/model/names.ts'
import { tempDir } from '../../support/temp-dir.ts'

const nas = parseVaultName('nas')

async function open(yaml: string | undefined, env: Record<string, string> = {}) {
  const home = await tempDir()
  const source = new FileConfigSource({ home, cwd: home, env, flags: {} })
  if (yaml !== undefined) await writeFile(source.path, yaml)
  return source
}

async function failure(yaml: string, env: Record<string, string> = {}) {
  const source = await open(yaml, env)
  return await source.load().then(
    () => expect.unreachable('it loaded'),
    (error) => error,
  )
}

describe('a vault in the configuration', () => {
  it('needs an address only; the rest has defaults', async () => {
    const { vaults } = await (await open('vaults:\n  nas:\n    url: file:///mnt/nas/\n')).load()

    expect(vaults).toEqual({
      nas: {
        url: 'file:///mnt/nas',
        single_writer: false,
        upload_index_max: 100e6,
        retention: { within: '30d', last: 1 },
        grace: 3 * 86_400_000,
      },
    })
  })

  it('has values of every kind', async () => {
    const yaml =
      'vaults:\n  s3main: {url: "s3://acme/borg", endpoint: "http://127.0.0.1:7480", region: eu, profile: backup, ' +
      'virtual_style: true, single_writer: yes, upload_index_max: 0, keep_within: 60d, keep_monthly: 12, grace: 72h, ' +
      'price_per_gb_month: 0.01}\n'

    const { vaults } = await (await open(yaml)).load()

    expect(vaults['s3main']).toEqual({
      url: 's3://acme/borg',
      endpoint: 'http://127.0.0.1:7480',
      region: 'eu',
      profile: 'backup',
      virtual_style: true,
      single_writer: true,
      upload_index_max: 0,
      retention: { within: '60d', monthly: 12 },
      grace: 72 * 3_600_000,
      price_per_gb_month: 0.01,
    })
  })

  it('can be changed by variables, and made by one that has its address', async () => {
    const source = await open('vaults:\n  my-nas:\n    url: file:///a\n', {
      BORGBOI_VAULTS__MY_NAS__URL: 'file:///b',
      BORGBOI_VAULTS__S3MAIN__URL: 's3://acme/borg',
      BORGBOI_VAULTS__S3MAIN__KEEP_WITHIN: '7d',
    })

    const { vaults } = await source.load()
    const entries = await source.entries()

    expect(Object.keys(vaults)).toEqual(['my-nas', 's3main'])
    expect(vaults['my-nas']?.url).toBe('file:///b')
    expect(vaults['s3main']?.retention).toEqual({ within: '7d', last: 1 })
    expect(entries.find(({ key }) => key === 'vaults.s3main.url')).toEqual({
      key: 'vaults.s3main.url',
      value: 's3://acme/borg',
      origin: { kind: 'env', variable: 'BORGBOI_VAULTS__S3MAIN__URL' },
    })
  })

  it.each([
    ['no address', 'vaults: {nas: {region: eu}}', ':1: vaults.nas has no url', 'url: s3://'],
    ['an address of another kind', 'vaults: {nas: {url: "ftp://x/y"}}', ':1: vaults.nas.url: vault address', 's3://'],
    [
      'a mistyped key',
      'vaults:\n  nas:\n    ulr: file:///a',
      'no key "vaults.nas.ulr"',
      'did you mean vaults.nas.url?',
    ],
    ['a value for a vault', 'vaults: {nas: "file:///a"}', 'vaults.nas is a section', 'vaults.nas.url'],
    ['a mistyped section', 'vualts: {nas: {url: "file:///a"}}', 'no key "vualts"', 'did you mean vaults?'],
    ['a name no vault can have', 'vaults: {"a b": {url: "file:///a"}}', 'vault name "a b"', 'a-b'],
    ['a price that is none', 'vaults: {nas: {url: "file:///a", price_per_gb_month: -1}}', 'an amount such as', ':1'],
    [
      'rules that keep nothing',
      'vaults:\n  nas:\n    url: file:///a\n    keep_within: ~\n    keep_last: many',
      'keep_last: a whole',
      ':5',
    ],
  ])('with %s is told with its line', async (_, yaml, reason, hint) => {
    const error = await failure(yaml)

    expect(error.code).toBe('config-invalid')
    expect(error.reason).toContain(reason)
    expect(error.hint).toContain(hint)
  })

  it('never shows credentials that stand in an address', async () => {
    const error = await failure('vaults: {s3: {url: "s3://KEYID:sentinel-secret@bucket/x"}}')

    expect(error.reason).toContain('it holds credentials')
    expect(JSON.stringify([error.message, error.reason, error.hint])).not.toContain('sentinel-secret')
  })

  it('is suggested for a mistyped variable', async () => {
    const error = await failure('vaults: {nas: {url: "file:///a"}}', { BORGBOI_VAULTS__NAS__REGOIN: 'eu' })

    expect(error.hint).toBe('did you mean BORGBOI_VAULTS__NAS__REGION?')
  })
})

describe('adding and removing a vault', () => {
  const yaml = '# mine\noffline: true # for now\n\nvaults:\n  # the old one\n  old:\n    url: file:///old\n'

  it('leaves everything else in the file as it was', async () => {
    const source = await open(yaml)

    await source.setVault(nas, { url: 's3://acme/borg', virtualStyle: false, singleWriter: true })
    const added = await readFile(source.path, 'utf8')
    const loaded = await source.load()
    await source.removeVault(nas)

    expect(added).toBe(`${yaml}  nas:\n    url: s3://acme/borg\n    virtual_style: false\n    single_writer: true\n`)
    expect(loaded.vaults['nas']).toMatchObject({ url: 's3://acme/borg', single_writer: true })
    expect(await readFile(source.path, 'utf8')).toBe(yaml)
    expect((await source.load()).vaults['nas']).toBeUndefined()
  })

  it('makes the file where there is none, and goes together with the template', async () => {
    const empty = await open(undefined)
    const template = await open(await empty.template())

    for (const source of [empty, template]) await source.setVault(nas, { url: 'file:///mnt/nas' })
    const added = await readFile(template.path, 'utf8')
    await template.removeVault(nas)

    expect(await readFile(empty.path, 'utf8')).toBe('vaults:\n  nas:\n    url: file:///mnt/nas\n')
    expect(added).toBe(`${await empty.template()}  nas:\n    url: file:///mnt/nas\n`)
    expect(await readFile(template.path, 'utf8')).toBe(await empty.template())
  })

  it('keeps a link to the file, and a file that cannot be read', async () => {
    const [linked, broken] = [await open(undefined), await open('offline: [')]
    const real = join(await tempDir(), 'real.yaml')
    await writeFile(real, 'offline: true\n')
    await symlink(real, linked.path)

    await linked.setVault(nas, { url: 'file:///a' })

    expect(await readFile(real, 'utf8')).toContain('file:///a')
    await expect(broken.setVault(nas, { url: 'file:///a' })).rejects.toMatchObject({ code: 'config-invalid' })
    expect(await readFile(broken.path, 'utf8')).toBe('offline: [')
  })

  it('says so where the file has no such vault', async () => {
    const source = await open(yaml, { BORGBOI_VAULTS__NAS__URL: 'file:///a' })

    await expect(source.removeVault(nas)).rejects.toMatchObject({ code: 'vault-unknown' })
  })
})
