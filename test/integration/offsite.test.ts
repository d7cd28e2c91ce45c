// The whole way of a copy, with the program as it is shipped, the real Borg and a vault in a directory: from the daily
// backup to another machine, and what happens when something of it is not there.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, builtMachine, stepsOf } from '../support/built-machine.ts'
import { buildWhenStale, type ProgramEnd } from '../support/built-program.ts'
import { nextSecond } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

/** A machine that keeps one archive of `source` in `repository`, copied to the vault `nas` beside its home. */
async function setUp(root: string) {
  const machine = await builtMachine(join(root, 'anna'))
  const [vault, source] = [join(root, 'vault'), join(machine.home, 'source')]
  await mkdir(vault)
  await mkdir(source)
  await writeFile(join(source, 'a.txt'), 'alpha')
  // What stays in every archive: a repository that loses most of what it has looks like a loss.
  await writeFile(join(source, 'stays.bin'), randomBytes(100_000))
  await machine.do(`borgboi vault add nas ${vault}`)
  await machine.do(
    'borgboi repo create -n docs -p repository --source source --passphrase-file kit.txt --retention last=1 --vault nas',
  )
  return { root, machine, vault, source, repository: join(machine.home, 'repository') }
}

beforeAll(buildWhenStale)

describe.skipIf(testBorgVersion === undefined)('a repo that is copied off-site', () => {
  let stage: Awaited<ReturnType<typeof setUp>>
  let archives: string[]

  // Two days: the second prunes the archive of the first, and gives up its space.
  beforeAll(async () => {
    stage = await setUp(await suiteDir())
    const { machine, source } = stage
    const first = await machine.do('borgboi backup daily --json')
    expect(stepsOf(first).at(-1)).toMatchObject({ name: 'off-site', figures: { generation: 1 } })
    archives = await archivesOf(machine)
    await nextSecond()
    await writeFile(join(source, 'a.txt'), 'alpha, second edition')
    await machine.do('borgboi backup daily')
    await machine.do('borgboi backup compact')
    await machine.do('borgboi s3 sync')
    archives.push(...(await archivesOf(machine)))
  })

  test('has a generation for every state, and nothing new makes none', async () => {
    const { machine } = stage

    const { stdout } = await machine.do('borgboi s3 sync --json')
    const list = await machine.ask('borgboi s3 generations')

    expect(stepsOf({ stdout } as ProgramEnd)).toMatchObject([{ detail: 'nothing new', figures: { generation: 3 } }])
    expect(list).toMatchObject({
      vault: 'nas',
      problems: [],
      generations: [{ seq: 3, state: 'head' }, { seq: 2 }, { seq: 1 }],
    })
  })

  test('comes back on a bare machine by the address of the vault, to be read only', async () => {
    const bare = await builtMachine(join(stage.root, 'bare'))

    const restored = await bare.do(`borgboi s3 restore --from ${stage.vault} --to back --passphrase-file kit.txt`)
    const checked = await bare.do('borgboi backup check --verify-data')
    const files = await bare.do('borgboi backup restore --strip-components 10 --destination out')
    const refused = await bare.run('borgboi backup daily')

    expect(restored.stdout).toContain('✓ record           as docs, to be read only')
    expect(checked.stdout).toContain('all data read and verified')
    expect(files.exitCode).toBe(0)
    expect(await archivesOf(bare)).toEqual([archives[1]])
    expectFailure(refused, 'repo-read-only')
  })

  test('brings the pruned archive back from the generation before the prune', async () => {
    const before = await builtMachine(join(stage.root, 'before'))

    await before.do(
      `borgboi s3 restore --from ${stage.vault} --to back --generation 1 --as then --passphrase-file kit.txt`,
    )
    const checked = await before.do('borgboi backup check')
    await before.do('borgboi backup restore -n then --destination out')

    expect(checked.stdout).toContain('consistent')
    expect(await archivesOf(before, 'then')).toEqual([archives[0]])
    expect(await readFile(join(before.home, 'out', stage.source.slice(1), 'a.txt'), 'utf8')).toBe('alpha')
  })

  test('is verified down to a restore that Borg checks, and the level is kept', async () => {
    const { machine } = stage

    const objects = await machine.do('borgboi s3 verify --level 3')
    await machine.do('borgboi s3 verify --level 4 --verify-data')
    const list = await machine.ask('borgboi s3 generations')

    expect(objects.stdout).toContain('V3')
    expect(list).toMatchObject({ generations: [{ verified: { level: 4 } }, { verified: { level: 3 } }, {}] })
    expect((await readdir(machine.home)).filter((name) => name.startsWith('.borgboi-'))).toEqual([])
  })

  test('is followed by a replica, which Borg can read without making it diverge', async () => {
    const replica = await builtMachine(join(stage.root, 'replica'))
    const pull = `borgboi s3 pull --from ${stage.vault} --to copy --passphrase-file kit.txt`

    await replica.do(pull)
    const seen = await archivesOf(replica)
    await writeFile(join(stage.source, 'b.txt'), 'beta')
    await nextSecond()
    await stage.machine.do('borgboi backup daily')
    const again = await replica.do(pull)

    expect(seen).toEqual([archives[1]])
    expect(again.stdout).toContain('generation 4')
    expect(await archivesOf(replica)).toEqual(await archivesOf(stage.machine))
  })

  test('tells what it takes, and what a collection would do', async () => {
    const { machine } = stage

    const stats = await machine.ask('borgboi s3 stats')
    const collected = await machine.do('borgboi s3 gc --dry-run')
    const described = await machine.do('borgboi s3 describe 1')

    expect(stats).toMatchObject({ name: 'docs', vault: 'nas', bytes: expect.any(Number) })
    expect(stats).not.toHaveProperty('costPerMonth')
    expect(collected.stdout).toMatch(/collect +nothing to collect {3}kept \d/)
    expect(described.stdout).toMatch(/^generation {2,}#1, the first\n/)
  })
})

describe.skipIf(testBorgVersion === undefined)('a copy that cannot be made', () => {
  test('because the disk of the vault is not mounted: the archive is there, and exit 15 says the rest', async () => {
    const { machine, vault, repository } = await setUp(await tempDir())
    await machine.do('borgboi backup daily')
    await rename(vault, `${vault}-elsewhere`)
    await nextSecond()

    const daily = await machine.run('borgboi backup daily --quiet')
    const [archive] = await archivesOf(machine)
    await mkdir(vault)
    const empty = await machine.run('borgboi s3 sync')
    await rm(vault, { recursive: true })
    await rename(`${vault}-elsewhere`, vault)
    const sync = await machine.do('borgboi s3 sync')

    const failure = expectFailure(daily, 'offsite-failed')
    expect(failure.message).toBe('docs: the backup is complete, the off-site copy is not')
    expect(failure.reason).toContain(`archive ${archive} is in ${repository}; nas: `)
    expect(failure.hint).toContain('borgboi s3 sync --name docs')
    expectFailure(empty, 'vault-missing')
    expect(sync.stdout).toContain('generation 2')
  })

  test('because the network may not be used is skipped, and the backup is fine', async () => {
    const { machine } = await setUp(await tempDir())
    const env = { BORGBOI_OFFLINE: 'true', BORGBOI_VAULTS__NAS__URL: 's3://acme-backups/borg' }

    const daily = await machine.run('borgboi backup daily --json', env)
    const sync = await machine.run('borgboi s3 sync', env)

    expect(daily.exitCode).toBe(0)
    expect(stepsOf(daily).at(-1)).toMatchObject({ outcome: 'skipped', detail: 'offline: not copied to nas' })
    expectFailure(sync, 'offline')
  })

  test('because another machine copies the same repository: one wins, one is told', async () => {
    const { root, machine, vault, repository } = await setUp(await tempDir())
    const other = await builtMachine(join(root, 'bert'))
    await other.do(`borgboi vault add nas ${vault}`)
    await other.do(`borgboi repo import -n docs -p ${repository} --passphrase-file kit.txt --vault nas`)
    await machine.do('borgboi backup run')

    const ends = await Promise.all([machine.run('borgboi s3 sync'), other.run('borgboi s3 sync')])
    const loser = ends[0].exitCode === 0 ? ends[1] : ends[0]
    const later = await (loser === ends[1] ? other : machine).run('borgboi s3 sync')
    const list = await machine.ask('borgboi s3 generations')

    expect(ends.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1)
    expect(loser.exitCode).toBe(1)
    expect(loser.stderr).toMatch(/\[(push-conflict|writer-fenced), exit 1\]/)
    expectFailure(later, 'writer-fenced')
    const { problems, generations } = list as { problems: string[]; generations: { state: string }[] }
    expect(problems).toEqual([])
    expect(generations.map(({ state }) => state).filter((state) => state !== 'orphan')).toEqual(['head'])
  })

  test('because another machine has taken over; here the backup is complete all the same', async () => {
    const { root, machine, vault } = await setUp(await tempDir())
    await machine.do('borgboi backup daily')
    const other = await builtMachine(join(root, 'bert'))
    await other.do(`borgboi vault add nas ${vault}`)
    await other.do('borgboi s3 restore --from nas --to docs --passphrase-file kit.txt')
    await other.do('borgboi s3 promote')
    await nextSecond()

    const daily = await machine.run('borgboi backup daily')
    const [archive] = await archivesOf(machine)

    const failure = expectFailure(daily, 'offsite-failed')
    expect(failure.reason).toContain(`archive ${archive} is in`)
    expect(failure.reason).toContain('this machine is not its writer')
    await other.do('borgboi s3 sync')
  })
})

describe.skipIf(testBorgVersion === undefined)('a copy that is damaged', () => {
  test('is found, told with 13, and mended from this machine', async () => {
    const { machine, vault } = await setUp(await tempDir())
    await machine.do('borgboi backup daily')
    const [borgId = ''] = (await readdir(vault)).filter((name) => /^[0-9a-f]{64}$/.test(name))
    const objects = join(vault, borgId, 'objects')
    const [folder = ''] = await readdir(objects)
    await rm(join(objects, folder), { recursive: true })

    const found = await machine.run('borgboi s3 verify')
    const mended = await machine.do('borgboi s3 repair')
    const after = await machine.do('borgboi s3 verify --level 3')

    expectFailure(found, 'vault-damaged')
    expect(found.stderr).toMatch(/missing: .+ \(\S+\), needed by generation 1/)
    expect(mended.stdout).toContain('uploaded again')
    expect(after.exitCode).toBe(0)
  })

  test('is deleted only after a yes, and made anew by the next copy', async () => {
    const { machine, vault } = await setUp(await tempDir())
    await machine.do('borgboi backup daily')

    const unasked = await machine.run('borgboi s3 delete')
    const dry = await machine.do('borgboi s3 delete --dry-run')
    await machine.do('borgboi s3 delete --yes')
    const gone = await machine.run(`borgboi s3 restore --from ${vault} --to back --no-register`)
    await machine.do('borgboi s3 sync')

    expectFailure(unasked, 'confirmation-needed')
    expect(dry.stdout).toContain('1 generation')
    expectFailure(gone, 'generation-unknown')
    expect(await machine.ask('borgboi s3 generations')).toMatchObject({ generations: [{ seq: 1, state: 'head' }] })
  })
})
