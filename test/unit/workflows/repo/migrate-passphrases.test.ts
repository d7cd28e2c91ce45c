import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migratePassphrases } from '../../../../src/workflows/repo/migrate-passphrases.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

/** A repo whose passphrase is in a file of somebody's, which only a command names. */
async function setUp() {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  const ownFile = world.deps.passphrases.path(record.name)
  const elsewhere = join(world.root, 'old.key')
  const passphrase = await readFile(ownFile, 'utf8')
  await rename(ownFile, elsewhere)
  const migrate = (changes: { file?: string; dryRun?: boolean } = {}) =>
    migratePassphrases(world.deps, {
      name: 'docs',
      passphrase: { file: changes.file ?? elsewhere },
      dryRun: changes.dryRun ?? false,
    })
  return { world, record, ownFile, elsewhere, passphrase, migrate }
}

describe('moving a passphrase into the own file of its repo', () => {
  it('writes what opens the repository, and leaves the old place alone', async () => {
    const { ownFile, elsewhere, passphrase, migrate } = await setUp()

    const [report] = await migrate()

    expect(report).toMatchObject({ outcome: 'ok', steps: [{ name: 'move passphrase', outcome: 'ok' }] })
    expect(await readFile(ownFile, 'utf8')).toBe(passphrase)
    expect(await readFile(elsewhere, 'utf8')).toBe(passphrase)
    expect(JSON.stringify(report)).not.toContain(passphrase.trim())
  })

  it('forgets a place in the record that holds it no more', async () => {
    const { world, record, migrate } = await setUp()
    await world.deps.repos.update(record.name, (now) => ({ ...now, passphraseFile: '/gone/docs.key' }))

    await migrate()

    expect(await world.record('docs')).not.toHaveProperty('passphraseFile')
  })

  it('writes nothing in a dry run', async () => {
    const { ownFile, migrate } = await setUp()

    const [report] = await migrate({ dryRun: true })

    expect(report?.steps[0]?.detail).toContain('would go from')
    await expect(readFile(ownFile)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('writes nothing that does not open the repository', async () => {
    const { world, ownFile, migrate } = await setUp()
    const wrong = join(world.root, 'wrong.key')
    await writeFile(wrong, 'not it\n', { mode: 0o600 })

    const [report] = await migrate({ file: wrong })

    expect(report).toMatchObject({ outcome: 'failed', exitCode: 12, failure: { code: 'passphrase-wrong' } })
    await expect(readFile(ownFile)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('does nothing a second time', async () => {
    const { world, migrate } = await setUp()
    await migrate()

    const [again] = await migratePassphrases(world.deps, { all: true, passphrase: {}, dryRun: false })

    expect(again?.steps).toMatchObject([{ outcome: 'skipped', detail: expect.stringContaining('already') }])
  })
})
