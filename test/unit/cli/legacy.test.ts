// The commands of BorgBoi 1.x, and the words of Borg and borgmatic: what they are here, and that they do it.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { describe as definitionOf, findCommand, nameOf } from '../../../src/cli/find-command.ts'
import { renamed, translate } from '../../../src/cli/legacy/translate.ts'
import {
  ABSENT_WORDS,
  BORG_WORDS,
  DOUBTFUL_WORDS,
  OLD_OPTIONS,
  OLD_VERBS,
  SAME_WORDS,
} from '../../../src/cli/legacy/verbs.ts'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { expectFailure } from '../../support/failure.ts'
import { keyFile } from '../../support/passphrases.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

const PASSPHRASE = 'sentinel-Pa55 "phrase" ünï'
const docs = readFile(join(import.meta.dirname, '../../../docs/commands.md'), 'utf8')
const names = COMMANDS.map(nameOf)

/** A home where `create-repo` made the repo `docs`. */
async function setUp() {
  const root = await tempDir()
  const [borg, clock] = [new FakeBorg(), new FakeClock()]
  await mkdir(join(root, 'source'))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  await keyFile(join(root, '.borgboi/passphrases/docs.key'), `${PASSPHRASE}\n`)
  const run = async (...args: string[]) => {
    clock.advance(60_000)
    return await borgboi({ root, overrides: { borg, clock } }, ...args)
  }
  const created = await run('create-repo', '-n', 'docs', '-r', 'docs', '-b', 'source')
  expect(created.exitCode, created.stderr).toBe(0)
  const archive = async () => {
    await run('daily-backup', '--repo-path', 'docs')
    const [{ archives } = { archives: [] }] = (await run('backup', 'list', '--json')).json()
    return String((archives as { name: string }[]).at(-1)?.name)
  }
  return { root, run, created, archive, overrides: { borg, clock } }
}

describe.each(OLD_VERBS)('$verb', ({ verb, now, options = {} }) => {
  it('stands for a command there is, with options it has', () => {
    const command = findCommand(COMMANDS, now.split(' '))
    const has = (command && definitionOf(command)?.options.flatMap(({ definition }) => definition.split(/[ ,]/))) ?? []

    expect(names).toContain(now)
    for (const meaning of Object.values(options)) if ('to' in meaning) expect(has).toContain(meaning.to)
  })

  it('shows the help of that command, which names it', async () => {
    const help = await borgboi({ root: '/nowhere' }, verb, '--help')

    expect(help.stdout).toBe((await borgboi({ root: '/nowhere' }, ...now.split(' '), '--help')).stdout)
    expect(help.stdout).toMatch(new RegExp(`^Deprecated name: .*\\b${verb}\\b`, 'm'))
    expect(help.stderr).toBe('')
  })

  it('is in the table of docs/commands.md', async () => {
    expect(await docs).toContain(`| \`${verb}\` | BorgBoi 1.x | \`${now}\` |`)
  })
})

