// The life of a repo when all is well: set up, backed up every day, pruned, compacted, checked, listed, and deleted.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import {
  archivesOf,
  createDocs,
  expectNothingLeft,
  fingerprint,
  nextSecond,
  reportsOf,
  type Stage,
  setStage,
  setUpDocs,
  succeed,
} from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { borgBehind } from '../support/programs.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('a repo in daily use', () => {
  let stage: Stage
  let photos: string

  beforeAll(async () => {
    const root = await suiteDir()
    photos = join(root, 'photos')
    await mkdir(photos)
    for (const name of ['holiday.jpg', 'scratch.part', 'private.raw']) await writeFile(join(photos, name), name)
    stage = await setUpDocs(root, { args: ['--source', photos, '--retention', 'last=2'] })
    await succeed(stage.run('exclusions', 'add', '--shared', '*.part'))
    await succeed(stage.run('exclusions', 'add', '--name', 'docs', `pf:${photos}/private.raw`))
    await succeed(stage.run('backup', 'daily'))
    await nextSecond()
    await writeFile(join(stage.source, 'a.txt'), 'alpha, second edition')
    await succeed(stage.run('backup', 'daily'))
  })

  test('has an archive for every daily run, listed oldest first', async () => {
    const [first, second] = await archivesOf(stage)
    const text = await succeed(stage.run('backup', 'list'))
    const newest = await succeed(stage.run('backup', 'list', '--last', '1', '--json'))

    expect(first).toMatch(/^docs-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    expect(text.stdout.indexOf(first ?? '')).toBeLessThan(text.stdout.indexOf(second ?? ''))
    expect(JSON.parse(newest.stdout)).toMatchObject({ repo: 'docs', archives: [{ name: second }] })
  })

  test('has every source in each archive, without what the shared and its own exclusions name', async () => {
    const entries = (await succeed(stage.run('backup', 'contents', '--json'))).json()

    const files = entries.filter((entry) => entry['type'] === 'file').map((entry) => String(entry['path']))
    expect(files.toSorted()).toEqual(
      [`${photos}/holiday.jpg`, `${stage.source}/a.txt`, `${stage.source}/sub/b.txt`].map((path) => path.slice(1)),
    )
  })

  test('lists only what was asked for of an archive', async () => {
    const { stdout } = await succeed(stage.run('backup', 'contents', join(stage.source, 'sub')))

    expect(stdout).toContain('sub/b.txt')
    expect(stdout).not.toContain('a.txt')
  })

  test('keeps a report of every run, with its steps and figures', async () => {
    const reports = (await reportsOf(stage)).filter((report) => report.workflow === 'backup daily')

    expect(reports.length).toBe(2)
    expect(reports[0]).toMatchObject({
      repo: 'docs',
      outcome: 'ok',
      exitCode: 0,
      steps: [
        { name: 'create archive', outcome: 'ok', figures: { files: 3 } },
        { name: 'prune', outcome: 'ok', figures: { kept: 2, removed: 0 } },
        { name: 'compact', outcome: 'skipped', detail: 'nothing to reclaim' },
      ],
    })
  })

  test('is described by repo list and repo info', async () => {
    const [record] = JSON.parse((await succeed(stage.run('repo', 'list', '--json'))).stdout).repos
    const info = JSON.parse((await succeed(stage.run('repo', 'info', '--json'))).stdout)

    expect(record).toMatchObject({ name: 'docs', sources: [stage.source, photos], lastBackupFiles: 3 })
    expect(record.lastArchive).toBe((await archivesOf(stage)).at(-1))
    expect(info).toMatchObject({ archives: 2, repository: { id: record.borgId, encryption: 'repokey-blake2' } })
  })

  test('checks consistent, also with all data read', async () => {
    expect((await succeed(stage.run('backup', 'check'))).stdout).toContain('consistent')
    expect((await succeed(stage.run('backup', 'check', '--verify-data'))).stdout).toContain('verified')
  })

  test('loses with a prune what the policy does not keep, and nothing in a dry run', async () => {
    await nextSecond()
    await succeed(stage.run('backup', 'run'))
    const before = await archivesOf(stage)

    const dry = await succeed(stage.run('backup', 'prune', '--dry-run'))
    const kept = await archivesOf(stage)
    const pruned = await succeed(stage.run('backup', 'prune'))
    const compacted = await succeed(stage.run('backup', 'compact'))

    expect(dry.stdout).toContain(`would remove ${before[0]}`)
    expect(kept).toEqual(before)
    expect(pruned.stdout).toContain('kept 2 · removed 1')
    expect(await archivesOf(stage)).toEqual(before.slice(1))
    expect(compacted.stdout).toMatch(/freed \d/)
  })

  test('loses a single archive only by its right name and after a yes', async () => {
    await nextSecond()
    await succeed(stage.run('backup', 'run'))
    const before = await archivesOf(stage)
    const [oldest = ''] = before
    const remove = ['backup', 'delete', '--archive', oldest]

    const dry = await succeed(stage.run(...remove, '--dry-run'))
    const unasked = expectFailure(await stage.run(...remove), 'confirmation-needed')
    const refused = await stage.runWith({ answers: 'no\n' }, ...remove)
    const misspelt = expectFailure(await stage.run(...remove, '--archive', 'docs-1999', '--yes'), 'archive-unknown')
    const untouched = await archivesOf(stage)
    await succeed(stage.runWith({ answers: 'yes\n' }, ...remove))

    expect(dry.stdout).toContain(`would delete ${oldest}`)
    expect(unasked.hint).toContain('--yes')
    expectFailure(refused, 'confirmation-needed')
    expect(refused.stderr).toContain(oldest)
    expect(misspelt.message).toContain('docs-1999')
    expect(untouched).toEqual(before)
    expect(await archivesOf(stage)).toEqual(before.slice(1))
    await expectNothingLeft(stage)
  })
})

