// Every command once, on a Borg in memory: what it prints, in text and in JSON, and its exit code.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { FAKE_HOST_ID, FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeReplication } from '../../fakes/fake-replication.ts'
import { FakeRollback } from '../../fakes/fake-rollback.ts'
import { expectFailure } from '../../support/failure.ts'
import { keyFile } from '../../support/passphrases.ts'
import { borgboi, type CliHome } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SENTINEL = 'sentinel-Pa55 "phrase" ünï'

/** A home with the repo `docs`; whatever is printed must not have its passphrase. */
async function setUp(changes: Partial<CliHome> = {}) {
  const root = await tempDir()
  const [borg, clock] = [new FakeBorg(root), new FakeClock()]
  const [replication, rollback] = [new FakeReplication(clock), new FakeRollback(borg)]
  await mkdir(join(root, 'source'))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  await keyFile(join(root, '.borgboi/passphrases/docs.key'), `${SENTINEL}\n`)
  const run = async (...args: string[]) => {
    clock.advance(60_000)
    const result = await borgboi({ root, ...changes, overrides: { borg, clock, replication, rollback } }, ...args)
    expect(result.stdout + result.stderr).not.toContain('sentinel')
    return result
  }
  const created = await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')
  expect(created, created.stderr).toMatchObject({ exitCode: 0 })
  return { root, borg, run, created }
}

