import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SecretText } from '../../../../src/model/secret.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { changePassphrase } from '../../../../src/workflows/repo/change-passphrase.ts'
import { type CreateKitInput, createKit } from '../../../../src/workflows/repo/create-kit.ts'
import { inspectRepo } from '../../../../src/workflows/repo/inspect-repo.ts'
import { type VerifyKitInput, verifyKit } from '../../../../src/workflows/repo/verify-kit.ts'
import { keyFile } from '../../../support/passphrases.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  await runBackup(world.deps, { passphrase: {} })
  const passphrase = world.borg.repositories.get(record.path)?.passphrase ?? ''
  const make = (changes: Partial<CreateKitInput> = {}) => {
    const choices = { withPassphrase: false, dryRun: false, passphrase: {}, confirm: async () => true }
    return createKit(world.deps, { name: 'docs', directory: join(world.root, 'kit'), ...choices, ...changes })
  }
  const verify = (file: string, changes: Partial<VerifyKitInput> = {}) =>
    verifyKit(world.deps, { file, passphrase: {}, ask: async () => undefined, ...changes })
  const typed = async () => new SecretText(passphrase)
  const change = () =>
    changePassphrase(world.deps, { passphrase: {}, next: {}, dryRun: false, confirm: async () => true })
  return { world, record, passphrase, make, verify, typed, change }
}

describe('making a recovery kit', () => {
  it('writes a text and a page for this user alone, without the passphrase', async () => {
    const { world, passphrase, make } = await setUp()

    const { text, page, passphrasePlace } = await make()

    for (const file of [text, page]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      expect(await readFile(file, 'utf8')).not.toContain(passphrase)
    }
    expect([text, page].map((file) => file.split('/').at(-1))).toEqual([
      'docs-kit-2026-11-20.txt',
      'docs-kit-2026-11-20.html',
    ])
    expect(passphrasePlace).toBe(`${world.root}/.borgboi/passphrases/docs.key`)
    expect(await readFile(text, 'utf8')).toContain(passphrasePlace)
  })

  it('is remembered without anything secret', async () => {
    const { world, record, passphrase, make } = await setUp()
    const url = await world.addVault('nas')
    await world.deps.repos.update(record.name, (now) => ({ ...now, vault: 'nas' as never }))

    const { fingerprint } = await make({ withPassphrase: true })

    const { kits } = await world.record('docs')
    expect(kits).toEqual([
      { path: record.path, vault: url, key: fingerprint, madeAt: '2026-11-20T02:30:04Z', withPassphrase: true },
    ])
    expect(JSON.stringify(kits)).not.toContain(passphrase)
  })

  it('has the passphrase when that was asked for and confirmed', async () => {
    const { world, passphrase, make } = await setUp()

    await expect(make({ withPassphrase: true, confirm: async () => false })).rejects.toMatchObject({
      code: 'confirmation-needed',
    })
    expect(await readdir(world.root)).not.toContain('kit')
    const { text, page } = await make({ withPassphrase: true })

    expect(await readFile(text, 'utf8')).toContain(`passphrase:     ${passphrase}\n`)
    expect(await readFile(page, 'utf8')).toContain(passphrase)
  })

  it('writes nothing over a file that is there, and nothing in a dry run', async () => {
    const { world, make } = await setUp()
    const { page, text } = await make({ dryRun: true })
    expect(await readdir(world.root)).not.toContain('kit')
    await make()
    await writeFile(page, 'mine')

    await expect(make()).rejects.toMatchObject({ code: 'file-unusable', reason: expect.stringContaining(page) })

    expect(await readFile(page, 'utf8')).toBe('mine')
    expect(await readFile(text, 'utf8')).toContain('RECOVERY KIT')
    expect((await world.record('docs')).kits).toHaveLength(1)
  })

  it('leads to no passphrase that does not open it', async () => {
    const { world, record, make } = await setUp()
    const wrong = await keyFile(join(world.root, 'wrong.key'), 'another\n')

    await expect(make({ passphrase: { file: wrong } })).rejects.toMatchObject({ code: 'passphrase-wrong' })
    await world.deps.passphrases.forget(record.name)
    await expect(make({ withPassphrase: true })).rejects.toMatchObject({ code: 'passphrase-missing' })

    expect((await make()).passphrasePlace).toBeUndefined()
  })

  it('is made of a repository without encryption too, and not of another one', async () => {
    const { world, make } = await setUp()
    await world.addRepo('open', { encryption: 'none' })
    const open = world.borg.repositories.get(join(world.root, 'open'))
    if (open) Object.assign(open, { encryption: 'none', passphrase: undefined })
    await world.addRepo('moved', { borgId: 'f'.repeat(64) })

    expect(await make({ name: 'open' })).toMatchObject({ encrypted: false, withPassphrase: false })
    await expect(make({ name: 'open', withPassphrase: true, directory: `${world.root}/b` })).rejects.toMatchObject({
      code: 'usage-invalid',
    })
    await expect(make({ name: 'moved' })).rejects.toMatchObject({ code: 'repository-moved' })
  })
})

