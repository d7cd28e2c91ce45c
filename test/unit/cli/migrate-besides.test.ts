// What `borgboi migrate` takes over beside records: exclusions, the configuration, the DynamoDB table.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { writeLayout } from '../../support/earlier-homes.ts'
import { type EarlierStage, setEarlierStage } from '../../support/earlier-stage.ts'

let stage: EarlierStage

beforeEach(async () => {
  stage = await setEarlierStage()
})

describe('exclusions', () => {
  beforeEach(() => writeLayout(stage.home, 'borgboi.db', [stage.docs]))

  test('are copied, those of the repo and those for all', async () => {
    await writeFile(join(stage.home, 'docs_excludes.txt'), '*.tmp\n')
    await writeFile(join(stage.home, 'excludes.txt'), '*.cache\n')

    const { repos, sharedExclusions, messages } = await stage.migrateJson()

    expect([repos[0]?.exclusions, sharedExclusions]).toEqual(['copied', 'copied'])
    expect(messages).toEqual([expect.stringContaining('holds for every repo from now on')])
    expect(await readFile(join(stage.home, 'data/exclusions/docs.txt'), 'utf8')).toBe('*.tmp\n')
    expect(await readFile(join(stage.home, 'data/exclusions/_shared.txt'), 'utf8')).toBe('*.cache\n')
  })

  test('that would keep every backup from running become comments', async () => {
    await mkdir(join(stage.home, 'data/exclusions'), { recursive: true })
    await writeFile(join(stage.home, 'data/exclusions/docs_excludes.txt'), '# mine\n*\n*.tmp\n')

    const { exitCode, messages } = await stage.migrateJson()

    expect([exitCode, messages]).toEqual([3, [expect.stringContaining('line 2 is copied as a comment')]])
    expect(await readFile(join(stage.home, 'data/exclusions/docs.txt'), 'utf8')).toBe('# mine\n# *\n*.tmp\n')
  })

  test('are never written over others', async () => {
    await mkdir(join(stage.home, 'data/exclusions'), { recursive: true })
    await writeFile(join(stage.home, 'data/exclusions/docs.txt'), 'mine\n')
    await writeFile(join(stage.home, 'docs_excludes.txt'), 'theirs\n')

    const { exitCode, messages } = await stage.migrateJson()

    expect([exitCode, messages]).toEqual([3, [expect.stringContaining('which stays as it is')]])
    expect(await readFile(join(stage.home, 'data/exclusions/docs.txt'), 'utf8')).toBe('mine\n')
    expect((await stage.migrateJson()).exitCode).toBe(0)
  })
})

describe('the configuration', () => {
  beforeEach(() => writeLayout(stage.home, 'borgboi.db', [stage.docs]))

  test('with a bucket and no vault is told of, and so are keys without effect', async () => {
    await writeFile(
      join(stage.home, 'config.yaml'),
      'aws:\n  s3_bucket: acme\n  region: eu-central-1\nui:\n  theme: dark\n',
    )

    const { exitCode, messages, settings } = await stage.migrateJson()

    expect([exitCode, messages]).toEqual([3, [expect.stringContaining('nothing is copied to acme any more')]])
    expect(settings).toEqual(expect.arrayContaining(['aws.s3_bucket', 'ui.theme']))
  })

  test('that BorgBoi 1.x moved away is told of', async () => {
    await writeFile(join(stage.home, 'config.yaml.bak'), 'offline: true\n')

    expect((await stage.migrateJson()).messages).toEqual([
      expect.stringContaining('moved its settings into its database'),
    ])
  })
})

describe('a DynamoDB table', () => {
  const env = { BORGBOI_AWS__DYNAMODB_REPOS_TABLE: 'bb-repos' }

  test('gives the repos of this host', async () => {
    const shared = { name: 'docs', path: stage.docs.path, hostname: hostname(), sources: [stage.docs.backup_target] }
    const others = { ...shared, name: 'theirs', path: '/srv/theirs', hostname: 'berta' }
    const overrides = { sharedRepos: { list: async () => [others, shared] } }

    const { repos, messages } = await stage.migrateJson({ env, overrides })

    expect(repos).toMatchObject([
      { name: 'docs', record: 'recorded', passphrase: 'missing', foundIn: ['table bb-repos'] },
    ])
    expect(messages).toEqual(['docs: its passphrase is not known'])
  })

  test('that does not answer keeps nothing else from being taken over', async () => {
    await writeLayout(stage.home, 'borgboi.db', [stage.docs])
    const fail = async () => {
      throw new AppError('table-unreachable', 'cannot read the table', { reason: 'no answer' })
    }

    const { exitCode, repos, messages } = await stage.migrateJson({ env, overrides: { sharedRepos: { list: fail } } })

    expect([exitCode, repos]).toMatchObject([3, [{ name: 'docs', record: 'recorded' }]])
    expect(messages).toContain('table bb-repos: its repos are not taken over: no answer')
  })
})
