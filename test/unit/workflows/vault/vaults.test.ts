import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { VaultProbe, Vaults } from '../../../../src/deps.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { createRepo } from '../../../../src/workflows/repo/create-repo.ts'
import { importRepo } from '../../../../src/workflows/repo/import-repo.ts'
import { addVault } from '../../../../src/workflows/vault/add-vault.ts'
import { listVaults } from '../../../../src/workflows/vault/list-vaults.ts'
import { probeVault } from '../../../../src/workflows/vault/probe-vault.ts'
import { removeVault } from '../../../../src/workflows/vault/remove-vault.ts'
import { useVault } from '../../../../src/workflows/vault/use-vault.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const yes = async () => true
const no = async () => false
const nas = parseVaultName('nas')

/** Vaults that let one writer replace what another has just written. */
function careless({ deps }: World): { vaults: Vaults; probes: () => number } {
  let probes = 0
  const weaken = (probe: VaultProbe): VaultProbe => ({ ...probe, conditionalWrites: false })
  const vaults: Vaults = {
    open: (settings) => deps.vaults.open(settings),
    probe: async (settings, options) => {
      probes++
      return weaken(await deps.vaults.probe(settings, options))
    },
    lastProbe: async (settings) => {
      const last = await deps.vaults.lastProbe(settings)
      return last && weaken(last)
    },
  }
  return { vaults, probes: () => probes }
}

/** What is in a directory for people to see. */
async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => !name.startsWith('.'))
}

async function emptyDirectory({ root }: World, name = 'away'): Promise<string> {
  const directory = join(root, name)
  await mkdir(directory)
  return directory
}

describe('adding a vault', () => {
  it('tries it, and writes it into the configuration', async () => {
    const world = await buildWorld()
    const directory = await emptyDirectory(world)

    const added = await addVault(world.deps, { name: 'nas', url: `${directory}/` })

    const { vaults } = await world.deps.config.load()
    expect(added).toMatchObject({ name: 'nas', url: `file://${directory}`, probe: { conditionalWrites: true } })
    expect(vaults['nas']).toMatchObject({ url: `file://${directory}`, single_writer: false })
    expect(await world.deps.vaults.lastProbe({ url: `file://${directory}` })).toEqual(added.probe)
  })

  it('keeps region, profile and style, and takes those of aws where an S3 vault has none', async () => {
    const { deps } = await buildWorld({ 'aws.region': 'eu-west-1', 'aws.profile': 'backup' })
    const seen: unknown[] = []
    const probe = async (settings: VaultProbe['settings']): Promise<VaultProbe> => {
      seen.push(settings)
      const able = { conditionalWrites: true, readAfterWrite: true, refusesWrongContent: true, ranges: true }
      return { ...able, settings, at: '2026-11-20T02:30:04Z', deletes: true, versioning: true, weaknesses: [] }
    }

    await addVault(
      { ...deps, vaults: { ...deps.vaults, probe } },
      { name: 's3', url: 's3://acme/borg', region: 'us-west-2', virtualStyle: true },
    )

    expect(seen).toEqual([
      { url: 's3://acme/borg', endpoint: undefined, region: 'us-west-2', profile: 'backup', virtualStyle: true },
    ])
    expect(await readFile(deps.config.path, 'utf8')).toBe(
      'vaults:\n  s3:\n    url: s3://acme/borg\n    region: us-west-2\n    virtual_style: true\n',
    )
  })

  it('refuses a vault that mixes up two writers, unless there is one only', async () => {
    const world = await buildWorld()
    const deps = { ...world.deps, ...careless(world) }
    const input = { name: 'nas', url: await emptyDirectory(world) }

    await expect(addVault(deps, input)).rejects.toMatchObject({ code: 'vault-unsafe', exitCode: 2 })
    expect((await deps.config.load()).vaults).toEqual({})
    await addVault(deps, { ...input, singleWriter: true })

    expect((await deps.config.load()).vaults['nas']?.single_writer).toBe(true)
  })

  it('refuses a name that is taken, in any case, and an address that is none', async () => {
    const world = await buildWorld()
    await world.addVault('nas')
    const url = await emptyDirectory(world)

    await expect(addVault(world.deps, { name: 'NAS', url })).rejects.toMatchObject({ code: 'vault-exists' })
    await expect(addVault(world.deps, { name: 'a.b', url })).rejects.toMatchObject({ code: 'value-invalid' })
    await expect(addVault(world.deps, { name: 'x', url: 'ftp://x' })).rejects.toMatchObject({ code: 'value-invalid' })
  })

  it('writes nothing when the vault is not there, or on a network that may not be used', async () => {
    const { root, deps } = await buildWorld({ offline: 'true' })

    await expect(addVault(deps, { name: 'nas', url: join(root, 'none') })).rejects.toMatchObject({
      code: 'vault-missing',
    })
    await expect(addVault(deps, { name: 's3', url: 's3://acme' })).rejects.toMatchObject({ code: 'offline' })

    expect((await deps.config.load()).vaults).toEqual({})
  })
})

describe('listing vaults', () => {
  it('tells who is copied there and what was found, reaching none of them', async () => {
    const world = await buildWorld()
    const url = await world.addVault('nas')
    await world.deps.config.setVault(parseVaultName('s3'), { url: 's3://acme/borg' })
    await world.addRepo('docs', { vault: nas })

    const vaults = await listVaults(world.deps)

    expect(vaults).toMatchObject([
      { name: 'nas', url, repos: ['docs'], singleWriter: false, probe: { conditionalWrites: true } },
      { name: 's3', url: 's3://acme/borg', repos: [] },
    ])
    expect(vaults[1]).not.toHaveProperty('probe')
  })
})

