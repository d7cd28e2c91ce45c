// `borgboi migrate` on homes of BorgBoi 1.x: every layout, whole and broken.

import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  type EarlierSample,
  isDatabase,
  LAYOUTS,
  makeRepositoryConfig,
  openEarlierDatabase,
  rowsOf,
  writeLayout,
} from '../../support/earlier-homes.ts'
import { borgboi, type CliHome } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SECRET = 'SeNt1neL "quoted" \\ ünï'
const [ID, OTHER_ID] = ['ab'.repeat(32), 'cd'.repeat(32)]

let root: string
let home: string
let docs: EarlierSample

beforeEach(async () => {
  root = await tempDir()
  home = join(root, '.borgboi')
  docs = {
    name: 'docs',
    path: join(root, 'repository'),
    backup_target: join(root, 'source'),
    hostname: hostname(),
    passphrase: SECRET,
    id: ID,
    keep: { daily: 14, weekly: 5, monthly: 12, yearly: 3 },
  }
  await makeRepositoryConfig(docs.path, ID)
  await mkdir(docs.backup_target)
  await mkdir(home)
})

/** Whatever is printed is searched for the passphrase. */
async function run(args: readonly string[], changes: Partial<CliHome> = {}) {
  const result = await borgboi({ root, ...changes }, ...args)
  expect(result.stdout + result.stderr).not.toContain('SeNt1neL')
  return result
}

const migrate = (...args: string[]) => run(['migrate', ...args])

async function migrateJson(changes: Partial<CliHome> = {}) {
  const { exitCode, stdout } = await run(['migrate', '--json'], changes)
  const migration = JSON.parse(stdout)
  const messages = migration.findings.map(
    (found: { subject: string; message: string }) => `${found.subject}: ${found.message}`,
  )
  return { exitCode, repos: migration.repos, sharedExclusions: migration.sharedExclusions, messages, migration }
}

async function records() {
  return JSON.parse((await run(['repo', 'list', '--json'])).stdout).repos
}

const keyOf = (name: string) => join(home, 'passphrases', `${name}.key`)

/** Every file of the home with its content. */
async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(home, { recursive: true })).sort()
  const files = []
  for (const name of names) {
    if ((await stat(join(home, name))).isFile()) files.push([name, await readFile(join(home, name), 'latin1')])
  }
  return Object.fromEntries(files)
}

describe.each(LAYOUTS)('a home with %s', (layout) => {
  test('is taken over: record, passphrase, retention', async () => {
    await writeLayout(home, layout, [docs])

    const { exitCode, stdout } = await migrate()

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/docs +recorded +moved +– +2026-11-01/)
    expect(await records()).toEqual([
      expect.objectContaining({
        name: 'docs',
        path: docs.path,
        borgId: ID,
        encryption: 'repokey',
        sources: [docs.backup_target],
        hostname: hostname(),
        retention: { daily: 14, weekly: 5, monthly: 12, yearly: 3 },
        createdAt: new Date('2025-01-31T10:00:00').toISOString(),
      }),
    ])
    expect(await readFile(keyOf('docs'), 'utf8')).toBe(`${SECRET}\n`)
    expect((await stat(keyOf('docs'))).mode & 0o777).toBe(0o600)
  })

  test('keeps everything but the passphrase', async () => {
    const [file = ''] = await writeLayout(home, layout, [docs])
    const before = isDatabase(layout) ? rowsOf(file) : await readFile(file, 'utf8')

    await migrate()

    const after = await readFile(file)
    expect(after.includes(Buffer.from('SeNt1neL'))).toBe(false)
    if (isDatabase(layout)) expect(rowsOf(file)).toEqual(before)
    else expect(after.toString()).toBe(String(before).replace(JSON.stringify(SECRET), 'null'))
  })

  test('is only looked at by a dry run', async () => {
    await writeLayout(home, layout, [docs])
    const before = await contents()

    const { exitCode, stdout } = await migrate('--dry-run')

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/docs +recorded +moved/)
    expect(stdout).toContain('Nothing was changed')
    expect(await contents()).toEqual(before)
  })

  test('has nothing left to take over the second time', async () => {
    await writeLayout(home, layout, [docs])
    await writeFile(join(home, 'docs_excludes.txt'), '*.tmp\n')
    await migrate()
    const before = await contents()

    const { exitCode, stdout } = await migrate()

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/docs +there already +in its place +there already/)
    expect(await contents()).toEqual(before)
  })

  test('may be broken: that is told, and the others are taken over', async () => {
    const broken = join(home, layout)
    if (isDatabase(layout)) {
      await mkdir(join(broken, '..'), { recursive: true })
      await writeFile(broken, `SQLite format 3\0${SECRET}`.repeat(500))
    } else {
      await mkdir(join(broken, 'a-directory.json'), { recursive: true })
      await writeFile(join(broken, 'cut.json'), `{"name": "cut", "passphrase": ${JSON.stringify(SECRET)}, "pa`)
    }
    const other = LAYOUTS.find((candidate) => candidate !== layout) ?? layout
    await writeLayout(home, other, [docs])

    const { exitCode, repos, messages } = await migrateJson()

    expect(exitCode).toBe(3)
    expect(repos).toMatchObject([{ name: 'docs', record: 'recorded' }])
    expect(messages).toHaveLength(isDatabase(layout) ? 1 : 2)
    expect(messages.join()).toMatch(
      isDatabase(layout) ? /not a database/ : /a-directory.json: cannot be read.*is no JSON/,
    )
  })
})