describe('repo', () => {
  it('create says where all is, and what to do for the day this machine is lost', async () => {
    const { root, created } = await setUp()

    expect(created.stdout).toContain(`✓ Borg repository created   ${root}/docs  (repokey-blake2)`)
    expect(created.stdout).toContain(`${root}/.borgboi/passphrases/docs.key`)
    expect(created.stdout).toContain('borgboi repo kit create --name docs')
    expect(created.stdout).toContain('borgboi backup daily --name docs')
    expect(created.stderr).toBe('')
  })

  it('create asks for what is missing where there is a terminal, and not with --json', async () => {
    const { run } = await setUp({ answers: 'source\n\nother\n\n\n\n' })

    const asked = await run('repo', 'create', '--encryption', 'keyfile')
    const json = await run('repo', 'create', '--json')

    expect(asked, asked.stderr).toMatchObject({ exitCode: 0 })
    expect(asked.stdout).toMatch(
      /The same.*:\n {4}borgboi repo create --name source --path .*other .* --encryption keyfile\n/,
    )
    expectFailure(json, 'usage-invalid')
  })

  it('retention is shown, set, simulated and cleared', async () => {
    const { run } = await setUp()
    await run('backup', 'run')

    expect((await run('repo', 'retention', 'show')).stdout).toMatch(/from +the configuration/)
    expect((await run('repo', 'retention', 'set', 'daily=2')).stdout).toMatch(/keeps +daily=2\nfrom +the repo itself/)
    expect((await run('repo', 'retention', 'simulate', '--months', '2')).stdout).toMatch(/until .*\n[\s\S]*archives\n/)
    expect((await run('repo', 'retention', 'simulate', '--json')).json()).toMatchObject([
      { name: 'docs', retention: { daily: 2 }, present: [{ until: expect.any(String) }] },
    ])
    expectFailure(await run('repo', 'retention', 'simulate', '--months', '37'), 'usage-invalid')
    expectFailure(await run('repo', 'retention', 'set', 'daily=0'), 'value-invalid')
    expect((await run('repo', 'retention', 'clear', '--json')).json()).toMatchObject([{ origin: 'configuration' }])
  })

  it('passphrase change asks, changes it and says where both are', async () => {
    const { root, run } = await setUp()

    expectFailure(await run('repo', 'passphrase', 'change'), 'confirmation-needed')
    expect((await run('repo', 'passphrase', 'change', '--dry-run')).stdout).toContain('would be changed')
    const changed = await run('repo', 'passphrase', 'change', '--yes')
    expect(changed.stdout).toContain(`✓ passphrase of docs changed   ${root}/.borgboi/passphrases/docs.key`)
    expect(changed.stdout).toContain('/docs.key.old-')
    expect((await run('repo', 'info')).exitCode).toBe(0)
  })

  it('rename says what its archives are called, and the new name is the one that counts', async () => {
    const { run } = await setUp()

    const renamed = await run('repo', 'rename', 'docs', 'papers')

    expect(renamed.stdout).toContain('✓ docs is called papers now\n  its archives go on being named docs-…')
    expect((await run('backup', 'daily', '--name', 'papers')).exitCode).toBe(0)
    expectFailure(await run('repo', 'rename', 'docs', 'papers'), 'repo-unknown')
    expectFailure(await run('repo', 'rename', 'papers'), 'usage-invalid')
    expect((await run('repo', 'rename', 'papers', 'docs', '--json')).json()).toMatchObject([
      { formerName: 'papers', record: { name: 'docs' }, archivesNamedAfter: 'docs' },
    ])
  })

  it('passphrase set asks for it, unseen, and keeps one that opens the repository', async () => {
    const { root, run } = await setUp({ answers: `${SENTINEL}\n` })

    const set = await run('repo', 'passphrase', 'set')

    expect(set).toMatchObject({ exitCode: 0, stderr: 'passphrase for docs (hidden): \n' })
    expect(set.stdout).toContain(`✓ passphrase of docs kept   ${root}/.borgboi/passphrases/docs.key`)
    expect((await run('repo', 'passphrase', 'set', '--passphrase', 'wrong')).exitCode).toBe(12)
    expectFailure(await run('repo', 'passphrase', 'set', '--json'), 'usage-invalid')
  })

  it('move says how and where, and what the new place is good for', async () => {
    const { root, run } = await setUp()
    const to = `${root}/moved`

    expect((await run('repo', 'move', 'docs', '--to', 'moved', '--dry-run')).stdout).toContain('would be renamed')
    const moved = await run('repo', 'move', 'docs', '--to', 'moved')

    expect(moved.stdout).toMatch(/^docs {2}.*\/docs → .*\/moved\n {2}✓ move +renamed .*\n {2}✓ open +recorded at /)
    expect((await run('backup', 'daily', '--path', to)).exitCode).toBe(0)
    expect((await run('repo', 'move', '--path', 'moved', '--to', 'docs', '--json')).json().at(-1)).toMatchObject({
      message_type: 'summary',
      outcome: 'ok',
    })
    expectFailure(await run('repo', 'move', 'docs', '--to', 'source/in'), 'value-invalid')
    expectFailure(await run('repo', 'move', 'docs', '--name', 'docs', '--to', 'x'), 'usage-invalid')
    expectFailure(await run('repo', 'move', 'docs', '--path', 'docs', '--to', 'x'), 'usage-invalid')
    expectFailure(await run('repo', 'move', 'pics', '--to', 'x'), 'repo-unknown')
    expectFailure(await run('repo', 'move', 'docs'), 'usage-invalid')
  })

  it('copy says where it went, and how it comes back', async () => {
    const { root, run } = await setUp()
    await mkdir(join(root, 'usb'))
    await run('backup', 'run')

    const copied = await run('repo', 'copy', 'docs', './usb')

    expect(copied.stdout).toMatch(/^docs {2}.*\/docs → file:.*\/usb\n {2}✓ vault .*\n {2}✓ copy +generation 1 /)
    expect(copied.stderr).toContain(`borgboi s3 restore --from file://${root}/usb --to DIR`)
    expect((await run('repo', 'copy', 'docs', './usb', '--json')).json().at(-1)).toMatchObject({ outcome: 'ok' })
    expectFailure(await run('repo', 'copy', 'docs', 'usb'), 'vault-unknown')
    expectFailure(await run('repo', 'copy', 'docs', './nowhere'), 'vault-missing')
    expectFailure(await run('repo', 'copy', 'docs'), 'usage-invalid')
  })

  it('set-quota says what was set', async () => {
    const { run } = await setUp()

    expect((await run('repo', 'set-quota', '100M')).stdout).toContain('✓ quota of docs: ')
    expect((await run('repo', 'set-quota', '0', '--dry-run', '--json')).json()).toEqual([
      { name: 'docs', quotaBytes: 0, usedBytes: 0, dryRun: true },
    ])
    expectFailure(await run('repo', 'set-quota', '1M'), 'value-invalid')
  })

  it('break-lock breaks the lock of a process that is gone, and no other without --force', async () => {
    const { root, run } = await setUp()
    const lock = async (entry: string) => {
      await mkdir(join(root, 'docs/lock.exclusive'))
      await writeFile(join(root, 'docs/lock.exclusive', entry), '')
    }

    expect((await run('repo', 'break-lock')).stdout).toContain('docs is not locked')
    await lock(`${FAKE_HOST_ID}.999999999-0`)
    expect((await run('repo', 'break-lock', '--dry-run', '--json')).json()).toMatchObject([
      { name: 'docs', held: { state: 'gone' }, broken: false, dryRun: true },
    ])
    expectFailure(await run('repo', 'break-lock'), 'confirmation-needed')
    expect((await run('repo', 'break-lock', '--yes')).stdout).toContain('✓ lock of docs broken')
    await lock('nas@1.999999999-0')
    expect(expectFailure(await run('repo', 'break-lock', '--yes'), 'locked').reason).toContain('nas@1')
    expect((await run('repo', 'break-lock', '--yes', '--force')).exitCode).toBe(0)
  })

  it('key export prints the key or writes it, and key import takes it back', async () => {
    const { root, run } = await setUp()

    expect((await run('repo', 'key', 'export')).stdout).toMatch(/^BORG_KEY \w{64}\n/)
    expect((await run('repo', 'key', 'export', '--paper', '--json')).json()).toEqual([
      { name: 'docs', form: 'paper', key: expect.stringContaining('BORG PAPER KEY') },
    ])
    expect((await run('repo', 'key', 'export', '--to', 'k')).stdout).toContain(`✓ key of docs exported   ${root}/k`)
    expectFailure(await run('repo', 'key', 'export', '--paper', '--qr-html'), 'usage-invalid')
    expectFailure(await run('repo', 'key', 'import', '--from', 'k'), 'confirmation-needed')
    expect((await run('repo', 'key', 'import', '--from', 'k', '--dry-run')).stdout).toContain('would be imported')
    expect((await run('repo', 'key', 'import', '--from', 'k', '--yes')).stdout).toContain('✓ key imported   docs')
  })

  it('list and info tell of it, in text and in JSON', async () => {
    const { root, run } = await setUp()
    await run('backup', 'daily')

    expect((await run('repo', 'list')).stdout).toMatch(/^name .*\ndocs .*\/docs .*\/source\n$/)
    expect((await run('repo', 'list', '--json')).json()).toEqual([
      {
        repos: [
          expect.objectContaining({
            name: 'docs',
            path: `${root}/docs`,
            lastBackupFiles: 1,
            lastArchive: expect.any(String),
          }),
        ],
      },
    ])
    expect((await run('repo', 'info')).stdout).toMatch(/^name {2,}docs\n/)
    expect((await run('repo', 'info', '--json')).json()).toEqual([expect.objectContaining({ archives: 1 })])
  })

  it('delete asks, and is a refusal where nobody can be asked', async () => {
    const { borg, run } = await setUp()

    expectFailure(await run('repo', 'delete', '--name', 'docs'), 'confirmation-needed')
    expect((await run('repo', 'delete', '--dry-run')).stdout).toMatch(/would be deleted/)
    expect(borg.repositories.size).toBe(1)

    expect((await run('repo', 'delete', '--yes')).exitCode).toBe(0)
    expect(borg.repositories.size).toBe(0)
  })

  it('delete does what a person answers', async () => {
    const { borg, run } = await setUp({ answers: 'y\n' })

    const { exitCode, stderr } = await run('repo', 'delete')

    expect(exitCode).toBe(0)
    expect(stderr).toContain('About to delete the repository of docs')
    expect(borg.repositories.size).toBe(0)
  })

  it('import brings a forgotten one back', async () => {
    const { run } = await setUp()
    await run('backup', 'daily')
    await run('repo', 'delete', '--keep-repository', '--yes')

    const imported = await run('repo', 'import', '--name', 'docs', '--path', 'docs', '--json')

    expect(imported.json()).toEqual([expect.objectContaining({ archives: 1, managedArchives: 1 })])
  })
})

