// What `completion query` answers to shells; the scripts themselves are in test/cli/completion.test.ts.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { ARGUMENT_VALUES, LATER_VALUES, OPTION_VALUES } from '../../../src/cli/completion/values.ts'
import { describe as definitionOf, nameOf } from '../../../src/cli/find-command.ts'
import { ENCRYPTIONS } from '../../../src/model/repo.ts'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** A home with the repos `docs`, which was backed up, and `music`, and the vaults `nas` and `s3main`. */
async function setUp() {
  const root = await tempDir()
  await mkdir(join(root, 'source'))
  await mkdir(join(root, '.borgboi'))
  const vaults = 'vaults:\n  nas: { url: file:///mnt/nas }\n  s3main: { url: s3://bucket }\n'
  await writeFile(join(root, '.borgboi/config.yaml'), vaults)
  const overrides = { borg: new FakeBorg(), clock: new FakeClock() }
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  for (const name of ['docs', 'music']) {
    const made = await run('repo', 'create', '--name', name, '--path', name, '--source', 'source', '--passphrase', 'p')
    expect(made.exitCode, made.stderr).toBe(0)
  }
  const done = await run('backup', 'run', '--name', 'docs')
  expect(done.exitCode, done.stderr).toBe(0)
  // No Borg from here on: a query that asked it would fail.
  return { root, query: queryIn(root) }
}

function queryIn(root: string) {
  return async (...words: string[]) => {
    const result = await borgboi({ root, env: { PATH: '/nowhere' } }, 'completion', 'query', '--', ...words)
    expect(result, result.stderr).toMatchObject({ exitCode: 0, stderr: '' })
    return result.stdout.split('\n').flatMap((line) => (line === '' ? [] : (line.split('\t')[0] ?? '')))
  }
}

const anywhere = queryIn('/nowhere')

describe('words', () => {
  it('of a command are all that begin like what is written', async () => {
    const groups = [...new Set(COMMANDS.map((command) => nameOf(command).split(' ')[0]))]

    expect(await anywhere('')).toEqual(groups)
    expect(await anywhere('s')).toEqual(['schedule', 's3', 'store', 'status'])
    expect(await anywhere('vault', '')).toEqual(['add', 'list', 'use', 'probe', 'remove'])
    expect(await anywhere('repo', 'passphrase', 'm')).toEqual(['migrate'])
    expect(await anywhere('repo', 'list', '')).toEqual([])
    expect(await anywhere('nonsense', '')).toEqual([])
  })

  // What shells call is not for people to type.
  const typed = COMMANDS.filter((command) => nameOf(command) !== 'completion query')

  it.each(typed.map((command) => [nameOf(command), command] as const))(
    'of %s are found, and its options are those it has',
    async (name, command) => {
      const path = name.split(' ')
      const options = definitionOf(command)?.options.flatMap(
        ({ definition }) => definition.match(/--[\w-]+/)?.[0] ?? [],
      )

      expect(await anywhere(...path)).toContain(path.at(-1))
      expect((await anywhere(...path, '--')).sort()).toEqual([...(options ?? []), '--help'].sort())
    },
  )

  it('come with what they mean', async () => {
    const { stdout } = await borgboi({ root: '/nowhere' }, 'completion', 'query', '--', 'backup', 'da')

    expect(stdout).toMatch(/^daily\tback up, prune/)
  })

  it('behind a name that BorgBoi 1.x had are those of its successor', async () => {
    expect(await anywhere('delete-archive', '--dry')).toEqual(['--dry-run'])
  })
})