test('a home without anything of BorgBoi 1.x is said to have nothing', async () => {
  await rm(home, { recursive: true })

  const { exitCode, stdout } = await migrate()

  expect([exitCode, stdout]).toEqual([0, 'There is nothing of BorgBoi 1.x in this home.\n'])
})

test('several layouts of one repo make one record, and every copy of its passphrase goes', async () => {
  for (const layout of LAYOUTS) await writeLayout(home, layout, [docs])

  const { exitCode, repos } = await migrateJson()

  expect([exitCode, repos.length, (await records()).length]).toEqual([0, 1, 1])
  expect(repos[0].blanked).toHaveLength(LAYOUTS.length)
  const { 'passphrases/docs.key': _, ...others } = await contents()
  expect(Object.entries(others).filter(([, text]) => text.includes('SeNt1neL'))).toEqual([])
})

test('rows that are still in the log of the database only are read', async () => {
  const elsewhere = join(root, 'running')
  const database = await openEarlierDatabase(join(elsewhere, 'borgboi.db'), [docs])
  await cp(elsewhere, home, { recursive: true })
  database.close()

  const { exitCode, repos } = await migrateJson()

  expect([exitCode, repos]).toMatchObject([0, [{ name: 'docs', record: 'recorded', passphrase: 'moved' }]])
  const left = Object.entries(await contents()).filter(([name, text]) => /\.db/.test(name) && text.includes('SeNt1neL'))
  expect(left).toEqual([])
})

test('two repos with one passphrase in one database both keep it', async () => {
  const photos = { ...docs, name: 'photos', path: join(root, 'photos'), id: OTHER_ID }
  await makeRepositoryConfig(photos.path, OTHER_ID)
  await writeLayout(home, 'borgboi.db', [docs, photos])

  expect((await migrateJson()).exitCode).toBe(0)

  for (const name of ['docs', 'photos']) expect(await readFile(keyOf(name), 'utf8')).toBe(`${SECRET}\n`)
})

describe('a repository that is not there', () => {
  beforeEach(() => rm(docs.path, { recursive: true }))

  test('is recorded all the same where its id is known', async () => {
    await writeLayout(home, 'borgboi.db', [docs])

    const { exitCode, messages } = await migrateJson()

    expect([exitCode, messages]).toEqual([3, [expect.stringContaining('docs: there is no repository at')]])
    expect(await records()).toMatchObject([{ name: 'docs', borgId: ID }])
  })

  test('is refused where nothing tells its id, and its passphrase stays', async () => {
    const { id: _, ...unknown } = docs
    const [file = ''] = await writeLayout(home, 'data/repositories', [unknown])

    const { exitCode, repos, messages } = await migrateJson()

    expect([exitCode, repos]).toMatchObject([3, [{ record: 'refused', blanked: [] }]])
    expect(messages).toEqual([expect.stringContaining('nothing tells the id')])
    expect(JSON.parse(await readFile(file, 'utf8')).passphrase).toBe(SECRET)
  })
})

test('the id in the repository counts, and another one in the record is told', async () => {
  await writeLayout(home, 'borgboi.db', [{ ...docs, id: OTHER_ID }])

  const { messages } = await migrateJson()

  expect(messages).toEqual([expect.stringContaining('it has another id')])
  expect(await records()).toMatchObject([{ borgId: ID }])
})

