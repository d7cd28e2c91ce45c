// Opening vaults by address, and what is kept of trying them.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OpenVaults } from '../../../src/vault/open-vaults.ts'
import { FakeClock, waiting } from '../../fakes/fake-clock.ts'
import { contentOf } from '../../support/contents.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function stage() {
  const home = await tempDir()
  const root = join(home, 'nas')
  await mkdir(root)
  const vaults = new OpenVaults({
    directory: join(home, 'data'),
    clock: waiting(new FakeClock()),
    host: { hostname: 'anna', newId: () => '01JDEXAMPLE' },
    env: {},
    stop: new AbortController().signal,
  })
  return { home, root, vaults, settings: { url: `file://${root}` } }
}

test('a directory that was tried is a vault, and the result is kept for exactly these settings', async () => {
  const { home, root, vaults, settings } = await stage()

  const probe = await vaults.probe(settings, { mayMark: true })

  expect(probe).toMatchObject({ settings, conditionalWrites: true, weaknesses: [] })
  expect(await vaults.lastProbe(settings)).toEqual(probe)
  expect(await vaults.lastProbe({ url: `${settings.url}/` })).toEqual(probe)
  expect(await vaults.lastProbe({ ...settings, region: 'x' })).toBeUndefined()
  expect(await vaults.lastProbe({ url: `file://${home}` })).toBeUndefined()
  expect(await readdir(root)).toEqual(['.partial', 'borgboi-vault.json'])
  expect(await readdir(join(home, 'data', 'vaults'))).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.json$/)])
})

test('an opened vault stores and gives', async () => {
  const { vaults, settings } = await stage()
  await vaults.probe(settings, { mayMark: true })

  const vault = await vaults.open(settings)

  expect(vault.url).toBe(settings.url)
  expect(await vault.put('a/b', contentOf('hello'), 'absent')).toMatchObject({ stored: true })
})

test('a vault of S3 is opened without asking the network', async () => {
  const { vaults } = await stage()

  const vault = await vaults.open({ url: 's3://acme-backups/borg/', endpoint: 'http://127.0.0.1:1' })

  expect(vault.url).toBe('s3://acme-backups/borg')
  await vault.close()
})

test('a vault of S3 is opened as it was to be read only; a directory has no past', async () => {
  const { vaults, settings } = await stage()
  const time = new Date('2026-11-01T12:00:00Z')

  const past = await vaults.open({ url: 's3://acme-backups/borg', endpoint: 'http://127.0.0.1:1' }, time)

  await expect(past.delete(['a'])).rejects.toMatchObject({
    code: 'usage-invalid',
    message: 'cannot change s3://acme-backups/borg as it was at 2026-11-01T12:00:00.000Z',
  })
  await past.close()
  await expect(vaults.open(settings, time)).rejects.toMatchObject({
    code: 'value-invalid',
    reason: 'a directory keeps no older versions of its files',
  })
})

test('an address that cannot be one is refused', async () => {
  const { vaults } = await stage()

  await expect(vaults.open({ url: 'ftp://nas/borg' })).rejects.toMatchObject({ code: 'value-invalid' })
})

test('a directory that is not there is not made', async () => {
  const { home, root, vaults, settings } = await stage()
  await rm(root, { recursive: true })

  await expect(vaults.probe(settings, { mayMark: true })).rejects.toMatchObject({ code: 'vault-missing' })
  expect(await readdir(home)).toEqual([])
})

test('a vault that is an empty directory now is not mounted, until a person says otherwise', async () => {
  const { root, vaults, settings } = await stage()
  await vaults.probe(settings, { mayMark: true })
  await rm(root, { recursive: true })
  await mkdir(root)

  await expect(vaults.probe(settings, { mayMark: true })).rejects.toMatchObject({
    code: 'vault-missing',
    hint: expect.stringContaining('mount'),
  })
  expect(await readdir(root)).toEqual([])
  await writeFile(join(root, 'borgboi-vault.json'), '')
  expect(await vaults.probe(settings, { mayMark: true })).toMatchObject({ weaknesses: [] })
})

test('a directory that nobody said is to be a vault stays as it is; one that is a vault is tried', async () => {
  const { home, root, vaults, settings } = await stage()

  await expect(vaults.probe(settings, { mayMark: false })).rejects.toMatchObject({
    code: 'vault-missing',
    hint: expect.stringContaining(`borgboi vault probe ${root}`),
  })
  expect(await readdir(root)).toEqual([])
  expect(await readdir(home)).toEqual(['nas'])
  await vaults.probe(settings, { mayMark: true })
  await rm(join(home, 'data'), { recursive: true })
  expect(await vaults.probe(settings, { mayMark: false })).toMatchObject({ weaknesses: [] })
})

test('trying again keeps the marker, and the newer result', async () => {
  const { root, vaults, settings } = await stage()
  await vaults.probe(settings, { mayMark: true })
  const marker = await readFile(join(root, 'borgboi-vault.json'), 'utf8')

  await vaults.probe(settings, { mayMark: true })

  expect(await readFile(join(root, 'borgboi-vault.json'), 'utf8')).toBe(marker)
  expect(JSON.parse(marker)).toMatchObject({ format: 1, createdAt: '2026-11-20T02:30:04.000Z' })
})

test.each(['', 'garbage', '{"format":2,"at":"x","weaknesses":[]}', '{"format":1}', 'null'])(
  'a kept result that says %s is none',
  async (text) => {
    const { home, vaults, settings } = await stage()
    await vaults.probe(settings, { mayMark: true })
    const [name = ''] = await readdir(join(home, 'data', 'vaults'))
    await writeFile(join(home, 'data', 'vaults', name), text)

    expect(await vaults.lastProbe(settings)).toBeUndefined()
  },
)