describe('values', () => {
  it('are names of repos, of their newest archives and of vaults, without Borg', async () => {
    const { root, query } = await setUp()

    expect(await query('backup', 'daily', '--name', '')).toEqual(['docs', 'music'])
    expect(await query('backup', 'daily', '-n', 'm')).toEqual(['music'])
    expect(await query('backup', 'daily', '--name=d')).toEqual(['--name=docs'])
    expect(await query('repo', 'info', '--path', '')).toEqual([join(root, 'docs'), join(root, 'music'), ':directory'])
    expect(await query('s3', 'sync', '--vault', '')).toEqual(['nas', 's3main'])
    expect(await query('s3', 'restore', '--from', 'n')).toEqual(['nas'])
    expect(await query('vault', 'use', '')).toEqual(['nas', 's3main'])
    expect(await query('repo', 'copy', '')).toEqual(['docs', 'music'])
    expect(await query('repo', 'copy', '--config', 'x', 'docs', '')).toEqual([':directory'])
    expect(await query('backup', 'restore', '--archive', '')).toEqual(['latest', expect.stringMatching(/^docs-\d{4}-/)])
    expect(await query('backup', 'restore', '--name=music', '--archive', '')).toEqual(['latest'])
  })

  it.each([
    [
      ['backup', 'restore', '--overwrite', ''],
      ['never', 'if-changed', 'always'],
    ],
    [
      ['s3', 'verify', '--level', ''],
      ['1', '2', '3', '4'],
    ],
    [['config', 'show', '--config', ''], [':file']],
    [['exclusions', 'create', '--from', 'x'], [':file']],
    [['repo', 'create', '--source', ''], [':directory']],
    [['repo', 'create', '--path', ''], [':directory']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['backup', 'list', '--last', ''], []],
    [['backup', 'list', '--json=', ''], []],
    [['backup', 'list', '--json='], []],
    [['backup', 'contents', '--', '--name', ''], []],
  ])('of %j are %j', async (words, expected) => {
    expect(await anywhere(...words)).toEqual(expected)
  })

  it('are the latest runs, by the ids that history shows', async () => {
    const { root, query } = await setUp()
    const { stdout } = await borgboi({ root }, 'history', '--json')
    const ids = JSON.parse(stdout).runs.map(({ id }: { id: string }) => id.slice(-6))

    expect(ids.length).toBeGreaterThan(0)
    expect(await query('history', 'show', '')).toEqual(['latest', ...ids])
  })

  it('that are told apart belong to options and commands there are', () => {
    const options = COMMANDS.flatMap((command) =>
      (definitionOf(command)?.options ?? [])
        .filter(({ definition }) => definition.includes(' '))
        .flatMap(({ definition }) => {
          const name = definition.split(/[ ,]/)[0]
          return [name, `${nameOf(command)} ${name}`]
        }),
    )

    expect(Object.keys(OPTION_VALUES).filter((key) => !options.includes(key))).toEqual([])
    const others = [...Object.keys(ARGUMENT_VALUES), ...Object.keys(LATER_VALUES)]
    expect(others.filter((key) => !COMMANDS.map(nameOf).includes(key))).toEqual([])
    expect(OPTION_VALUES['--encryption']).toEqual(ENCRYPTIONS)
  })
})

describe('completion', () => {
  it('prints a script for each shell', async () => {
    const shells = ['bash', 'zsh', 'fish']

    const printed = await Promise.all(shells.map((shell) => borgboi({ root: '/nowhere' }, 'completion', shell)))

    for (const { exitCode, stdout } of printed) {
      expect(exitCode).toBe(0)
      expect(stdout).toContain('completion query --')
    }
  })

  it('refuses other shells, naming those it knows', async () => {
    const failure = expectFailure(await borgboi({ root: '/nowhere' }, 'completion', 'tcsh'), 'usage-invalid')

    expect(failure.hint).toBe('use one of bash, zsh, fish')
  })

  it('answers words where the record of repos is damaged, and nothing for names', async () => {
    const root = await tempDir()
    await mkdir(join(root, '.borgboi/data'), { recursive: true })
    await writeFile(join(root, '.borgboi/data/repositories.json'), 'not ours')

    expect(await queryIn(root)('repo', 'l')).toEqual(['list'])
    const names = await borgboi({ root }, 'completion', 'query', '--', 'repo', 'info', '--name', '')
    expect(expectFailure(names, 'store-damaged').message).not.toBe('')
    expect(names.stdout).toBe('')
  })
})
