import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { BorgVersion } from '../../../../src/borg/client.ts'
import { FileConfigSource } from '../../../../src/config/config-source.ts'
import { AppError } from '../../../../src/errors.ts'
import { FilePassphraseKeeper } from '../../../../src/passphrase/keeper.ts'
import { generateConfig } from '../../../../src/workflows/config/generate-config.ts'
import { showConfig } from '../../../../src/workflows/config/show-config.ts'
import { validateConfig } from '../../../../src/workflows/config/validate-config.ts'
import { MemoryRepoStore } from '../../../fakes/memory-repo-store.ts'
import { sampleRecord } from '../../../support/store-samples.ts'
import { tempDir } from '../../../support/temp-dir.ts'

async function setUp(
  yaml?: string,
  version: () => BorgVersion = () => ({ text: '1.4.0', major: 1, minor: 4, patch: 0 }),
) {
  const home = await tempDir()
  const config = new FileConfigSource({ home, cwd: home, env: {}, flags: {} })
  if (yaml !== undefined) await writeFile(config.path, yaml, { mode: 0o600 })
  const passphrases = new FilePassphraseKeeper({
    directory: `${home}/passphrases`,
    env: {},
    trustedUids: [process.geteuid?.() ?? 0],
    events: () => {},
    configured: async () => ({}),
  })
  const repos = new MemoryRepoStore()
  await repos.add(sampleRecord('docs'))
  return { config, passphrases, repos, borg: { version: async () => version() } }
}

it('a home without a file is valid, and what holds is said', async () => {
  const findings = await validateConfig(await setUp())

  expect(findings.every(({ level }) => level === 'ok')).toBe(true)
  expect(findings.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['version 1.4.0', 'zstd,6', 'daily=7,weekly=4,monthly=6,yearly=2']),
  )
})

it('a Borg that is missing is an error with its hint', async () => {
  const deps = await setUp(undefined, () => {
    throw new AppError('borg-missing', 'cannot find Borg', { reason: 'it is nowhere', hint: 'install it' })
  })

  expect(await validateConfig(deps)).toContainEqual({
    level: 'error',
    subject: 'Borg',
    message: 'cannot find Borg: it is nowhere',
    hint: 'install it',
  })
})

it('a broken file is an error, and Borg is not asked', async () => {
  const deps = await setUp('borg: {compresion: lz4}', () => expect.unreachable('Borg was asked'))

  const findings = await validateConfig(deps)

  expect(findings.filter(({ level }) => level === 'error')).toMatchObject([{ hint: 'did you mean borg.compression?' }])
})

it.each([
  ['a bucket without a region', 'aws: {s3_bucket: b}', ['aws.region']],
  ['a bucket with a region', 'aws: {s3_bucket: b, region: eu-west-1}', []],
  ['no bucket', 'aws: {profile: p}', []],
  ['a bucket, offline', 'offline: true\naws: {s3_bucket: b}', []],
])('of aws, %s is judged', async (_, yaml, missing) => {
  const findings = await validateConfig(await setUp(yaml))

  expect(findings.filter(({ level }) => level === 'error').map(({ subject }) => subject)).toEqual(missing)
})

it('vaults are told with what they keep, and those that offline leaves out are warned of', async () => {
  const yaml =
    'offline: true\nvaults:\n  nas: {url: "file:///mnt/nas"}\n  s3: {url: "s3://acme/borg", keep_within: 60d}\n'

  const findings = await validateConfig(await setUp(yaml))

  expect(findings).toContainEqual({
    level: 'ok',
    subject: 'vaults.nas',
    message: 'file:///mnt/nas, keeps within=30d,last=1',
  })
  expect(findings.find(({ subject }) => subject === 'vaults.s3')).toMatchObject({
    level: 'warning',
    message: expect.stringContaining('offline'),
  })
})

it('repos that are named and not there are warned of', async () => {
  const yaml =
    'repos: {dosc: {hooks: {before: x}}, docs: {schedule: {verify: false}}}\n' +
    'notify: {phone: {type: desktop, repos: "docs, potos"}}\n'

  const warnings = (await validateConfig(await setUp(yaml))).filter(({ level }) => level === 'warning')

  expect(warnings).toEqual([
    {
      level: 'warning',
      subject: 'repos.dosc',
      message: 'there is no repo named dosc here',
      hint: 'recorded are docs',
    },
    {
      level: 'warning',
      subject: 'notify.phone.repos',
      message: 'there is no repo named potos here',
      hint: 'recorded are docs',
    },
  ])
})

it('show tells the file and every key', async () => {
  const { config } = await setUp('offline: true')

  const { path, entries } = await showConfig({ config })

  expect(path).toBe(config.path)
  expect(entries[0]).toEqual({ key: 'offline', value: true, origin: { kind: 'file', path } })
})

it('generate writes a file that loads, once, and with force again', async () => {
  const { config } = await setUp()

  const dry = await generateConfig({ config }, { force: false, dryRun: true })
  const first = await generateConfig({ config }, { force: false, dryRun: false })
  const second = generateConfig({ config }, { force: false, dryRun: false })

  expect([dry.written, first.written]).toEqual([false, true])
  expect(dry.text).toBe(first.text)
  await expect(second).rejects.toMatchObject({ code: 'config-exists' })
  await expect(generateConfig({ config }, { force: true, dryRun: false })).resolves.toMatchObject({ written: true })
  await expect(config.load()).resolves.toBeDefined()
})