describe.skipIf(testBorgVersion === undefined)('the beginning and the end of a repo', () => {
  test('a repo create that was cut off after Borg made the repository is finished by repo import', async () => {
    const stage = await setStage(await tempDir())
    const key = join(stage.home, 'passphrases', 'docs.key')
    await rm(key)
    const failing = await borgBehind(join(stage.root, 'failing-borg'), '[ "$1" = info ] && kill -9 $$')
    const env = { BORGBOI_BORG__EXECUTABLE_PATH: failing }

    const cut = await stage.runWith({ env }, ...createDocs(stage))
    const generated = await readFile(key, 'utf8')
    const again = expectFailure(await stage.run(...createDocs(stage)), 'repository-exists')
    const [, , ...rest] = createDocs(stage)
    const imported = await succeed(stage.run('repo', 'import', ...rest))
    await succeed(stage.run('backup', 'daily'))

    expect(cut.exitCode).toBe(1)
    expect(generated.trim().length).toBeGreaterThan(20)
    expect(again.hint).toContain('borgboi repo import')
    expect(imported.stdout).toContain('repository recorded')
    expect(await readFile(key, 'utf8')).toBe(generated)
    expect(await archivesOf(stage)).toHaveLength(1)
  })

  test('a second repo of the same name or place is refused, and the first stays as it is', async () => {
    const stage = await setUpDocs(await tempDir())
    const before = await fingerprint(stage.repository)
    const other = join(stage.root, 'other')

    expectFailure(await stage.run('repo', 'create', '-n', 'docs', '-p', other, '-b', stage.source), 'repo-exists')
    expectFailure(
      await stage.run('repo', 'create', '-n', 'else', '-p', stage.repository, '-b', stage.source),
      'repo-exists',
    )

    expect(await fingerprint(stage.repository)).toEqual(before)
    await expect(fingerprint(other)).rejects.toThrow('ENOENT')
  })

  test('repo delete asks, keeps the repository when told to, and always keeps the passphrase', async () => {
    const stage = await setUpDocs(await tempDir())
    await succeed(stage.run('backup', 'daily'))
    onTestFinished(() => rm(stage.home, { recursive: true, force: true }))

    const dry = await succeed(stage.run('repo', 'delete', '--dry-run'))
    expectFailure(await stage.run('repo', 'delete'), 'confirmation-needed')
    expectFailure(await stage.runWith({ answers: '\n' }, 'repo', 'delete'), 'confirmation-needed')
    const there = await archivesOf(stage)
    const forgotten = await succeed(stage.run('repo', 'delete', '--keep-repository', '--yes'))
    const [, , ...rest] = createDocs(stage)
    await succeed(stage.run('repo', 'import', ...rest))
    const still = await archivesOf(stage)
    const gone = await succeed(stage.runWith({ answers: 'y\n' }, 'repo', 'delete'))

    expect(dry.stdout).toContain('would be deleted')
    expect(there).toHaveLength(1)
    expect(forgotten.stdout).toContain(`${stage.repository} stays`)
    expect(still).toEqual(there)
    expect(gone.stderr).toContain('with 1 archive, for good')
    await expect(fingerprint(stage.repository)).rejects.toThrow('ENOENT')
    expect((await stage.run('repo', 'list')).stdout).toContain('No repo yet')
    expect((await readFile(join(stage.home, 'passphrases', 'docs.key'))).length).toBeGreaterThan(0)
    await expectNothingLeft(stage)
  })

  test('what a killed restore left behind is in no archive', async () => {
    const stage = await setUpDocs(await tempDir())
    await mkdir(join(stage.source, '.borgboi-restore-Ab12Cd'))
    await writeFile(join(stage.source, '.borgboi-restore-Ab12Cd', 'staged.txt'), 'staged')

    await succeed(stage.run('backup', 'run'))

    const { stdout } = await succeed(stage.run('backup', 'contents'))
    expect(stdout).toContain('a.txt')
    expect(stdout).not.toContain('borgboi-restore')
  })
})