describe('backup', () => {
  it('daily shows its steps, and in JSON ends in a summary', async () => {
    const { run } = await setUp()

    const text = await run('backup', 'daily')
    const json = (await run('backup', 'daily', '--json')).json()

    expect(text.stdout).toMatch(/ ✓ create archive .*\n {2}✓ prune .*\n {2}· compact .*\ndone in /)
    expect(text.stderr).toBe('')
    expect(json[0]).toMatchObject({ message_type: 'run_started', repo: 'docs' })
    expect(json.at(-1)).toMatchObject({ message_type: 'summary', outcome: 'ok', exitCode: 0 })
  })

  it('daily with warnings exits with 3, with a failure with its code', async () => {
    const { borg, run } = await setUp()
    borg.warnings.push({ kind: 'permission-denied', message: 'a: may not', path: 'a' })
    const warned = await run('backup', 'daily')
    borg.failures.set('create', new AppError('locked', 'cannot open it', { reason: 'held', hint: 'wait' }))
    const failed = await run('backup', 'daily')
    borg.failures.set('create', new AppError('locked', 'cannot open it', { reason: 'held', hint: 'wait' }))
    const json = await run('backup', 'daily', '--json')

    expect(warned).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('1 may not be read by this user') })
    expectFailure(failed, 'locked')
    expect(
      json
        .json()
        .map((message) => message['message_type'])
        .slice(-2),
    ).toEqual(['summary', 'exit_error'])
    expect(json.exitCode).toBe(11)
  })

  it('daily --all shows every repo and a table, and exits as the worst of them', async () => {
    const { root, borg, run } = await setUp()
    await run('repo', 'create', '--name', 'pics', '--path', 'pics', '--source', 'source')
    borg.repositories.delete(join(root, 'pics'))
    await rm(join(root, 'pics/config'))

    const { exitCode, stdout, stderr } = await run('backup', 'daily', '--all', '--jobs', '2')

    expect(exitCode).toBe(1)
    // Which of two that begin at once is shown first is nobody's promise.
    for (const repo of ['docs', 'pics']) expect(stdout).toMatch(new RegExp(`^${repo} .* → `, 'm'))
    expect(stdout).toMatch(/\n✓ docs .*\n✗ pics .*exit 1\n$/)
    expect(stderr).toMatch(/^✗ pics: /)
  })

  it('list, contents and restore give back what was stored', async () => {
    const { root, run } = await setUp()
    await run('backup', 'daily')

    const list = (await run('backup', 'list', '--json')).json()
    const contents = await run('backup', 'contents')
    const entries = (await run('backup', 'contents', '--json')).json()
    const restored = await run('backup', 'restore', '--destination', 'out', 'source/a.txt')

    expect(list).toEqual([
      { repo: 'docs', archives: [expect.objectContaining({ name: expect.stringMatching(/^docs-/) })] },
    ])
    expect(contents.stdout).toMatch(/^-rw-r--r-- {8}5 B .*source\/a\.txt$/m)
    expect(entries.map(({ type }) => type)).toEqual(['directory', 'file'])
    expect(restored.exitCode).toBe(0)
    expect(await readFile(join(root, 'out', root, 'source/a.txt'), 'utf8')).toBe('alpha')
  })

  it('prune, compact, check and delete are runs of their own', async () => {
    const { borg, run } = await setUp()
    await run('backup', 'run')
    const [{ archives }] = (await run('backup', 'list', '--json')).json() as [{ archives: { name: string }[] }]
    const name = archives[0]?.name ?? ''

    expect((await run('backup', 'prune', '--dry-run')).exitCode).toBe(0)
    expect((await run('backup', 'compact')).stdout).toContain('freed 1.00 kB')
    expect((await run('backup', 'check')).stdout).toContain('consistent')
    expectFailure(await run('backup', 'delete', '--archive', name), 'confirmation-needed')
    expect((await run('backup', 'delete', '--archive', name, '--yes')).stdout).toContain(name)
    borg.damaged.add([...borg.repositories.keys()][0] ?? '')
    expectFailure(await run('backup', 'check'), 'repository-damaged')
  })

  it('undo brings a deleted archive back, after it was asked', async () => {
    const { borg, run } = await setUp()
    await run('backup', 'run')
    await run('backup', 'run')
    const [repository] = [...borg.repositories.values()]
    const [first = ''] = (repository?.archives ?? []).map(({ name }) => name)
    await run('backup', 'delete', '--archive', first, '--yes')

    const tried = await run('backup', 'undo', '--dry-run')
    const unasked = await run('backup', 'undo')
    const offered = await run('completion', 'query', '--', 'backup', 'undo', '--archive', '')
    const undone = await run('backup', 'undo', '--yes')

    expect(tried.stdout).toMatch(new RegExp(`✓ rehearse +back: ${first}`))
    expectFailure(unasked, 'confirmation-needed')
    expect(offered.stdout).toBe(`${first}\n`)
    expect(undone.stdout).toMatch(/✓ rehearse[\s\S]*✓ check +consistent[\s\S]*✓ go back/)
    expect(repository?.archives).toHaveLength(2)
    expectFailure(await run('backup', 'undo', '--yes'), 'undo-impossible')
    expect((await run('backup', 'undo', '--json')).stdout).toContain('"code":"undo-impossible"')
  })

  it('rename, comment and export-tar are runs on one archive', async () => {
    const { root, run } = await setUp()
    await run('backup', 'run')

    expect((await run('backup', 'rename', 'latest', 'kept')).stdout).toContain('kept')
    expect((await run('backup', 'comment', 'kept', 'before the move')).exitCode).toBe(0)
    expect((await run('backup', 'export-tar', 'kept', 'kept.tar')).exitCode).toBe(0)
    expect(await readdir(root)).toContain('kept.tar')
    expectFailure(await run('backup', 'export-tar', 'kept', 'kept.tar'), 'destination-not-empty')
  })

  it('rename, comment and export-tar take the archive as --archive too, and no two', async () => {
    const { root, run } = await setUp()
    await run('backup', 'run')

    expect((await run('backup', 'rename', '--archive', 'latest', 'kept')).exitCode).toBe(0)
    expect((await run('backup', 'comment', 'before the move', '-a', 'kept')).exitCode).toBe(0)
    expect((await run('backup', 'export-tar', '--archive', 'kept', 'kept.tar', 'source')).exitCode).toBe(0)
    expect(await readdir(root)).toContain('kept.tar')
    for (const command of ['rename', 'comment']) {
      const twice = expectFailure(await run('backup', command, '--archive', 'kept', 'kept', 'new'), 'usage-invalid')
      expect(twice.reason).toBe('it was named twice: kept and kept')
      expectFailure(await run('backup', command, 'new'), 'usage-invalid')
    }
    expectFailure(await run('backup', 'export-tar', 'kept'), 'usage-invalid')
    expectFailure(await run('backup', 'export-tar'), 'usage-invalid')
  })

  it('daily --quiet is silent when all is well', async () => {
    const { run } = await setUp()

    expect(await run('backup', 'daily', '--quiet')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  })

  it('is told by the passphrase on the command line that others can see it', async () => {
    const { run } = await setUp()

    const { exitCode, stderr } = await run('backup', 'daily', '--passphrase', SENTINEL)

    expect(exitCode).toBe(0)
    expect(stderr).toContain('--passphrase-file')
  })

  it('stopped before it begins exits with 130', async () => {
    const { root, borg } = await setUp()

    const result = await borgboi({ root, overrides: { borg }, stop: AbortSignal.abort('SIGTERM') }, 'backup', 'daily')

    expectFailure(result, 'interrupted')
  })
})

