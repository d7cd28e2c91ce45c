// docs/recovery.md, "After an attack on the bucket": the page's own commands, run with the built program on a real S3
// server after everything in the bucket was deleted or overwritten.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openS3Vault } from '../../src/vault/s3/open-s3-vault.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, type BuiltMachine, builtMachine } from '../support/built-machine.ts'
import { buildWhenStale } from '../support/built-program.ts'
import { nextSecond } from '../support/cli-stage.ts'
import { contentOf, keysOf, sha256Of } from '../support/contents.ts'
import { expectFailure } from '../support/failure.ts'
import { makeBucket, type S3Access, s3Context, s3Settings, setVersioning } from '../support/s3-access.ts'
import { s3Server } from '../support/s3-server.ts'
import { suiteDir } from '../support/temp-dir.ts'

const server = s3Server()
if (server === undefined) console.warn('\n!!! SKIPPED: no S3 server (BORGBOI_TEST_S3_ENV): its past is not tested\n')

beforeAll(buildWhenStale)

/** What a key without the right to delete versions can do. */
async function attack(access: S3Access, address: string): Promise<string> {
  const vault = await openS3Vault(s3Settings(access, address), s3Context(access))
  const keys = await keysOf(vault.list(''))
  const head = keys.find((key) => key.endsWith('/head.json')) ?? ''
  const blobs = keys.filter((key) => key.includes('/objects/'))
  expect(blobs.length).toBeGreaterThan(4)
  for (const key of blobs.slice(0, 3)) await vault.put(key, contentOf('encrypted, pay'), 'any')
  await nextSecond()
  const during = new Date().toISOString()
  await nextSecond()
  expect(await vault.delete(keys)).toEqual([])
  await vault.put(head, contentOf('garbage'), 'any')
  await vault.close()
  return during
}

async function everyKeyOf(access: S3Access, address: string): Promise<string[]> {
  const vault = await openS3Vault(s3Settings(access, address), s3Context(access))
  const keys = await keysOf(vault.list(''))
  await vault.close()
  return keys
}

async function machineOn(access: S3Access, name: string): Promise<BuiltMachine> {
  return await builtMachine(join(await suiteDir(), name), {
    AWS_ENDPOINT_URL: access.endpoint,
    AWS_REGION: access.region,
    AWS_ACCESS_KEY_ID: access.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
  })
}

