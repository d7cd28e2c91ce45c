import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { type ChangePassphraseInput, changePassphrase } from '../../../../src/workflows/repo/change-passphrase.ts'
import { inspectRepo } from '../../../../src/workflows/repo/inspect-repo.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  const file = world.deps.passphrases.path(record.name)
  const before = await readFile(file, 'utf8')
  const input = (changes: Partial<ChangePassphraseInput> = {}): ChangePassphraseInput => ({
    passphrase: {},
    next: {},
    dryRun: false,
    confirm: async () => true,
    ...changes,
  })
  const held = () => world.borg.repositories.get(record.path)?.passphrase
  return { world, record, file, before, input, held }
}

describe('changing a passphrase', () => {
  it('keeps the new one in the usual file and the old one beside it', async () => {
    const { world, file, before, input, held } = await setUp()

    const { former = '' } = await changePassphrase(world.deps, input())

    expect(await readFile(former, 'utf8')).toBe(before)
    expect(await readFile(file, 'utf8')).toBe(`${held()}\n`)
    expect(held()).not.toBe(before.trim())
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await inspectRepo(world.deps, { passphrase: {} })
  })

  it('takes a new one from a file, and forgets an unusual place of the old one', async () => {
    const { world, record, before, input, held } = await setUp()
    const [own, next] = [join(world.root, 'own.key'), join(world.root, 'next.key')]
    await writeFile(own, before, { mode: 0o600 })
    await writeFile(next, 'the next one\n', { mode: 0o600 })
    await world.deps.repos.update(record.name, (now) => ({ ...now, passphraseFile: own }))

    await changePassphrase(world.deps, input({ next: { file: next } }))

    expect(held()).toBe('the next one')
    expect((await world.record('docs')).passphraseFile).toBeUndefined()
    expect(await readFile(own, 'utf8')).toBe(before)
  })

  it.each([
    ['before Borg changed it', 'change passphrase'],
    ['when Borg had changed it', 'after change'],
  ])('goes on where it was cut off %s', async (_case, point) => {
    const { world, file, input, held } = await setUp()
    const cut = new AppError('interrupted', 'cut off')
    if (point === 'change passphrase') world.borg.failures.set(point, cut)
    const { changePassphrase: change } = world.borg
    if (point === 'after change') {
      world.borg.changePassphrase = async (...args) => {
        await change.apply(world.borg, args)
        throw cut
      }
    }
    await expect(changePassphrase(world.deps, input())).rejects.toBe(cut)
    world.borg.changePassphrase = change
    const asked = await world.deps.passphrases.resolveExisting(await world.record('docs'), {})
    expect(asked).toMatchObject({ isBeingChanged: true })

    await changePassphrase(world.deps, input())

    expect(await readFile(file, 'utf8')).toBe(`${held()}\n`)
    expect((await readdir(join(world.root, '.borgboi/passphrases'))).filter((name) => name.endsWith('.new'))).toEqual(
      [],
    )
  })

  it.each([
    ['in a dry run', { dryRun: true }],
    ['where the person says no', { confirm: async () => false }],
  ])('changes nothing %s', async (_case, changes) => {
    const { world, before, input, held } = await setUp()

    await changePassphrase(world.deps, input(changes)).catch(() => {})

    expect(held()).toBe(before.trim())
    expect(await readdir(join(world.root, '.borgboi/passphrases'))).toEqual(['docs.key'])
  })
})