test('a name that may not be one becomes the nearest, and keeps its passphrase file', async () => {
  const named = { ...docs, name: 'my docs', passphrase: null }
  await writeLayout(home, 'borgboi.db', [named])
  await mkdir(join(home, 'passphrases'), { mode: 0o700 })
  await writeFile(keyOf('my docs'), SECRET, { mode: 0o600 })
  await writeFile(join(home, 'my docs_excludes.txt'), '*.tmp\n')

  const { exitCode, repos, messages } = await migrateJson()

  expect([exitCode, repos]).toMatchObject([3, [{ name: 'my-docs', formerName: 'my docs', passphrase: 'kept' }]])
  expect(messages).toEqual([expect.stringContaining('my docs: it is called my-docs here')])
  expect(await records()).toMatchObject([{ name: 'my-docs', passphraseFile: keyOf('my docs') }])
  expect(await readFile(join(home, 'data/exclusions/my-docs.txt'), 'utf8')).toBe('*.tmp\n')
  expect((await migrateJson()).exitCode).toBe(0)
})

test('a name that another repo has already is refused, and that repo stays as it is', async () => {
  await writeLayout(home, 'borgboi.db', [docs])
  await migrate()
  const other = { ...docs, path: join(root, 'other'), id: OTHER_ID }
  await makeRepositoryConfig(other.path, OTHER_ID)
  await writeLayout(home, '.borgboi_metadata', [other])
  const before = await records()

  const { exitCode, messages } = await migrateJson()

  expect([exitCode, messages]).toEqual([3, [expect.stringContaining('is called docs already')]])
  expect(await records()).toEqual(before)
})

test('a path that is recorded with another id is refused', async () => {
  await writeLayout(home, 'borgboi.db', [docs])
  await migrate()
  await makeRepositoryConfig(docs.path, OTHER_ID)

  const { exitCode, messages } = await migrateJson()

  expect([exitCode, messages]).toEqual([3, [expect.stringContaining('with another repository id')]])
})

describe('passphrases', () => {
  beforeEach(() => mkdir(join(home, 'passphrases'), { mode: 0o700 }))

  test('in a file are believed before another one in a record, which stays', async () => {
    const [file = ''] = await writeLayout(home, 'data/repositories', [docs])
    await writeFile(keyOf('docs'), 'the one that works', { mode: 0o600 })

    const { exitCode, repos, messages } = await migrateJson()

    expect([exitCode, repos]).toMatchObject([3, [{ record: 'recorded', passphrase: 'kept', blanked: [] }]])
    expect(messages).toEqual([expect.stringContaining('it holds another passphrase')])
    expect(await readFile(keyOf('docs'), 'utf8')).toBe('the one that works')
    expect(JSON.parse(await readFile(file, 'utf8')).passphrase).toBe(SECRET)
  })

  test('that differ between layouts: the newest is taken, the older stays where it is', async () => {
    await writeLayout(home, 'borgboi.db', [docs])
    const [older = ''] = await writeLayout(home, '.borgboi_metadata', [{ ...docs, passphrase: 'SeNt1neL of before' }])

    const { exitCode, messages } = await migrateJson()

    expect([exitCode, messages]).toEqual([
      3,
      [expect.stringContaining('another passphrase than the one that was kept')],
    ])
    expect(await readFile(keyOf('docs'), 'utf8')).toBe(`${SECRET}\n`)
    expect(await readFile(older, 'utf8')).toContain('SeNt1neL of before')
  })

  test('that are nowhere are asked for', async () => {
    await writeLayout(home, 'borgboi.db', [{ ...docs, passphrase: null }])

    const { exitCode, repos, messages } = await migrateJson()

    expect([exitCode, repos]).toMatchObject([3, [{ record: 'recorded', passphrase: 'missing' }]])
    expect(messages).toEqual(['docs: its passphrase is not known'])
  })
})

