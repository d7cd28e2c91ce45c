// Questions on a real terminal: what only one can show.

import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildWhenStale } from '../support/built-program.ts'
import { hasTerminal, runOnTerminal } from '../support/pseudo-terminal.ts'
import { scriptedBorg } from '../support/scripted-borg.ts'
import { tempDir } from '../support/temp-dir.ts'

beforeAll(buildWhenStale)

async function setUp() {
  const home = await tempDir()
  await mkdir(join(home, 'Documents'))
  const info = JSON.stringify({
    repository: { id: 'a'.repeat(64), last_modified: '2026-01-02T03:04:05.000000' },
    encryption: { mode: 'repokey-blake2' },
    cache: { stats: { total_size: 1, total_csize: 1, unique_csize: 1 } },
  })
  const executable = await scriptedBorg(home, `[ "$1" != info ] || echo '${info}'`)
  // Nothing to schedule with: whether that is asked would depend on the machine, and an answer would change it.
  return { home, env: { BORGBOI_BORG__EXECUTABLE_PATH: executable, PATH: home } }
}

describe.skipIf(!hasTerminal)('repo create on a terminal', () => {
  it('asks for what is missing, completes by Tab, and says how to do without', async () => {
    const { home, env } = await setUp()

    const { exitCode, screen } = await runOnTerminal(
      home,
      ['repo', 'create'],
      [
        ['Which directory to back up? ', '~/Doc'],
        ['~/Doc', '\t'],
        ['uments/', '\r'],
        ['which else? ', '\r'],
        ['Where to keep it? ', 'backups\r'],
        ['What to call it? [Documents] ', 'docs\r'],
        ['Which archives to keep? ', '\r'],
        ['set it up? [yes] ', '\r'],
      ],
      env,
    )

    expect(exitCode, screen).toBe(0)
    expect(screen).toContain('Borg repository created')
    expect(screen).toContain(`borgboi repo create --name docs --path ${home}/backups --source ${home}/Documents\r\n`)
  })

  it.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-C in an answer', 'abc\x03'],
    ['Ctrl-D', '\x04'],
  ])('%s leaves, with exit code 130 and nothing done', async (_title, keys) => {
    const { home, env } = await setUp()

    const { exitCode, screen } = await runOnTerminal(home, ['repo', 'create'], [['back up? ', keys]], env)

    expect(exitCode, screen).toBe(130)
    expect(screen).toContain('nothing was changed')
    expect(await readdir(join(home, '.borgboi'), { recursive: true })).not.toContain('passphrases')
  })
})