/** The commands of the page's section, in their order. */
async function commandsOfPage(filled: Readonly<Record<string, string>>): Promise<string[]> {
  const page = await readFile(new URL('../../docs/recovery.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('## After an attack'), page.indexOf('## Without borgboi'))
  const lines = [...section.matchAll(/^ +(borgboi .+)$/gm)].map(([, line = '']) => line)
  return lines.map((line) =>
    line
      .split(' ')
      .map((word) => filled[word] ?? word)
      .join(' '),
  )
}

describe.skipIf(testBorgVersion === undefined || server === undefined)('a bucket that was attacked', () => {
  if (server === undefined) return
  let anna: BuiltMachine
  let address: string
  /** By then it had two generations. */
  let before: string
  /** By then the first blobs were garbage. */
  let during: string

  beforeAll(async () => {
    const bucket = await makeBucket(server)
    await setVersioning(server, bucket, 'Enabled')
    address = `s3://${bucket}/borg`
    anna = await machineOn(server, 'anna')
    await mkdir(join(anna.home, 'source'))
    // Versioned buckets of this server do not keep conditions while two writers race, so each push ends in a warning.
    await anna.do(`borgboi vault add bucket ${address} --single-writer`)
    await anna.do(
      'borgboi repo create -n docs -p repository --source source --passphrase-file kit.txt --retention last=9 --vault bucket',
    )
    for (const text of ['Dear Boris', 'Dear Boris, dear Anna']) {
      await writeFile(join(anna.home, 'source', 'letter'), text)
      await anna.run('borgboi backup daily')
      await nextSecond()
    }
    before = new Date().toISOString()
    await nextSecond()
    during = await attack(server, address)
  })

  test('gives everything back as it was before, and the repository goes on in a new vault', async () => {
    const bare = await machineOn(server, 'bare')
    const [files, restored] = [join(bare.home, 'files'), join(bare.home, 'repository')]
    await mkdir(files)
    const [list = '', verify = '', restore = '', check = '', extract = '', ...goOn] = await commandsOfPage({
      's3://acme-backups/borg': address,
      's3://acme-fresh/borg': `s3://${await makeBucket(server)}/borg`,
      '2026-11-01T12:00:00Z': before,
      '/srv/borg/docs': restored,
      '/home/anna': files,
      'passphrase.txt': 'kit.txt',
    })

    const generations = await bare.ask(list)
    await bare.do(verify)
    const copied = await bare.do(restore)
    const hashes = await hashesIn(restored)
    const checked = await bare.do(check)
    await bare.do(extract)
    const counter = await counterOf(restored)
    for (const command of goOn) await bare.do(command)
    await bare.do('borgboi backup check --verify-data')

    expect(generations).toMatchObject({ problems: [], generations: [{ seq: 2, state: 'head' }, { seq: 1 }] })
    expect(copied.stdout + copied.stderr).toContain('After an attack on the bucket')
    expect(hashes).toEqual(await hashesIn(join(anna.home, 'repository')))
    expect(checked.stdout).toContain('all data read and verified')
    expect(await readFile(join(files, anna.home.slice(1), 'source', 'letter'), 'utf8')).toBe('Dear Boris, dear Anna')
    expect((await counterOf(restored)) - counter).toBeGreaterThanOrEqual(2n ** 40n)
    expect(await archivesOf(bare)).toEqual([...(await archivesOf(anna)), expect.stringMatching(/^docs-/)])
    expect(await bare.ask('borgboi s3 generations')).toMatchObject({ problems: [], vault: 'fresh' })
  })

  test('has nothing to give as it is, or as it was before anything', async () => {
    const bare = await machineOn(server, 'late')

    const now = await bare.run(`borgboi s3 restore --from ${address} --to now`)
    const tooEarly = await bare.run(`borgboi s3 generations --from ${address} --vault-as-of 2020-01-01T00:00:00Z`)

    expectFailure(now, 'generation-unknown')
    expect(expectFailure(tooEarly, 'generation-unknown').reason).toBe('there was nothing at 2020-01-01T00:00:00.000Z')
  })

  test('is verified as it was, down to a restore, and nothing is written for it', async () => {
    const bare = await machineOn(server, 'doubtful')
    const verify = `borgboi s3 verify --from ${address} --vault-as-of ${before}`
    await bare.do(`${verify} --level 3`)
    await bare.do(`${verify} --level 4 --verify-data --passphrase-file kit.txt`)
    const drill = await bare.do(`borgboi s3 drill --from ${address} --vault-as-of ${before} --passphrase-file kit.txt`)
    const stats = await bare.ask(`borgboi s3 stats --from ${address} --vault-as-of ${before}`)

    const halfway = await bare.run(`borgboi s3 verify --from ${address} --vault-as-of ${during}`)

    expect(drill.stdout).toContain('nowhere: it was of the vault as it was')
    expect(stats).toMatchObject({ generations: 2, vaultAsOf: before, growth: [{ seq: 2 }, { seq: 1 }] })
    expect(expectFailure(halfway, 'vault-damaged').hint).toContain('an earlier time')
    expect(await everyKeyOf(server, address)).toEqual([expect.stringMatching(/\/head\.json$/)])
  })

  test('also gives an older generation, and is never taken over as it was', async () => {
    const bare = await machineOn(server, 'careful')
    const restore = `borgboi s3 restore --from ${address} --to back --vault-as-of ${before} --generation 1`

    const refused = await bare.run(`${restore} --writable`)
    const described = await bare.ask(`borgboi s3 describe 1 --from ${address} --vault-as-of ${before}`)
    await bare.do(`${restore} --passphrase-file kit.txt`)

    expect(expectFailure(refused, 'usage-invalid').hint).toContain('docs/recovery.md')
    expect(described).toMatchObject({ manifest: { seq: 1 } })
    expect(await archivesOf(bare)).toEqual((await archivesOf(anna)).slice(0, 1))
  })
})

/** The hash of every file, by its path. */
async function hashesIn(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const hashed = paths.map(async (path) => [relative(directory, path), sha256Of(await readFile(path))] as const)
  return Object.fromEntries(await Promise.all(hashed))
}

async function counterOf(repository: string): Promise<bigint> {
  return BigInt(`0x${(await readFile(join(repository, 'nonce'), 'utf8')).trim()}`)
}
