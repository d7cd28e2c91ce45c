// What is promised of every command: those that read answer in JSON, and each is run by some test of the command line.
// A new command belongs into one of the two lists.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { nameOf } from '../../src/cli/find-command.ts'
import { FakeBorg } from '../fakes/fake-borg.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeReplication } from '../fakes/fake-replication.ts'
import { borgboi } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

/** What reads, with what it takes besides: each prints JSON and nothing else with --json. */
const READS: Readonly<Record<string, readonly string[]>> = {
  'repo list': [],
  'repo info': [],
  'repo sources list': [],
  'repo retention show': [],
  'repo retention simulate': [],
  'repo objectives show': [],
  'backup list': [],
  'backup contents': [],
  'backup diff': [],
  's3 generations': [],
  's3 describe': [],
  's3 stats': [],
  'vault list': [],
  'schedule status': [],
  'vault probe': [],
  'exclusions show': ['--name', 'docs'],
  'notify list': [],
  'exclusions explain': ['source'],
  'exclusions audit': [],
  'config show': [],
  'config path': [],
  'config validate': [],
  'store check': [],
  help: ['retention'],
  status: [],
  history: [],
  'history show': ['latest'],
  doctor: [],
  version: [],
  completion: ['bash'],
  'completion query': ['--', 'repo', ''],
}

/** What makes, changes or removes something, makes a run, or hands over to Borg. */
const ACTS =
  `repo create, repo import, repo rename, repo move, repo copy, repo delete, repo set-quota, repo sources add, repo sources remove, repo retention set, repo retention clear,
  repo objectives set, repo objectives clear,
  repo break-lock, repo key export, repo key import, repo kit create, repo kit verify, repo passphrase change, repo passphrase set, repo passphrase migrate,
  backup daily, backup run, backup restore, backup export-tar, backup mount, backup umount, backup rename, backup comment, backup hold, backup release, backup recreate, backup prune,
  backup compact, backup check, backup drill, backup delete, backup undo,
  s3 sync, s3 restore, s3 pull, s3 promote, s3 verify, s3 drill, s3 repair, s3 gc, s3 delete,
  schedule install, schedule remove, schedule run,
  vault add, vault use, vault remove, notify test, metrics write, exclusions create, exclusions add, exclusions remove,
  config generate, store rebuild, migrate, import borgmatic, borg`
    .split(',')
    .map((name) => name.trim())

it('every command either reads or acts', () => {
  expect([...Object.keys(READS), ...ACTS].toSorted()).toEqual(COMMANDS.map(nameOf).toSorted())
})

/** A home with a repo that has two archives and a generation. */
async function setUp() {
  const root = await tempDir()
  const [borg, clock] = [new FakeBorg(), new FakeClock()]
  const overrides = { borg, clock, replication: new FakeReplication(clock) }
  for (const name of ['source', 'nas']) await mkdir(join(root, name))
  const run = (...args: string[]) => {
    clock.advance(60_000)
    return borgboi({ root, overrides }, ...args)
  }
  await run('vault', 'add', 'nas', `${root}/nas`)
  await run('repo', 'create', '-n', 'docs', '-p', 'docs', '-b', 'source', '--vault', 'nas')
  for (const text of ['alpha', 'beta']) {
    await writeFile(join(root, 'source', 'a.txt'), text)
    expect((await run('backup', 'run')).exitCode).toBe(0)
  }
  expect((await run('repo', 'kit', 'create')).exitCode).toBe(0)
  expect((await run('s3', 'sync')).exitCode).toBe(0)
  return run
}

describe('what reads', () => {
  it('prints JSON and nothing else with --json', async () => {
    const run = await setUp()

    for (const [name, words] of Object.entries(READS)) {
      const result = await run(...name.split(' '), '--json', ...words)

      expect(result, name).toMatchObject({ exitCode: 0, stderr: '' })
      expect(result.json().length, name).toBeGreaterThan(0)
    }
  })
})

describe('what acts', async () => {
  const folders = ['test/cli', 'test/unit/cli'].map((folder) => join(import.meta.dirname, '../..', folder))
  const texts = await Promise.all(
    folders.flatMap(async (folder) => {
      const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.test.ts'))
      return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n')
    }),
  )

  it.each(ACTS)('%s is run by a test of the command line', (name) => {
    const words = name.split(' ').map((word) => `'${word}'`)

    expect(texts.some((text) => new RegExp(`${words.join(',\\s*')}|\\bborgboi ${name}\\b`).test(text))).toBe(true)
  })
})
