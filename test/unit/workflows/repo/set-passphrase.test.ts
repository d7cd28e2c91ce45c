import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SecretText } from '../../../../src/model/secret.ts'
import { inspectRepo } from '../../../../src/workflows/repo/inspect-repo.ts'
import { setPassphrase } from '../../../../src/workflows/repo/set-passphrase.ts'
import { keyFile } from '../../../support/passphrases.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const NOBODY = async () => undefined

/** The repo `docs`, whose repository got the passphrase `elsewhere` by other means. */
async function setUp() {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  const usual = world.deps.passphrases.path(record.name)
  const before = await readFile(usual, 'utf8')
  const repository = world.borg.repositories.get(record.path)
  if (repository) repository.passphrase = 'elsewhere'
  return { world, usual, before }
}

describe('telling a passphrase that was changed elsewhere', () => {
  it('keeps it in the usual file, and the one before beside it', async () => {
    const { world, usual, before } = await setUp()
    const file = await keyFile(join(world.root, 'new.key'), 'elsewhere\n')

    const { former = '' } = await setPassphrase(world.deps, { passphrase: { file }, ask: NOBODY })

    expect(await readFile(usual, 'utf8')).toBe('elsewhere\n')
    expect(await readFile(former, 'utf8')).toBe(before)
    await inspectRepo(world.deps, { passphrase: {} })
  })

  it('asks for it where none was handed in, and forgets an unusual place', async () => {
    const { world } = await setUp()
    const own = await keyFile(join(world.root, 'own.key'), 'once\n')
    const { name } = await world.record('docs')
    await world.deps.repos.update(name, (record) => ({ ...record, passphraseFile: own }))
    const asked: string[] = []
    const ask = async (question: string) => {
      asked.push(question)
      return new SecretText('elsewhere')
    }

    await setPassphrase(world.deps, { passphrase: {}, ask })

    expect(asked).toEqual(['passphrase for docs (hidden)'])
    expect(await world.record('docs')).not.toHaveProperty('passphraseFile')
    await inspectRepo(world.deps, { passphrase: {} })
  })

  it('leaves no second copy of one that is kept already', async () => {
    const { world, usual } = await setUp()
    await writeFile(usual, 'elsewhere\n')

    const set = await setPassphrase(world.deps, { passphrase: { file: usual }, ask: NOBODY })

    expect(set).not.toHaveProperty('former')
    expect(await readdir(join(world.root, '.borgboi/passphrases'))).toEqual(['docs.key'])
  })

  it.each([
    ['one that does not open it', async () => new SecretText('wrong'), 'passphrase-wrong'],
    ['nothing', async () => new SecretText(''), 'value-invalid'],
    ['none where nobody can be asked', NOBODY, 'usage-invalid'],
  ])('refuses %s, and keeps what it has', async (_case, ask, code) => {
    const { world, usual, before } = await setUp()

    await expect(setPassphrase(world.deps, { passphrase: {}, ask })).rejects.toMatchObject({ code })

    expect(await readFile(usual, 'utf8')).toBe(before)
    expect(await readdir(join(world.root, '.borgboi/passphrases'))).toEqual(['docs.key'])
  })

  it('refuses it for a repository that has no key', async () => {
    const { world } = await setUp()
    await world.addRepo('open', { encryption: 'none' })

    await expect(setPassphrase(world.deps, { name: 'open', passphrase: {}, ask: NOBODY })).rejects.toMatchObject({
      code: 'usage-invalid',
    })
  })
})
