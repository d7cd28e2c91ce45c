// The commands of vaults and copies once, on a Borg and copies in memory and vaults in directories: what they print, in
// text and in JSON, what they take, and their exit codes.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeReplication } from '../../fakes/fake-replication.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi, type CliHome } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** The vault `nas` with two generations of the repo `docs`. */
async function setUp(changes: Partial<CliHome> = {}) {
  const root = await tempDir()
  const clock = new FakeClock()
  const overrides = { borg: new FakeBorg(), clock, replication: new FakeReplication(clock) }
  for (const name of ['source', 'nas']) await mkdir(join(root, name))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  const run = (...args: string[]) => borgboi({ root, ...changes, overrides }, ...args)
  const added = await run('vault', 'add', 'nas', `${root}/nas`)
  const created = await run('repo', 'create', '-n', 'docs', '-p', 'docs', '-b', 'source', '--vault', 'nas')
  for (const _ of [1, 2]) await run('s3', 'sync')
  return { root, run, added, created, ...overrides }
}

const inputOf = ({ calls }: FakeReplication, wanted: string) => calls.findLast(({ name }) => name === wanted)?.input

describe('vault', () => {
  it('add says what it can do and what comes next, and repo create repeats it', async () => {
    const { root, added, created } = await setUp()

    expect(added).toMatchObject({ exitCode: 0, stderr: '' })
    expect(added.stdout).toContain(`✓ vault checked             file://${root}/nas  conditional writes\n`)
    expect(added.stdout).toContain(`✓ vault added               nas, in ${root}/.borgboi/config.yaml\n`)
    expect(created.stdout).toContain(`✓ vault checked             file://${root}/nas`)
  })

  it('list, use, probe and remove tell of it, in text and in JSON', async () => {
    const { root, run } = await setUp()

    expect((await run('vault', 'list')).stdout).toMatch(/\nnas {3}file:\S+\/nas {2}docs {3}conditional writes \(today/)
    expect((await run('vault', 'list', '--json')).json()).toMatchObject([
      { vaults: [{ name: 'nas', repos: ['docs'] }] },
    ])
    expect((await run('vault', 'probe', '--json')).json()).toMatchObject([{ name: 'nas', probe: { deletes: true } }])
    expect((await run('s3', 'probe', 'nas')).stdout).toMatch(/^✓ vault checked/)
    expect((await run('vault', 'use', '--none')).stdout).toBe(
      '✓ docs is copied to no vault from now on; what is there stays\n',
    )
    expect((await run('vault', 'use', 'nas')).stdout).toContain('✓ docs is copied to nas from now on')
    expect((await run('repo', 'info')).stdout).toMatch(/\nvault {2,}nas\n/)
    expect((await run('vault', 'remove', 'nas', '--dry-run')).stdout).toBe(
      `· nas would be forgotten, everything in file://${root}/nas stays; no longer copied: docs\n`,
    )
    expectFailure(await run('vault', 'remove', 'nas'), 'confirmation-needed')
    expect((await run('vault', 'remove', 'nas', '--yes')).stdout).toContain('✓ nas forgotten')
    expect((await run('vault', 'list')).stdout).toMatch(/^No vault yet/)
  })

  it('use takes a vault or --none', async () => {
    const { run } = await setUp()

    expectFailure(await run('vault', 'use'), 'usage-invalid')
    expectFailure(await run('vault', 'use', 'nas', '--none'), 'usage-invalid')
  })
})

describe('s3', () => {
  it('sync shows its figures; what a dry run would do it says', async () => {
    const { run } = await setUp()

    const synced = await run('s3', 'sync', '-n', 'docs')
    const dry = await run('s3', 'sync', '--dry-run')

    expect(synced.stdout).toMatch(/^docs {2}\S+\/docs → nas\n {2}✓ off-site {9}generation 3 · 3 objects · 1.00 kB/)
    expect(dry.stdout).toMatch(/1 file · 1.00 kB · 5 requests .*\n +would make generation 4 with .*data.0.1\n/)
  })

  it('sync takes --vault, --all, --accept-loss and --lock-wait', async () => {
    const { run, replication } = await setUp()

    const all = await run(
      's3',
      'sync',
      '--all',
      '--jobs',
      '2',
      '--vault',
      'nas',
      '--accept-loss',
      '--lock-wait',
      '1min',
    )

    expect(all.exitCode).toBe(0)
    expect(inputOf(replication, 'push')).toMatchObject({ options: { acceptLoss: true, lockWaitMs: 60_000 } })
  })

  it('backup daily ends with 15 and three lines when only the copy failed', async () => {
    const { run, replication } = await setUp()
    const denied = new AppError('vault-denied', 'nas refused it', { reason: '403', hint: 'check the policy' })
    replication.failures.set('push', denied)

    const daily = await run('backup', 'daily')

    const failure = expectFailure(daily, 'offsite-failed')
    expect(failure.message).toBe('docs: the backup is complete, the off-site copy is not')
    expect(daily.stdout).toMatch(/✓ create archive .*\n {2}✓ prune .*\n {2}· compact .*\n {2}✗ off-site/)
  })

  it('generations, describe and stats show what is there', async () => {
    const { root, run } = await setUp()

    const generations = await run('s3', 'generations')
    const described = await run('s3', 'describe', '1')
    const stats = await run('s3', 'stats', '--from', `${root}/nas`)

    expect(generations.stdout).toMatch(
      /^docs · file:\S+\/nas · 2 generations\n#2 {2}today .* newest {2}never verified\n#1 {2}today .* never verified\n$/,
    )
    expect(described.stdout).toMatch(/^generation {3}#1, the first\nvault {8}nas\n/)
    expect(described.stdout).toContain(`expect       1:${'f'.repeat(64)}`)
    expect(stats.stdout).toMatch(/\nholds {8}6 objects, 2.00 GB\ngrowth {7}#2 .* 1.00 GB\n {13}#1 /)
    expect((await run('s3', 'generations', '--json')).json()).toMatchObject([{ vault: 'nas', generations: [{}, {}] }])
    expect((await run('s3', 'describe', '--json')).json()).toMatchObject([{ manifest: { seq: 2 }, ref: { seq: 2 } }])
  })

  it.each([['generations'], ['describe'], ['verify'], ['stats'], ['drill'], ['restore', '--to', 'back']])(
    '%s reads no directory as it was, and takes no other time than one',
    async (...command) => {
      const { run } = await setUp()
      const asOf = (time: string) => run('s3', ...command, '--from', 'nas', '--vault-as-of', time)

      const refused = expectFailure(await asOf('2026-11-01T12:00:00Z'), 'value-invalid')

      expect(refused.message).toMatch(/^cannot read file:\S+\/nas as it was at 2026-11-01T12:00:00.000Z$/)
      expectFailure(await asOf('yesterday'), 'value-invalid')
    },
  )

  it('restore does not take over in a vault as it was', async () => {
    const { run } = await setUp()

    const refused = await run(
      's3',
      'restore',
      '--from',
      'nas',
      '--to',
      'b',
      '--vault-as-of',
      '2026-11-01',
      '--writable',
    )

    expect(expectFailure(refused, 'usage-invalid').reason).toContain('--writable')
  })

  it('restore takes which one, where to and under which name', async () => {
    const { root, run, replication } = await setUp()
    const restore = ['s3', 'restore', '--from', 'nas', '--to', 'back']

    const byNumber = await run(...restore, '--generation', '1', '--expect', '1:abc', '--no-register')
    const numbered = inputOf(replication, 'restore')
    await run(...restore, '--as-of', '2026-11-20', '--writable', '--no-register', '--name', 'docs')
    const taken = inputOf(replication, 'restore')
    const recorded = await run(...restore, '--writable', '--as', 'copy')
    await run(...restore, '--without-index', '--as', 'copy')

    expect(byNumber.stdout).toMatch(
      new RegExp(`^docs  file://${root}/nas → ${root}/back\n  ✓ restore .*generation 1 · 5 files`),
    )
    expect(numbered).toMatchObject({ directory: `${root}/back`, generation: 1, expect: '1:abc', writable: false })
    expect(taken).toMatchObject({ writable: true, dropAux: false, asOf: new Date('2026-11-20T23:59:59.999') })
    expectFailure(recorded, 'repo-exists')
    expect(inputOf(replication, 'restore')).toMatchObject({ writable: false, dropAux: true })
  })

  it('pull takes --keep, and --interval only with --watch', async () => {
    const { run, replication } = await setUp()
    const pull = ['s3', 'pull', '--from', 'nas', '--to', 'replica', '--no-register']

    const pulled = await run(...pull, '--keep', '3')
    const once = await run(...pull, '--interval', '1min')

    expect(pulled.stdout).toContain('✓ pull             generation 2 · 5 files · fetched 1.00 kB')
    expect(inputOf(replication, 'pull')).toMatchObject({ keep: 3 })
    expectFailure(once, 'usage-invalid')
  })

  it('promote makes this copy the writable one', async () => {
    const { run, replication } = await setUp()

    const promoted = await run('s3', 'promote')

    expect(promoted, promoted.stderr).toMatchObject({ exitCode: 0 })
    expect(inputOf(replication, 'promote')).toMatchObject({ conditionalWrites: true })
  })

  it('verify takes a level, a part and a generation; damage is 13', async () => {
    const { run, replication } = await setUp()

    const sound = await run('s3', 'verify', '--level', '3', '--sample', '7/30', '--generation', '2')
    replication.damaged = [{ key: 'x/objects/ab/abc', problem: 'missing', paths: ['data/0/1'], generations: [1] }]
    const damaged = await run('s3', 'verify')

    expect(sound.stdout).toContain('✓ verify           V3   2 generations · 5 objects · 0 B')
    expect(replication.calls).toContainEqual({
      name: 'verify',
      input: expect.objectContaining({ level: 3, sample: { part: 7, of: 30 }, generation: 2 }),
    })
    expectFailure(damaged, 'vault-damaged')
    expect(damaged.stderr).toContain('missing: data/0/1 (x/objects/ab/abc), needed by generation 1')
  })

  it.each([
    ['s3', 'verify', '--level', '5'],
    ['s3', 'verify', '--sample', '3/2'],
    ['s3', 'verify', '--sample', '1'],
    ['s3', 'repair', '--level', '4'],
    ['s3', 'describe', 'first'],
    ['s3', 'pull', '--from', 'nas', '--to', 'x', '--keep', '0'],
    ['s3', 'restore', '--to', 'x'],
    ['s3', 'restore', '--from', 'nas', '--to', 'x', '--no-register', '--source', '.'],
  ])('refuses %s %s %s %s', async (...args) => {
    const { run } = await setUp()

    expectFailure(await run(...args), 'usage-invalid')
  })

  it.each([
    ['s3', 'restore', '--from', 'nas', '--to', 'x', '--as-of', 'yesterday'],
    ['s3', 'pull', '--from', 'nas', '--to', 'x', '--watch', '--interval', 'often'],
  ])('refuses %s %s %s %s %s %s %s %s', async (...args) => {
    const { run } = await setUp()

    expectFailure(await run(...args), 'value-invalid')
  })

  it('repair, gc and delete say what they do, and ask where something is lost', async () => {
    const { run, replication } = await setUp()

    expect((await run('s3', 'repair')).stdout).toContain('· repair           nothing is damaged')
    replication.collected = { expired: [1], deletedObjects: 3, freedBytes: 11_900_000 }
    expect((await run('s3', 'gc', '--dry-run')).stdout).toContain(
      'would expire: generation 1 · would delete: 3 objects',
    )
    expectFailure(await run('s3', 'gc'), 'confirmation-needed')
    expect((await run('s3', 'gc', '--yes')).exitCode).toBe(0)
    expectFailure(await run('s3', 'delete'), 'confirmation-needed')
    expect((await run('s3', 'delete', '--dry-run')).stdout).toContain('would be deleted   2 generations · 6 objects')
    expect((await run('s3', 'delete', '--yes')).exitCode).toBe(0)
  })

  it('refuses an address on the network when offline', async () => {
    const { run } = await setUp({ env: { BORGBOI_OFFLINE: 'true' } })

    const offline = await run('s3', 'generations', '--from', 's3://acme/borg', '--endpoint', 'http://127.0.0.1:1')

    expectFailure(offline, 'offline')
  })
})