describe('the rest', () => {
  it('an empty home is told kindly, in JSON as an empty list', async () => {
    const root = await tempDir()

    expect((await borgboi({ root }, 'repo', 'list')).stdout).toMatch(/^No repo yet/)
    expect((await borgboi({ root }, 'repo', 'list', '--json')).json()).toEqual([{ repos: [] }])
    expectFailure(await borgboi({ root }, 'backup', 'daily'), 'repo-unknown')
  })

  it('reading commands write nothing into a home', async () => {
    const root = await tempDir()

    for (const args of [['repo', 'list'], ['config', 'show'], ['config', 'path'], ['--help'], ['--version']]) {
      expect((await borgboi({ root }, ...args)).exitCode).toBe(0)
    }

    expect(await readdir(root)).toEqual([])
  })

  it('a configuration that is wrong is told before anything is done', async () => {
    const { root, borg } = await setUp()
    await writeFile(join(root, 'mine.yaml'), 'borg:\n  comprssion: lz4\n')
    borg.calls.length = 0

    const failed = await borgboi({ root, overrides: { borg } }, 'backup', 'daily', '--config', 'mine.yaml')

    expect(expectFailure(failed, 'config-invalid').hint).toContain('borg.compression')
    expect(borg.calls).toEqual([])
  })

  it('config generate writes a file once, store rebuild has nothing to mend', async () => {
    const { root, run } = await setUp()

    expect((await run('config', 'generate', '--dry-run')).stdout).toContain('lock_wait')
    expect((await run('config', 'generate')).stdout).toBe(`✓ written   ${root}/.borgboi/config.yaml\n`)
    expectFailure(await run('config', 'generate'), 'config-exists')
    expect((await run('store', 'rebuild', '--dry-run')).stdout).toMatch(/^· would recover 1 repo from /)
  })

  it('version tells all three', async () => {
    const { run } = await setUp()

    expect((await run('version', '--json')).json()).toEqual([
      { borgboi: expect.any(String), borg: '1.4.0', node: process.versions.node },
    ])
  })
})