describe('exclusions', () => {
  beforeEach(() => writeLayout(home, 'borgboi.db', [docs]))

  test('are copied, those of the repo and those for all', async () => {
    await writeFile(join(home, 'docs_excludes.txt'), '*.tmp\n')
    await writeFile(join(home, 'excludes.txt'), '*.cache\n')

    const { repos, sharedExclusions, messages } = await migrateJson()

    expect([repos[0].exclusions, sharedExclusions]).toEqual(['copied', 'copied'])
    expect(messages).toEqual([expect.stringContaining('holds for every repo from now on')])
    expect(await readFile(join(home, 'data/exclusions/docs.txt'), 'utf8')).toBe('*.tmp\n')
    expect(await readFile(join(home, 'data/exclusions/_shared.txt'), 'utf8')).toBe('*.cache\n')
  })

  test('that would keep every backup from running become comments', async () => {
    await mkdir(join(home, 'data/exclusions'), { recursive: true })
    await writeFile(join(home, 'data/exclusions/docs_excludes.txt'), '# mine\n*\n*.tmp\n')

    const { exitCode, messages } = await migrateJson()

    expect([exitCode, messages]).toEqual([3, [expect.stringContaining('line 2 is copied as a comment')]])
    expect(await readFile(join(home, 'data/exclusions/docs.txt'), 'utf8')).toBe('# mine\n# *\n*.tmp\n')
  })

  test('are never written over others', async () => {
    await mkdir(join(home, 'data/exclusions'), { recursive: true })
    await writeFile(join(home, 'data/exclusions/docs.txt'), 'mine\n')
    await writeFile(join(home, 'docs_excludes.txt'), 'theirs\n')

    const { exitCode, messages } = await migrateJson()

    expect([exitCode, messages]).toEqual([3, [expect.stringContaining('which stays as it is')]])
    expect(await readFile(join(home, 'data/exclusions/docs.txt'), 'utf8')).toBe('mine\n')
    expect((await migrateJson()).exitCode).toBe(0)
  })
})

describe('the configuration', () => {
  beforeEach(() => writeLayout(home, 'borgboi.db', [docs]))

  test('with a bucket and no vault is told of, and so are keys without effect', async () => {
    await writeFile(join(home, 'config.yaml'), 'aws:\n  s3_bucket: acme\n  region: eu-central-1\nui:\n  theme: dark\n')

    const { exitCode, messages, migration } = await migrateJson()

    expect([exitCode, messages]).toEqual([3, [expect.stringContaining('nothing is copied to acme any more')]])
    expect(migration.settings.map(({ subject }: { subject: string }) => subject)).toEqual(
      expect.arrayContaining(['aws.s3_bucket', 'ui.theme']),
    )
  })

  test('that BorgBoi 1.x moved away is told of', async () => {
    await writeFile(join(home, 'config.yaml.bak'), 'offline: true\n')

    expect((await migrateJson()).messages).toEqual([expect.stringContaining('moved its settings into its database')])
  })
})

describe('a DynamoDB table', () => {
  const env = { BORGBOI_AWS__DYNAMODB_REPOS_TABLE: 'bb-repos' }

  test('gives the repos of this host', async () => {
    const shared = { name: 'docs', path: docs.path, hostname: hostname(), sources: [docs.backup_target] }
    const others = { ...shared, name: 'theirs', path: '/srv/theirs', hostname: 'berta' }
    const overrides = { sharedRepos: { list: async () => [others, shared] } }

    const { repos, messages } = await migrateJson({ env, overrides })

    expect(repos).toMatchObject([
      { name: 'docs', record: 'recorded', passphrase: 'missing', foundIn: ['table bb-repos'] },
    ])
    expect(messages).toEqual(['docs: its passphrase is not known'])
  })

  test('that does not answer keeps nothing else from being taken over', async () => {
    await writeLayout(home, 'borgboi.db', [docs])
    const { AppError } = await import('../../../src/errors.ts')
    const fail = async () => {
      throw new AppError('table-unreachable', 'cannot read the table', { reason: 'no answer' })
    }

    const { exitCode, repos, messages } = await migrateJson({ env, overrides: { sharedRepos: { list: fail } } })

    expect([exitCode, repos]).toMatchObject([3, [{ name: 'docs', record: 'recorded' }]])
    expect(messages).toContain('table bb-repos: its repos are not taken over: no answer')
  })
})

test('a record of another host is taken over and told of', async () => {
  await writeLayout(home, 'borgboi.db', [{ ...docs, hostname: 'berta' }])

  const { exitCode, messages } = await migrateJson()

  expect([exitCode, messages]).toEqual([3, [expect.stringContaining('its record is of the host berta')]])
  expect(await records()).toMatchObject([{ hostname: 'berta' }])
})
