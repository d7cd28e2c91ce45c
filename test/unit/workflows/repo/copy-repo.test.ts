import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import { copyRepo } from '../../../../src/workflows/repo/copy-repo.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

/** The repo `docs`, copied to the vault `nas`, and an empty directory. */
async function setUp() {
  const world = await buildWorld()
  const url = await world.addVault('nas')
  const record = await world.addRepo('docs', { vault: parseVaultName('nas') })
  const usb = join(world.root, 'usb')
  await mkdir(usb)
  const copy = (to: string) => copyRepo(world.deps, { name: 'docs', to })
  return { world, record, usb, url, copy }
}

describe('copying a repository', () => {
  it('makes a directory a vault, and a generation in it', async () => {
    const { world, record, usb, copy } = await setUp()

    const report = await copy(usb)

    expect(report).toMatchObject({
      workflow: 'repo copy',
      exitCode: 0,
      steps: [
        { name: 'vault', detail: `file://${usb}` },
        { name: 'copy', figures: { generation: 1 } },
      ],
    })
    expect(await readdir(usb)).toContain('borgboi-vault.json')
    expect(world.replication.vaults.get(`file://${usb}`)?.has(record.borgId)).toBe(true)
    expect(await world.record('docs')).toEqual(record)
    expect(world.borg.calls).toEqual([])
  })

  it('tells the way back, and what it takes besides', async () => {
    const { world, record, usb, copy } = await setUp()

    await copy(usb)

    expect(world.events.at(-1)).toMatchObject({
      type: 'notice',
      message: expect.stringContaining(`borgboi s3 restore --from file://${usb} --to`),
      hint: expect.stringContaining(world.deps.passphrases.path(record.name)),
    })
  })

  it('goes to a vault by its name as well, and only what is new goes there', async () => {
    const { world, url, copy } = await setUp()

    await copy('nas')
    await copy(url)

    expect(world.replication.vaults.get(url)?.size).toBe(1)
    expect(world.replication.calls.filter(({ name }) => name === 'push')).toHaveLength(2)
  })

  it('never makes a vault anew where one was before: its disk may not be mounted', async () => {
    const { world, usb, copy } = await setUp()
    await copy(usb)
    await world.deps.files.removeTree(usb)
    await mkdir(usb)

    const report = await copy(usb)

    expect(report).toMatchObject({ failure: { code: 'vault-missing' } })
    expect(await readdir(usb)).toEqual([])
    expect(world.events.at(-1)).toMatchObject({ type: 'run-finished' })
  })

  it.each([
    ['into the repository itself', (root: string) => join(root, 'docs/copy')],
    ['into what is backed up', (root: string) => join(root, 'source/copy')],
  ])('refuses to copy it %s', async (_case, to) => {
    const { world, copy } = await setUp()

    await expect(copy(to(world.root))).rejects.toMatchObject({ code: 'value-invalid' })
  })

  it('refuses what is only read, what is elsewhere, and vaults that nobody knows', async () => {
    const { world, usb, copy } = await setUp()
    const { deps } = world
    await world.addRepo('copy', { readOnly: true })
    await world.addRepo('remote', { path: 'ssh://nas/./docs' })

    await expect(copyRepo(deps, { name: 'copy', to: usb })).rejects.toMatchObject({ code: 'repo-read-only' })
    await expect(copyRepo(deps, { name: 'remote', to: usb })).rejects.toMatchObject({ code: 'value-invalid' })
    await expect(copy('usb')).rejects.toMatchObject({ code: 'vault-unknown' })
    expect(await readdir(usb)).toEqual([])
  })

  it('that fails says so, and tells no way back', async () => {
    const { world, usb, copy } = await setUp()
    world.replication.failures.set('push', new AppError('vault-full', 'no room', { reason: 'full', hint: 'free some' }))

    expect(await copy(usb)).toMatchObject({ outcome: 'failed', failure: { code: 'vault-full' } })

    expect(world.events.at(-1)).toMatchObject({ type: 'run-finished' })
  })
})
