import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { RepositoryAccess } from '../../../../src/borg/client.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import type { DamagedObject } from '../../../../src/replication/replication.ts'
import { repairCopy } from '../../../../src/workflows/offsite/repair-copy.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { type VerifyCopyInput, verifyCopy } from '../../../../src/workflows/offsite/verify-copy.ts'
import { FakeBorg } from '../../../fakes/fake-borg.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const missing: DamagedObject = { key: 'x/objects/ab/abc', problem: 'missing', paths: ['data/0/1'], generations: [1, 2] }
const broken: DamagedObject = { key: 'x/objects/cd/cde', problem: 'checksum', paths: ['data/0/2'], generations: [2] }

/** What is restored is a directory that the Borg in memory does not know. */
class CheckingBorg extends FakeBorg {
  readonly seen: RepositoryAccess[] = []
  findsDamage = false

  override async check(access: RepositoryAccess) {
    this.seen.push(access)
    return { damaged: this.findsDamage, problems: this.findsDamage ? ['a segment is broken'] : [] }
  }
}

async function setUp() {
  const world = await buildWorld()
  await world.addVault('nas')
  const record = await world.addRepo('docs', { vault: parseVaultName('nas') })
  for (const _ of [1, 2]) await syncRepos(world.deps, { name: 'docs', dryRun: false })
  const scratch = await tempDir()
  const borg = new CheckingBorg()
  const verify = (changes: Partial<VerifyCopyInput> = {}) =>
    verifyCopy(
      { ...world.deps, borg },
      {
        level: 1,
        workingDirectory: scratch,
        verifyData: false,
        passphrase: {},
        ...changes,
      },
    )
  return { world, record, scratch, borg, verify }
}

describe('s3 verify', () => {
  it('asks for the level, the sample and the generation, and says what was looked at', async () => {
    const { world, verify } = await setUp()

    const report = await verify({ level: 3, sample: { part: 7, of: 30 }, generation: 2 })

    expect(world.replication.calls.at(-1)).toMatchObject({
      name: 'verify',
      input: { level: 3, sample: { part: 7, of: 30 }, generation: 2 },
    })
    expect(report).toMatchObject({ exitCode: 0, steps: [{ detail: 'V3', figures: { generations: 2, objects: 5 } }] })
  })

  it('of damage ends with 13, and names each object with the generations that need it', async () => {
    const { world, verify } = await setUp()
    world.replication.damaged = [missing, broken]

    const report = await verify()

    expect(report).toMatchObject({
      exitCode: 13,
      failure: {
        code: 'vault-damaged',
        message: '2 objects in the vault cannot be restored',
        reason: 'generations 1, 2 are affected',
        hint: expect.stringContaining('s3 repair'),
      },
    })
    expect(report.warnings.map(({ message }) => message)).toEqual([
      'missing: data/0/1 (x/objects/ab/abc), needed by generations 1, 2',
      'checksum: data/0/2 (x/objects/cd/cde), needed by generation 2',
    ])
  })

  it('level 4 restores, lets Borg check in a home of its own, keeps that, and leaves nothing', async () => {
    const { world, scratch, borg, verify } = await setUp()

    const report = await verify({ level: 4 })

    expect(report.steps).toMatchObject([
      { name: 'restore', figures: { generation: 2 } },
      { name: 'check', detail: 'consistent' },
    ])
    expect(borg.seen).toMatchObject([{ baseDirectory: expect.stringContaining(scratch), trustLocation: true }])
    expect(borg.seen[0]).not.toHaveProperty('passphrase')
    expect(world.replication.drilled).toEqual([2])
    expect(await readdir(scratch)).toEqual([])
  })

  it('level 4 with --verify-data hands the passphrase of the repo to Borg', async () => {
    const { world, borg, verify } = await setUp()

    const report = await verify({ level: 4, verifyData: true, generation: 1 })

    expect(report.steps[1]).toMatchObject({ detail: 'all data read and verified' })
    expect(borg.seen[0]?.passphrase?.reveal()).toBe(world.borg.repositories.get(`${world.root}/docs`)?.passphrase)
    expect(world.replication.drilled).toEqual([1])
  })

  it('level 4 that finds damage ends with 13, and keeps no success', async () => {
    const { world, scratch, borg, verify } = await setUp()
    borg.findsDamage = true

    const report = await verify({ level: 4 })

    expect(report).toMatchObject({
      exitCode: 13,
      failure: { code: 'repository-damaged', reason: 'a segment is broken' },
    })
    expect(world.replication.drilled).toEqual([])
    expect(await readdir(scratch)).toEqual([])
  })
})

describe('s3 verify refuses', () => {
  it.each<Partial<VerifyCopyInput>>([
    { level: 1, sample: { part: 1, of: 2 } },
    { level: 4, sample: { part: 1, of: 2 } },
    { level: 3, verifyData: true },
    { level: 2, scratch: '/tmp' },
  ])('%j: it would have no effect', async (changes) => {
    const { verify } = await setUp()

    await expect(verify(changes)).rejects.toMatchObject({ code: 'usage-invalid' })
  })
})

describe('s3 repair', () => {
  it('does nothing where nothing is damaged', async () => {
    const { world } = await setUp()

    const report = await repairCopy(world.deps, { name: 'docs', level: 1, dryRun: false })

    expect(report.steps.at(-1)).toMatchObject({ name: 'repair', outcome: 'skipped' })
  })

  it('in a dry run names what is damaged', async () => {
    const { world } = await setUp()
    world.replication.damaged = [missing]

    const report = await repairCopy(world.deps, { name: 'docs', level: 2, dryRun: true })

    expect(report).toMatchObject({ exitCode: 3, warnings: [{ message: expect.stringContaining('data/0/1') }] })
    expect(world.replication.calls.map(({ name }) => name)).not.toContain('repair')
  })

  it('uploads again what this machine has', async () => {
    const { world, record } = await setUp()
    world.replication.damaged = [missing, broken]

    const report = await repairCopy(world.deps, { name: 'docs', level: 1, dryRun: false })

    expect(report).toMatchObject({ exitCode: 0, steps: [{}, { name: 'repair', figures: { objects: 2 } }] })
    expect(world.replication.calls.at(-1)).toMatchObject({
      input: { repository: { directory: record.path, borgId: record.borgId }, damaged: [missing, broken] },
    })
  })

  it('of what is nowhere any more ends with 13, and names it', async () => {
    const { world } = await setUp()
    world.replication.damaged = [missing, broken]
    world.replication.lost = [broken]

    const report = await repairCopy(world.deps, { name: 'docs', level: 1, dryRun: false })

    expect(report).toMatchObject({ exitCode: 13, failure: { message: '1 object cannot be repaired' } })
    expect(report.failure?.reason).toContain('1 other was uploaded again')
    expect(report.warnings).toMatchObject([{ message: expect.stringContaining('data/0/2') }])
  })
})
