// The built program as a person runs it: what only a process of its own can show.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { PROGRAM_VERSION } from '../../src/version.ts'
import { buildWhenStale, runShell } from '../support/built-program.ts'
import { expectFailure } from '../support/failure.ts'
import { scriptedBorg } from '../support/scripted-borg.ts'
import { tempDir } from '../support/temp-dir.ts'

beforeAll(buildWhenStale)

const run = async (line: string, env: Record<string, string> = {}) => runShell(await tempDir(), line, env)

describe('easy questions', () => {
  it.each(['borgboi --version', 'borgboi -V'])('%s', async (line) => {
    expect(await run(line)).toMatchObject({ exitCode: 0, stdout: `${PROGRAM_VERSION}\n`, stderr: '' })
  })

  it.each(['borgboi --help', 'borgboi help', 'borgboi -h'])('%s lists the commands', async (line) => {
    const { exitCode, stdout } = await run(line)

    expect(exitCode).toBe(0)
    expect(stdout).toContain('borgboi backup daily')
  })

  it('borgboi alone says where to start', async () => {
    expect((await run('borgboi')).stdout).toMatch(/Start {2,}borgboi repo create/)
  })

  it('borgboi COMMAND --help tells more of one', async () => {
    expect((await run('borgboi backup restore --help')).stdout).toMatch(/^borgboi backup restore[\s\S]*--in-place/)
  })

  it('repo list in an empty home', async () => {
    expect(await run('borgboi repo list')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^No repo yet/) })
  })
})

describe('streams and exit codes', () => {
  it('a usage error is on stderr and exits with 2', async () => {
    const result = await run('borgboi repo lst')

    expectFailure(result, 'usage-invalid')
    expect(result.stdout).toBe('')
  })

  it('--json keeps stdout for JSON, also of errors', async () => {
    const result = await run('borgboi backup daily --json')

    expect(JSON.parse(result.stdout)).toMatchObject({ message_type: 'exit_error', code: 'repo-unknown', exitCode: 2 })
    expect(result).toMatchObject({ exitCode: 2, stderr: '' })
  })

  it('a Borg that is missing exits with 20', async () => {
    expectFailure(await run('borgboi version', { BORGBOI_BORG__EXECUTABLE_PATH: '/no/such/borg' }), 'borg-missing')
  })
})

// Bundled, such a library is not what it is from the sources: only the built program shows that it is found.
describe('libraries that are loaded on use', () => {
  it('read the configuration of borgmatic', async () => {
    const home = await tempDir()
    await mkdir(join(home, 'documents'))
    const file = { source_directories: [join(home, 'documents')], repositories: [{ path: join(home, 'docs') }] }
    await writeFile(join(home, 'borgmatic.yaml'), JSON.stringify(file))

    const { stdout, stderr } = await runShell(home, 'borgboi import borgmatic borgmatic.yaml --dry-run')

    expect(stdout + stderr).toContain(join(home, 'docs'))
    expect(stderr).not.toContain('internal')
  })

  it('send mail', async () => {
    const home = await tempDir()
    await mkdir(join(home, '.borgboi'), { mode: 0o700 })
    const mail = { type: 'email', url: 'smtp://127.0.0.1:9', from: 'a@example.com', to: 'b@example.com' }
    await writeFile(join(home, '.borgboi/config.yaml'), JSON.stringify({ notify: { mail } }))

    const { stdout, stderr } = await runShell(home, 'borgboi notify test mail')

    expect(stdout + stderr).toContain('nothing listens')
  })
})

/** A home with the repo `docs`, whose Borg is a script: `create` never ends by itself, `list` never stops talking. */
async function setUp() {
  const home = await tempDir()
  const id = 'a'.repeat(64)
  const info = JSON.stringify({
    repository: { id, last_modified: '2026-01-02T03:04:05.000000' },
    encryption: { mode: 'repokey-blake2' },
    cache: { stats: { total_size: 1, total_csize: 1, unique_csize: 1 } },
  })
  const entry = JSON.stringify({
    type: '-',
    mode: '-rw-r--r--',
    path: 'a',
    size: 1,
    mtime: '2026-01-02T03:04:05.000000',
  })
  const progress = JSON.stringify({ type: 'archive_progress', nfiles: 1, original_size: 1, path: 'a', finished: false })
  const executable = await scriptedBorg(
    home,
    `case "$1" in
      info) echo '${info}' ;;
      create)
        trap 'echo INT >> ${home}/signals; exit 2' INT
        trap 'echo TERM >> ${home}/signals; exit 143' TERM
        [ -e ${home}/deaf ] && trap 'echo deaf >> ${home}/signals' INT TERM
        while :; do echo '${progress}' >&2; sleep 0.05; done ;;
      list) while :; do echo '${entry}'; done ;;
    esac`,
  )
  const env = { BORGBOI_BORG__EXECUTABLE_PATH: executable }
  await mkdir(join(home, 'source'))
  const created = await runShell(home, 'borgboi repo create --name docs --path docs --source source', env)
  expect(created, created.stderr).toMatchObject({ exitCode: 0 })
  const signals = async () => (await readFile(join(home, 'signals'), 'utf8')).split('\n').filter((line) => line !== '')
  return { home, env, signals, shell: (line: string) => runShell(home, line, env) }
}

describe('a reader that has seen enough', () => {
  it.each([
    'borgboi --help | true',
    'borgboi backup restore --help | true',
    'borgboi repo list | true',
    'borgboi repo list --json | true',
    'borgboi backup contents --archive a | head -1',
    'borgboi backup contents --archive a --json | head -1',
    'borgboi repo lst 2>&1 | true',
  ])('ends %s quietly', async (line) => {
    const { shell } = await setUp()

    const { exitCode, stderr } = await shell(line)

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })
})

describe('signals', () => {
  it.each([
    ['SIGINT', 'INT'],
    ['SIGTERM', 'TERM'],
  ] as const)('%s reaches Borg once, and the run is interrupted', async (signal, seen) => {
    const { home, env, signals } = await setUp()
    let sent = false

    const result = await runShell(home, 'exec borgboi backup daily --json', env, (output, kill) => {
      if (sent || !output.includes('"message_type":"progress"')) return
      sent = true
      kill(signal)
    })

    expect(result.exitCode, result.stderr).toBe(130)
    expect(result.stdout.trim().split('\n').at(-1)).toContain('"code":"interrupted"')
    expect(await signals()).toEqual([seen])
  })

  it('a second one ends a Borg that does not listen', async () => {
    const { home, env } = await setUp()
    await runShell(home, 'touch deaf')
    let sent = 0

    const result = await runShell(home, 'exec borgboi backup daily --json', env, (output, kill) => {
      const progress = output.split('"message_type":"progress"').length - 1
      if (progress <= sent || sent === 2) return
      sent++
      kill('SIGINT')
    })

    expect(result.exitCode, result.stderr).toBe(130)
  })
})
