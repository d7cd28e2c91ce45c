import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { parseRepoName } from '../../../../src/model/names.ts'
import { SecretText } from '../../../../src/model/secret.ts'
import { importBorgmatic } from '../../../../src/workflows/repo/import-borgmatic.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const PASSPHRASE = 'SeNt1neL "quoted"'

let world: World
let repository: string

beforeEach(async () => {
  world = await buildWorld()
  repository = join(world.root, 'local.borg')
  const access = { path: repository, passphrase: new SecretText(PASSPHRASE), lockWaitSeconds: 1 }
  await world.borg.init(access, { encryption: 'repokey' })
  world.borg.calls.length = 0
})

async function borgmatic(lines: string): Promise<string> {
  const file = join(world.root, 'borgmatic.yaml')
  await writeFile(file, lines.replaceAll('SOURCE', world.source).replaceAll('REPOSITORY', repository))
  return file
}

const run = async (lines: string, dryRun = false) =>
  await importBorgmatic(world.deps, { file: await borgmatic(lines), dryRun, passphrase: {} })

const FLAT = `
constants: {base: SOURCE}
source_directories: ['{base}']
repositories: [{path: REPOSITORY, label: local}, {path: 'ssh://nas/./x', label: nas}]
exclude_patterns: ['*.pyc', 'xx:bad']
exclude_if_present: [.nobackup]
exclude_caches: true
compression: auto,zstd
encryption_passphrase: '${PASSPHRASE}'
keep_daily: 7
keep_13weekly: 2
commands: [{before: action, run: [echo]}]
`

describe('importing from borgmatic', () => {
  test('records the local repository with all that has a counterpart', async () => {
    const { repos, findings } = await run(FLAT)

    const name = parseRepoName('local')
    expect(repos).toEqual([
      { name: 'local', path: repository, record: 'recorded', sources: [world.source], exclusions: 'written' },
      { name: 'nas', path: 'ssh://nas/./x', record: 'refused', sources: [], exclusions: 'none' },
    ])
    expect(await world.record('local')).toMatchObject({
      path: repository,
      encryption: 'repokey',
      sources: [world.source],
      retention: { daily: 7 },
      compression: 'auto,zstd',
    })
    expect(await world.deps.exclusions.patterns(name)).toEqual(['*.pyc'])
    const key = world.deps.passphrases.path(name)
    expect(await readFile(key, 'utf8')).toBe(`${PASSPHRASE}\n`)
    expect((await stat(key)).mode & 0o777).toBe(0o600)
    expect(findings.map(({ subject }) => subject)).toEqual([
      'exclude_if_present',
      'archive_name_format',
      'commands',
      'keep_13weekly',
      'exclusions',
      'ssh://nas/./x',
    ])
    expect(JSON.stringify(findings)).not.toContain('SeNt1neL')
  })

  test('a dry run says the same, starts no Borg and writes nothing', async () => {
    const dry = await run(FLAT, true)

    expect(world.borg.calls).toEqual([])
    expect(await world.deps.repos.list()).toEqual([])
    expect(await world.deps.exclusions.read(parseRepoName('local'))).toBeUndefined()
    expect({ ...(await run(FLAT)), dryRun: true }).toEqual(dry)
  })

  test('run again it changes nothing, not even what was changed since', async () => {
    await run(FLAT)
    await world.deps.exclusions.write(parseRepoName('local'), '*.mine\n')
    const before = await world.record('local')

    const { repos, findings } = await run(FLAT)

    expect(repos[0]).toMatchObject({ record: 'known', exclusions: 'kept' })
    expect(findings).toContainEqual(expect.objectContaining({ message: expect.stringContaining('stays as it is') }))
    expect(await world.record('local')).toEqual(before)
    expect(await world.deps.exclusions.read(parseRepoName('local'))).toBe('*.mine\n')
  })

  test('without any rule every archive is kept, as borgmatic would', async () => {
    await run(`
source_directories: [SOURCE]
repositories: [{path: REPOSITORY}]
encryption_passphrase: '${PASSPHRASE}'
`)

    expect((await world.record('local')).retention).toEqual({ last: -1 })
  })

  test('patterns of Borg become roots and exclusions, but none that an include may take back', async () => {
    await mkdir(join(world.root, 'more'))
    const { findings } = await run(`
location:
  source_directories: [SOURCE]
  repositories: [REPOSITORY]
  patterns: ['R ${world.root}/more', 'P fm', '- *.iso', '! sh:**/tmp', '+ ${world.root}/more/x', '- ${world.root}/more']
  exclude_patterns: ['*.pyc']
storage: {encryption_passphrase: '${PASSPHRASE}'}
retention: {keep_daily: 7}
`)

    expect((await world.record('local')).sources).toEqual([world.source, join(world.root, 'more')])
    expect(await world.deps.exclusions.patterns(parseRepoName('local'))).toEqual(['fm:*.iso', 'sh:**/tmp'])
    expect(findings).toContainEqual(
      expect.objectContaining({ subject: 'patterns', message: expect.stringContaining('*.pyc') }),
    )
  })

  test('files of exclusions are taken over, and one that is gone is told', async () => {
    await writeFile(join(world.root, 'excludes'), '# mine\n*.bak\n')
    const { findings } = await run(`
source_directories: [SOURCE, SOURCE/none, '/var/log/x*', relative]
repositories: [{path: REPOSITORY}]
exclude_from: [${world.root}/excludes, ${world.root}/gone]
encryption_passphrase: '${PASSPHRASE}'
keep_daily: 7
`)

    expect(await world.deps.exclusions.patterns(parseRepoName('local'))).toEqual(['*.bak'])
    expect((await world.record('local')).sources).toEqual([world.source])
    expect(findings.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([`${world.root}/gone`, `${world.source}/none`, '/var/log/x*', 'relative']),
    )
  })

  test.each([
    ['a wrong passphrase', { from: `'${PASSPHRASE}'`, to: 'wrong' }, /passphrase/i],
    ['no source that is there', { from: "['{base}']", to: '[SOURCE/none]' }, /nothing to back up/],
  ])('%s is an error of that repo, and nothing of it is recorded', async (_, { from, to }, message) => {
    const { repos, findings } = await run(FLAT.replace(from, to))

    expect(repos[0]).toMatchObject({ record: 'refused' })
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringMatching(message) }),
    )
    expect(await world.deps.repos.list()).toEqual([])
  })

  test('a repository that is gone, or a name that is taken, is an error', async () => {
    await world.addRepo('local')
    const taken = await run(FLAT)
    world.borg.repositories.delete(repository)
    await rm(repository, { recursive: true })

    expect(taken.findings).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('is called local already') }),
    )
    expect((await run(FLAT)).findings).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('there is no Borg repository') }),
    )
  })

  test.each([
    ['no YAML', 'a: [', 'file-unusable'],
    ['parts elsewhere', '<<: !include x.yaml', 'file-unusable'],
    ['a variable', `encryption_passphrase: \${BORG_PASSPHRASE}`, 'file-unusable'],
    ['no configuration', '- a', 'value-invalid'],
  ])('a file with %s is refused', async (_, text, code) => {
    await expect(run(text)).rejects.toMatchObject({ code })
  })

  test('a file that is not there is refused', async () => {
    const input = { file: join(world.root, 'none.yaml'), dryRun: true, passphrase: {} }

    await expect(importBorgmatic(world.deps, input)).rejects.toMatchObject({ code: 'file-unusable' })
  })
})
