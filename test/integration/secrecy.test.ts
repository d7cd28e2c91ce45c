// The passphrase of a repo is in its key file and nowhere else: not in what commands print, not in files, not where
// other processes could see it.

import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { argumentsOf, borgProcesses, startBorgboi, until } from '../support/cli-process.ts'
import { createDocs, keepKey, nextSecond, SENTINEL, type Stage, setStage, succeed } from '../support/cli-stage.ts'
import { keyFile } from '../support/passphrases.ts'
import { borgBehind } from '../support/programs.ts'
import { tempDir } from '../support/temp-dir.ts'

/** Every command of a life, whatever it ends with; `runWith` itself searches what each prints. */
const COMMANDS: readonly (readonly string[])[] = [
  ['backup', 'daily'],
  ['backup', 'list'],
  ['backup', 'contents'],
  ['repo', 'list'],
  ['repo', 'info'],
  ['backup', 'check'],
  ['backup', 'compact'],
  ['backup', 'prune', '--dry-run'],
  ['backup', 'restore', '--destination', 'out', '--overwrite', 'always'],
  ['backup', 'restore', 'no/such/path'],
  ['backup', 'delete', '--archive', 'no-such-archive', '--yes'],
  ['config', 'show'],
  ['config', 'validate'],
  ['repo', 'delete', '--dry-run'],
]

describe.skipIf(testBorgVersion === undefined)('the passphrase', () => {
  test('shows in no output and in no file but its own, through a whole life with failures', async () => {
    const stage = await setStage(await tempDir())
    const key = join(stage.home, 'passphrases', 'docs.key')
    await succeed(stage.run(...createDocs(stage), '--verbose'))

    for (const how of [['--verbose'], ['--json']]) {
      for (const command of COMMANDS) {
        if (command[1] === 'daily') await nextSecond()
        await stage.run(...command, ...how)
      }
      await fail(stage, key, how)
    }
    const given = ['--passphrase', SENTINEL, '--allow-env-passphrase']
    await succeed(stage.runWith({ env: { BORG_PASSPHRASE: SENTINEL } }, 'backup', 'list', '--verbose', ...given))
    await stage.runWith({ env: { BORGBOI_BORG__BORG_PASSPHRASE: SENTINEL } }, 'config', 'show', '--origin')

    const sealed = (await filesWith(SENTINEL, stage.root)).filter((path) => path !== key)
    expect(sealed).toEqual([])
    expect((await stat(key)).mode & 0o777).toBe(0o600)
  })

  /** Failures that handle the passphrase, and one that names a file with it. */
  async function fail(stage: Stage, key: string, how: readonly string[]): Promise<void> {
    const failures: [string, () => Promise<unknown>][] = [
      ['wrong', () => keyFile(key, `${SENTINEL} not quite\n`)],
      ['two lines', () => keyFile(key, `${SENTINEL}\n${SENTINEL}\n`)],
      ['not UTF-8', () => keyFile(key, Buffer.from([...Buffer.from(SENTINEL), 0xff]))],
    ]
    for (const [what, spoil] of failures) {
      await spoil()
      expect(await stage.run('backup', 'daily', ...how), what).toMatchObject({ exitCode: 12 })
    }
    await keepKey(stage.home, 'docs')
    const dying = await borgBehind(
      join(stage.root, 'dying-borg'),
      '[ "$1" = create ] && { cat <&3 >/dev/null; exit 2; }',
    )
    const env = { BORGBOI_BORG__EXECUTABLE_PATH: dying }
    expect(await stage.runWith({ env }, 'backup', 'daily', ...how)).toMatchObject({ exitCode: 1 })
  }
})

describe.skipIf(testBorgVersion === undefined || process.platform !== 'linux')(
  'the passphrase of a running backup (Linux: it looks into /proc)',
  () => {
    test('is neither an argument nor in the environment of borgboi or Borg', async () => {
      const stage = await setStage(await tempDir())
      await succeed(stage.run(...createDocs(stage)))
      const gate = join(stage.root, 'gate')
      onTestFinished(() => writeFile(gate, ''))
      const slow = await borgBehind(
        join(stage.root, 'slow-borg'),
        `if [ "$1" = create ]; then while [ ! -e '${gate}' ]; do sleep 0.05; done; fi`,
      )
      const env = { ...stage.cli.env, BORGBOI_BORG__EXECUTABLE_PATH: slow, BORG_PASSPHRASE: SENTINEL }

      const run = startBorgboi({ ...stage, cli: { ...stage.cli, env } }, 'backup', 'daily', '--verbose')
      const [borg = 0] = await until('Borg runs', async () => {
        const pids = await borgProcesses(stage.repository)
        return pids.length > 0 && pids
      })
      const seen = [...(await argumentsOf(borg)), ...(await environmentOf(borg)), ...(await argumentsOf(run.pid))]
      await writeFile(gate, '')
      const ended = await run.ended

      expect(seen.join('\n')).toContain('BORG_PASSPHRASE_FD=3')
      expect(seen.join('\n')).not.toContain(SENTINEL)
      expect(ended, ended.stderr).toMatchObject({ exitCode: 0 })
      expect(ended.stdout + ended.stderr).not.toContain(SENTINEL)
    })
  },
)

async function environmentOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0')
}

/** The files below `root` that hold a text. */
async function filesWith(text: string, root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const found = await Promise.all(paths.map(async (path) => (await readFile(path)).includes(text)))
  return paths.filter((_, place) => found[place])
}
