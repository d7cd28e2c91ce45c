// Homes that BorgBoi 1.x left, in every layout it had, taken over; then every command it had, with the options it had, on
// the repository it made.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { OLD_VERBS } from '../../src/cli/legacy/verbs.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, SENTINEL, type Stage, setStage, succeed } from '../support/cli-stage.ts'
import { LAYOUTS, type Layout, writeLayout } from '../support/earlier-homes.ts'
import { plainBorg } from '../support/plain-borg.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

const OLD_ARCHIVE = '2026-01-30_02:30:00'

describe.skipIf(testBorgVersion === undefined)('a home of BorgBoi 1.x', () => {
  let template: Stage

  beforeAll(async () => {
    template = await setStage(await suiteDir())
    plainBorg(template, 'init', '--encryption', 'repokey', template.repository)
    plainBorg(template, 'create', `${template.repository}::${OLD_ARCHIVE}`, template.source)
  })

  /** Migrated: the record is of the layout, the repository a copy of the one made before. */
  async function setUp(layout: Layout): Promise<Stage> {
    const stage = await setStage(await tempDir())
    await cp(template.repository, stage.repository, { recursive: true })
    await rm(join(stage.home, 'passphrases'), { recursive: true })
    const paths = { path: stage.repository, backup_target: stage.source }
    await writeLayout(stage.home, layout, [{ ...paths, name: 'docs', hostname: hostname(), passphrase: SENTINEL }])
    await succeed(stage.run('migrate'))
    return stage
  }

  test.each(LAYOUTS)('with %s goes on with every command it had', async (layout) => {
    const stage = await setUp(layout)
    const { root, home, source, repository } = stage
    const [out, nas, excludes] = [join(root, 'out'), join(root, 'nas'), join(root, 'excludes.txt')]
    await Promise.all([mkdir(out), mkdir(nas), writeFile(excludes, '*.tmp\n3\nsh:**/cache\n')])
    const used = new Set<string>()
    const run = async (verb: string, ...args: string[]) => {
      used.add(verb)
      const result = await stage.runWith({ answers: 'yes\n', cwd: out }, verb, ...args)
      expect(result, result.stderr).toMatchObject({ exitCode: 0 })
      expect(result.stderr).toContain(`${verb} is deprecated, use: borgboi `)
      return result.stdout
    }

    expect(await run('list-repos')).toContain(stage.repository)
    await run('migrate-passphrases')
    await run('create-exclusions', '-r', repository, '-x', excludes)
    await run('append-excludes', '-n', 'docs', '-x', '*.bak')
    await run('modify-excludes', '--repo-path', repository, '-D', '3')
    expect(await run('get-repo', '-r', repository)).toContain('docs')
    expect(await run('repo-info', '-n', 'docs', '--pp')).toContain('docs')
    expect(await run('list-archives', '-r', repository)).toContain(OLD_ARCHIVE)
    expect(await run('list-archive-contents', '-r', repository, '-a', OLD_ARCHIVE, '-o', 'stdout')).toContain('a.txt')
    await run('extract-archive', '--repo-path', repository, '--archive-name', OLD_ARCHIVE)
    expect(await run('export-repo-key', '-r', repository)).toContain('BORG_KEY')
    await run('daily-backup', '--repo-path', repository)
    await run('delete-archive', '-r', repository, '-a', OLD_ARCHIVE, '--dry-run')
    await run('delete-archive', '-r', repository, '-a', OLD_ARCHIVE)
    await run('create-repo', '-r', join(root, 'other'), '-b', source)
    await succeed(stage.run('vault', 'add', 'nas', nas))
    await succeed(stage.run('vault', 'use', 'nas', '--name', 'docs'))
    await succeed(stage.run('s3', 'sync', '--name', 'docs'))
    const key = ['--passphrase-file', join(home, 'passphrases/docs.key')]
    await run('restore-repo', '-n', 'docs', '-r', join(root, 'back'), '--from', 'nas', '--as', 'back', ...key)
    const left = await archivesOf(stage, 'back')
    await run('delete-repo', '-r', repository, '--dry-run')
    await run('delete-repo', '-r', repository)

    expect([...used].sort()).toEqual(OLD_VERBS.map(({ verb }) => verb).sort())
    expect(await readFile(join(home, 'data/exclusions/docs.txt'), 'utf8')).toBe('*.tmp\n3\n*.bak\n')
    expect(await readFile(join(out, template.source, 'a.txt'), 'utf8')).toBe('alpha')
    expect(left).toEqual([expect.stringMatching(/^docs-/)])
    const records = JSON.parse((await succeed(stage.run('repo', 'list', '--json'))).stdout).repos
    expect(records.map(({ name }: { name: string }) => name)).toEqual(['back', 'other'])
  })
})
