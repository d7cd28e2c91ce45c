import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { changePassphrase } from '../../../../src/workflows/repo/change-passphrase.ts'
import { exportKey } from '../../../../src/workflows/repo/export-key.ts'
import { type ImportKeyInput, importKey } from '../../../../src/workflows/repo/import-key.ts'
import { setPassphrase } from '../../../../src/workflows/repo/set-passphrase.ts'
import { keyFile } from '../../../support/passphrases.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  const file = join(world.root, 'docs.borgkey')
  const input = (changes: Partial<ImportKeyInput> = {}): ImportKeyInput => ({
    name: 'docs',
    from: file,
    dryRun: false,
    passphrase: {},
    confirm: async () => true,
    ...changes,
  })
  const repository = world.borg.repositories.get(record.path)
  if (repository === undefined) throw new Error('there is no repository')
  return { world, record, file, input, repository }
}

describe('exporting a key', () => {
  it('writes a file for this user alone', async () => {
    const { world, record, file } = await setUp()

    await exportKey(world.deps, { name: 'docs', form: 'file', to: file })

    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).toContain(`BORG_KEY ${record.borgId}`)
  })

  it('never replaces a file', async () => {
    const { world, file } = await setUp()
    await writeFile(file, 'another key')

    const exporting = exportKey(world.deps, { name: 'docs', form: 'paper', to: file })

    await expect(exporting).rejects.toMatchObject({ code: 'file-unusable' })
    expect(await readFile(file, 'utf8')).toBe('another key')
  })

  it('gives the key without a file', async () => {
    const { world } = await setUp()

    expect((await exportKey(world.deps, { form: 'paper' })).key).toContain('BORG PAPER KEY')
  })

  it('exports nothing of a repository that is another one, or not encrypted', async () => {
    const { world } = await setUp()
    await world.addRepo('moved', { borgId: 'f'.repeat(64) })
    await world.addRepo('open', { encryption: 'none' })

    await expect(exportKey(world.deps, { name: 'moved', form: 'file' })).rejects.toMatchObject({
      code: 'repository-moved',
    })
    await expect(exportKey(world.deps, { name: 'open', form: 'file' })).rejects.toMatchObject({ code: 'usage-invalid' })
  })
})

describe('importing a key', () => {
  it('keeps the key it replaces', async () => {
    const { world, file, input } = await setUp()
    await exportKey(world.deps, { form: 'file', to: file })

    const { replaced = '' } = await importKey(world.deps, input())

    expect(await readFile(replaced, 'utf8')).toBe(await readFile(file, 'utf8'))
  })

  it('puts the former key back where the passphrase does not open the repository with the new one', async () => {
    const { world, record, file, input, repository } = await setUp()
    const passphrase = repository.passphrase
    await writeFile(file, `BORG_KEY ${record.borgId}\n${Buffer.from('another').toString('base64')}\n`)

    await expect(importKey(world.deps, input())).rejects.toMatchObject({ code: 'passphrase-wrong' })

    expect(repository.passphrase).toBe(passphrase)
  })

  it('tells where a passphrase is kept that the imported key is not locked with', async () => {
    const { world, record, file, input, repository } = await setUp()
    const once = await keyFile(join(world.root, 'once.key'), `${repository.passphrase}\n`)
    await exportKey(world.deps, { form: 'file', to: file })
    await changePassphrase(world.deps, { passphrase: {}, next: {}, dryRun: false, confirm: async () => true })

    const imported = await importKey(world.deps, input({ passphrase: { file: once } }))

    expect(imported.stalePassphrase).toBe(world.deps.passphrases.path(record.name))
    world.deps.clock.advance(1000)
    await setPassphrase(world.deps, { passphrase: { file: once }, ask: async () => undefined })
    expect(await importKey(world.deps, input())).not.toHaveProperty('stalePassphrase')
  })

  it('asks nothing where there was no key', async () => {
    const { world, file, input } = await setUp()
    await exportKey(world.deps, { form: 'file', to: file })
    world.borg.failures.set('export key', new AppError('key-missing', 'gone'))

    const imported = await importKey(world.deps, input({ confirm: async () => false }))

    expect(imported).toMatchObject({ name: 'docs', dryRun: false })
    expect(imported.replaced).toBeUndefined()
  })

  it.each([
    ['in a dry run', { dryRun: true }],
    ['where the person says no', { confirm: async () => false }],
  ])('changes nothing %s', async (_case, changes) => {
    const { world, file, input } = await setUp()
    await exportKey(world.deps, { form: 'file', to: file })
    const before = await readdir(world.root)

    await importKey(world.deps, input(changes)).catch(() => {})

    expect(world.borg.calls).not.toContain('import key')
    expect(await readdir(world.root)).toEqual(before)
  })
})