describe('probing a vault', () => {
  it('takes a name, an address, or the only one there is, and leaves nothing in it', async () => {
    const world = await buildWorld()
    const url = await world.addVault('nas')

    const names = [
      (await probeVault(world.deps, {})).name,
      (await probeVault(world.deps, { vault: 'nas' })).name,
      (await probeVault(world.deps, { vault: url })).name,
      (await probeVault(world.deps, { vault: await emptyDirectory(world) })).name,
    ]

    expect(names).toEqual(['nas', 'nas', 'nas', `file://${world.root}/away`])
    expect(await namesIn(join(world.root, 'away'))).toEqual(['borgboi-vault.json'])
  })

  it('makes a directory that is only named in the configuration a vault, which nothing else does', async () => {
    const directory = await tempDir()
    const world = await buildWorld({ 'vaults.usb.url': directory })
    await world.addRepo('docs')

    const copied = await syncRepos(world.deps, { name: 'docs', vault: 'usb', dryRun: false })
    await expect(useVault(world.deps, { name: 'docs', vault: 'usb' })).rejects.toMatchObject({ code: 'vault-missing' })
    expect(await readdir(directory)).toEqual([])
    await probeVault(world.deps, { vault: 'usb' })
    const again = await syncRepos(world.deps, { name: 'docs', vault: 'usb', dryRun: false })

    expect(copied).toMatchObject([{ failure: { code: 'vault-missing', hint: expect.stringContaining('vault probe') } }])
    expect(again).toMatchObject([{ exitCode: 0 }])
  })

  it('asks which where there are several or none', async () => {
    const world = await buildWorld()

    await expect(probeVault(world.deps, {})).rejects.toMatchObject({ reason: 'none is configured' })
    for (const name of ['a', 'b']) await world.addVault(name)
    await expect(probeVault(world.deps, {})).rejects.toMatchObject({ reason: 'configured: a, b' })
    await expect(probeVault(world.deps, { vault: 'c' })).rejects.toMatchObject({ code: 'vault-unknown' })
  })
})

describe('removing a vault', () => {
  it('forgets it after a yes, and what was copied there is copied nowhere', async () => {
    const world = await buildWorld()
    await world.addVault('nas')
    await world.addRepo('docs', { vault: nas })
    const asked: unknown[] = []
    const input = { name: 'nas', dryRun: false }

    const dry = await removeVault(world.deps, { ...input, dryRun: true, confirm: no })
    await expect(removeVault(world.deps, { ...input, confirm: no })).rejects.toMatchObject({
      code: 'confirmation-needed',
    })
    const there = await world.record('docs')
    await removeVault(world.deps, { ...input, confirm: async (loss) => asked.push(loss) > 0 })

    expect(dry).toMatchObject({ repos: ['docs'], dryRun: true })
    expect(there.vault).toBe('nas')
    expect(JSON.stringify(asked)).toContain('docs is no longer copied off-site')
    expect(await world.record('docs')).not.toHaveProperty('vault')
    expect((await world.deps.config.load()).vaults).toEqual({})
    expect(await namesIn(join(world.root, 'vaults', 'nas'))).toEqual(['borgboi-vault.json'])
  })

  it('says so of one that is not there', async () => {
    const { deps } = await buildWorld()

    const removing = removeVault(deps, { name: 'nas', dryRun: false, confirm: yes })

    await expect(removing).rejects.toMatchObject({ code: 'vault-unknown' })
  })
})

describe('choosing the vault of a repo', () => {
  it('is recorded, and taken back', async () => {
    const world = await buildWorld()
    await world.addVault('nas')
    await world.addRepo('docs')

    const used = await useVault(world.deps, { name: 'docs', vault: 'nas' })
    const unused = await useVault(world.deps, { name: 'docs', vault: undefined })

    expect(used).toMatchObject({ record: { vault: 'nas' }, probe: { conditionalWrites: true } })
    expect(unused.record).not.toHaveProperty('vault')
    expect(await world.record('docs')).toEqual(unused.record)
  })

  it('is done when the repo is made, and when it is imported', async () => {
    const world = await buildWorld()
    await world.addVault('nas')
    const { root, source } = world
    const input = { name: 'docs', path: join(root, 'docs'), sources: [source], passphrase: {}, workingDirectory: root }

    const created = await createRepo(world.deps, { ...input, vault: 'nas' })
    await world.deps.repos.remove(created.record.name)
    const imported = await importRepo(world.deps, { ...input, vault: 'nas' })

    expect(created).toMatchObject({ record: { vault: 'nas' }, vault: { vault: 'nas', probe: { versioning: false } } })
    expect(imported).toMatchObject({ record: { vault: 'nas' }, vault: { vault: 'nas' } })
  })

  it('is refused for a vault that is unknown or unsafe, and makes no repository then', async () => {
    const world = await buildWorld()
    await world.addVault('nas')
    const { root, source, borg } = world
    const input = { name: 'docs', path: join(root, 'docs'), sources: [source], passphrase: {}, workingDirectory: root }
    const deps = { ...world.deps, ...careless(world) }

    await expect(createRepo(deps, { ...input, vault: 'nsa' })).rejects.toMatchObject({ code: 'vault-unknown' })
    await expect(createRepo(deps, { ...input, vault: 'nas' })).rejects.toMatchObject({ code: 'vault-unsafe' })

    expect(borg.repositories.size).toBe(0)
    expect(deps.probes()).toBe(0)
  })

  it('is refused for a repository on another machine', async () => {
    const world = await buildWorld()
    await world.addVault('nas')
    await world.addRepo('docs', { path: 'ssh://me@nas/./docs' })

    await expect(useVault(world.deps, { name: 'docs', vault: 'nas' })).rejects.toMatchObject({
      code: 'value-invalid',
      reason: expect.stringContaining('another machine'),
    })
  })
})