describe('a command of BorgBoi 1.x', () => {
  it.each([
    [['list-repos'], ['repo', 'list']],
    [
      ['list-archives', '-r', '/b/docs'],
      ['backup', 'list', '--path=/b/docs'],
    ],
    [
      ['list-archives', '-ndocs', '--json'],
      ['backup', 'list', '--name=docs', '--json'],
    ],
    [
      ['repo-info', '--pp', '--repo-name=docs'],
      ['repo', 'info', '--name=docs'],
    ],
    [
      ['daily-backup', '-r', '/b', '-p', 'x y'],
      ['backup', 'daily', '--path=/b', '--passphrase=x y'],
    ],
    [
      ['daily-backup', '-r', '/b', '--offline'],
      ['backup', 'daily', '--path=/b', '--offline'],
    ],
    [
      ['list-archive-contents', '-n', 'd', '-a', 'one', '-o', 'stdout'],
      ['backup', 'contents', '--name=d', '--archive=one'],
    ],
    [
      ['export-repo-key', '-r', '/b'],
      ['repo', 'key', 'export', '--path=/b'],
    ],
    [
      ['extract-archive', '-r', '/b', '-a', 'one'],
      ['backup', 'restore', '--path=/b', '--archive=one', '--destination', '.'],
    ],
    [
      ['extract-archive', '-r', '/b', '-a', 'one', '--destination=to', 'home'],
      ['backup', 'restore', '--path=/b', '--archive=one', '--destination=to', 'home'],
    ],
    [
      ['append-excludes', '-n', 'd', '-x', '-odd'],
      ['exclusions', 'add', '--name=d', '--', '-odd'],
    ],
    [
      ['modify-excludes', '-n', 'd', '-D', '3'],
      ['exclusions', 'remove', '--name=d', '--line=3'],
    ],
    [
      ['restore-repo', '-n', 'd', '-r', '/b', '--from', 'nas'],
      ['s3', 'restore', '--name=d', '--to=/b', '--from', 'nas'],
    ],
    [
      ['create-repo', '-r', '/b/docs/', '-b', '/home/me'],
      ['repo', 'create', '--path=/b/docs/', '--source=/home/me', '--name=docs'],
    ],
    [
      ['create-repo', '-r', '/b/docs', '-b', '/home/me', '-n', 'mine'],
      ['repo', 'create', '--path=/b/docs', '--source=/home/me', '--name=mine'],
    ],
    [['migrate-passphrases'], ['repo', 'passphrase', 'migrate', '--all']],
    [
      ['migrate-passphrases', '-n', 'd'],
      ['repo', 'passphrase', 'migrate', '--name=d'],
    ],
    [
      ['--offline', 'list-repos'],
      ['repo', 'list', '--offline'],
    ],
  ])('%j is %j', (typed, args) => {
    expect(translate(typed).args).toEqual(args)
  })

  it.each([
    ['create-repo', '-n', 'd'],
    ['daily-backup'],
    ['delete-repo', '--dry-run'],
    ['export-repo-key', '-n', 'd', '-p', 'x'],
    ['delete-archive', '-r', '/b'],
    ['extract-archive', '-r', '/b'],
    ['list-archive-contents', '-n', 'd'],
    ['append-excludes', '-n', 'd'],
    ['restore-repo', '-n', 'd'],
    ['daily-backup', '--repo-path'],
    ['restore-repo', '-n', 'd', '--force'],
    ['restore-repo', '-n', 'd', '--dry-run'],
    ['list-archive-contents', '-n', 'd', '-a', 'one', '-o', 'list.txt'],
    ['modify-excludes', '-n', 'd', '-D', 'abc'],
  ])('%s %s %s … is refused rather than guessed', async (...args) => {
    const failure = expectFailure(await borgboi({ root: '/nowhere' }, ...args), 'usage-invalid')

    expect(failure.message).toContain(`borgboi ${args[0]}`)
  })

  it('says in one line on stderr what it is now, without the values it was given', async () => {
    const { run } = await setUp()

    const result = await run('list-archives', '-r', 'docs', '-p', PASSPHRASE, '--json')

    expect(result.exitCode, result.stderr).toBe(0)
    expect(result.stderr.split('\n')[0]).toBe(
      'warning: list-archives is deprecated, use: borgboi backup list --path PATH --passphrase PASSPHRASE',
    )
    expect(result.stderr).not.toContain('sentinel')
    expect(result.json()).toHaveLength(1)
  })

  it('does what it did, on a repo that it made', async () => {
    const { root, run, created, archive } = await setUp()
    await writeFile(join(root, 'excludes.txt'), '*.tmp\n')

    const ends = [
      await run('create-exclusions', '-r', 'docs', '-x', 'excludes.txt'),
      await run('append-excludes', '-n', 'docs', '-x', 'sh:**/node_modules'),
      await run('modify-excludes', '-n', 'docs', '-D', '1'),
    ]
    const name = await archive()
    const repos = await run('list-repos')
    const shown = await Promise.all([
      run('get-repo', '-n', 'docs'),
      run('repo-info', '-r', 'docs', '--pp'),
      run('list-archives', '-n', 'docs'),
      run('list-archive-contents', '-r', 'docs', '-a', name),
      run('migrate-passphrases'),
      run('delete-archive', '-r', 'docs', '-a', name, '--dry-run'),
      run('delete-repo', '-n', 'docs', '--dry-run'),
    ])

    expect(created.stdout).toContain('Borg repository created')
    expect([...ends, repos, ...shown].map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(
      Array.from({ length: 11 }, () => [0, expect.stringMatching(/^! [a-z-]+ is deprecated, use: borgboi .*\n/)]),
    )
    expect((await run('exclusions', 'show', '--name', 'docs')).stdout).toMatch(/node_modules/)
    expect(shown[2]?.stdout).toContain(name)
  })

  it('extract-archive fills the directory it is called in, and overwrites nothing there', async () => {
    const { root, archive, overrides } = await setUp()
    const name = await archive()
    const cwd = join(root, 'empty')
    await mkdir(cwd)
    const extract = () => borgboi({ root, cwd, overrides }, 'extract-archive', '-r', join(root, 'docs'), '-a', name)

    const first = await extract()
    const second = await extract()

    expect(first.exitCode, first.stderr).toBe(0)
    expect(await readFile(join(cwd, root, 'source/a.txt'), 'utf8')).toBe('alpha')
    expect(expectFailure(second, 'destination-not-empty').hint).toContain('--overwrite')
  })

  it('may have --offline, like every command, before it or behind it', async () => {
    const root = await tempDir()
    const settings = async (...args: string[]) => (await borgboi({ root }, ...args)).stdout

    expect(await settings('config', 'show', '--offline', '--origin')).toMatch(/^offline +true +.*--offline/m)
    expect(await settings('--offline', 'config', 'show')).toBe(await settings('config', 'show', '--offline'))
  })
})

describe.each(BORG_WORDS)('$words of $of', ({ words, of, now }) => {
  it.each(words)('%s is another name, without a remark', async (word) => {
    const other = [...now.split(' '), '--json', 'x']

    expect(names).toContain(now)
    expect(translate([...word.split(' '), '--json', 'x'])).toEqual({ args: other })
    expect(renamed(word.split(' '))).toEqual(now.split(' '))
    expect(await docs).toContain(`| \`${word}\` | ${of} | \`${now}\` |`)
    expect((await borgboi({ root: '/nowhere' }, ...word.split(' '), '-h')).stdout).toMatch(
      new RegExp(`^Also: .*\\b${word}\\b`, 'm'),
    )
  })
})

describe.each(DOUBTFUL_WORDS)('$word', ({ word, either }) => {
  it('is refused, naming both commands it could be', async () => {
    const failure = expectFailure(await borgboi({ root: '/nowhere' }, word, '-n', 'docs'), 'usage-invalid')

    for (const name of either) {
      expect(names).toContain(name)
      expect(failure.hint).toContain(`borgboi ${name} `)
    }
    expect(await docs).toContain(`| \`${word}\` |`)
  })
})

describe.each(ABSENT_WORDS)('$word', ({ word, instead }) => {
  it('is no command here, which says what there is instead, as the table does', async () => {
    const failure = expectFailure(await borgboi({ root: '/nowhere' }, ...word.split(' ')), 'usage-invalid')

    // What begins like ours is taken for one of ours.
    if (word !== 'config') expect(failure.hint).toBe(`instead: ${instead}`)
    expect(await docs).toContain(`| ${instead} |`)
  })
})

it('words that are the same here are commands there are', async () => {
  for (const { word } of SAME_WORDS) {
    expect(names).toContain(word)
    expect(await docs).toContain(`| \`${word}\` | `)
  }
})

/** Of borgmatic 2.0, with the names that its earlier versions had. Source: its command-line reference. */
const BORGMATIC = `borg break-lock check compact config_bootstrap config_generate config_validate create delete diff
  export-tar extract info init key_change-passphrase key_export key_import list prune rcreate rdelete repo-create
  mount recreate repo-delete repo-info repo-list restore rinfo rlist transfer umount`

it.each(BORGMATIC.split(/\s+/))('what borgmatic calls %s is in the table', async (action) => {
  expect(await docs).toMatch(new RegExp(`^\\| \`${action.replace('_', ' ')}\` \\| .*(borgmatic|BorgBoi)`, 'm'))
})

it('no word stands for two things, and none is a command of ours', () => {
  const words = [
    ...OLD_VERBS.map(({ verb }) => verb),
    ...BORG_WORDS.flatMap(({ words }) => words),
    ...DOUBTFUL_WORDS.map(({ word }) => word),
    ...ABSENT_WORDS.map(({ word }) => word).filter((word) => !word.startsWith('config')),
  ]

  expect(new Set(words).size).toBe(words.length)
  expect(words.filter((word) => names.some((name) => name.split(' ')[0] === word))).toEqual([])
  expect(Object.keys(OLD_OPTIONS)).toHaveLength(4)
})