describe('verifying a recovery kit', () => {
  it('opens the repository with the key and the passphrase of the kit', async () => {
    const { record, make, verify } = await setUp()
    const { text } = await make({ withPassphrase: true })

    const verified = await verify(text)

    expect(verified).toMatchObject({ openedWith: 'key', passphraseFrom: 'kit', archives: 1, stale: [] })
    expect(verified.path).toBe(record.path)
  })

  it('asks for the passphrase that is not in it, or takes it from a file', async () => {
    const { world, make, verify, typed } = await setUp()
    const { text } = await make()
    const file = join(world.root, '.borgboi/passphrases/docs.key')

    await expect(verify(text)).rejects.toMatchObject({ code: 'passphrase-missing', exitCode: 12 })
    expect(await verify(text, { ask: typed })).toMatchObject({ passphraseFrom: 'given' })
    expect(await verify(text, { passphrase: { file } })).toMatchObject({ passphraseFrom: 'given' })
    await expect(verify(text, { ask: async () => new SecretText('no') })).rejects.toMatchObject({
      code: 'passphrase-wrong',
    })
  })

  it('works where nothing is recorded', async () => {
    const { world, record, make, verify } = await setUp()
    const { text } = await make({ withPassphrase: true })
    await world.deps.repos.remove(record.name)
    await world.deps.passphrases.forget(record.name)

    expect(await verify(text)).toMatchObject({ openedWith: 'key', stale: [] })
  })

  it('tells that it is stale when the passphrase has changed, though it still opens', async () => {
    const { world, make, verify, change } = await setUp()
    const { text } = await make({ withPassphrase: true })

    await change()

    expect(await verify(text)).toMatchObject({ stale: ['the key or its passphrase has changed'] })
    const { kits } = await inspectRepo(world.deps, { passphrase: {} })
    expect(kits).toMatchObject([{ withPassphrase: true, stale: ['the key or its passphrase has changed'] }])
  })

  it('tells that it is stale when the repo is copied elsewhere', async () => {
    const { world, record, make, verify } = await setUp()
    const { text } = await make({ withPassphrase: true })
    const url = await world.addVault('nas')
    await world.deps.repos.update(record.name, (now) => ({ ...now, vault: 'nas' as never }))

    expect((await verify(text)).stale).toEqual([`it is copied to ${url}`])
  })

  it('says where the repository has gone, and opens it there', async () => {
    const { world, record, make, verify } = await setUp()
    const { text } = await make({ withPassphrase: true })
    const moved = join(world.root, 'moved')
    await world.borg.copyRepository(record.path, moved)
    await world.deps.files.removeTree(record.path)
    await world.deps.repos.update(record.name, (now) => ({ ...now, path: moved }))

    await expect(verify(text)).rejects.toMatchObject({
      code: 'repository-missing',
      reason: expect.stringContaining(moved),
    })
    expect(await verify(text, { path: moved })).toMatchObject({
      path: moved,
      stale: [`the repository has moved to ${moved}`],
    })
  })

  it('opens no other repository, and none that somebody writes to', async () => {
    const { world, make, verify } = await setUp()
    const { text } = await make({ withPassphrase: true })
    const other = await world.addRepo('other')

    await expect(verify(text, { path: other.path })).rejects.toMatchObject({ code: 'repository-moved' })
    world.borg.lockedBy = async () => ({ description: 'borg create (pid 1)', state: 'alive' })
    await expect(verify(text)).rejects.toMatchObject({ code: 'locked' })
  })

  it('changes nothing of what is remembered', async () => {
    const { world, make, verify } = await setUp()
    const { text } = await make({ withPassphrase: true })
    const before = await world.record('docs')

    await verify(text)

    expect(await world.record('docs')).toEqual(before)
    expect(world.borg.calls).not.toContain('import key')
  })
})
