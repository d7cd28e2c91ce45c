// A home, a source and a place for a repository, and the real command line on them with the Borg under test. Whatever
// a command prints is searched for the passphrase, which no output may ever have.

import { mkdir, readdir, realpath, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { testBorg } from './borg-binary.ts'
import { keyFile } from './passphrases.ts'
import { borgboi, type CliHome, type CliResult } from './run-cli.ts'
import { historyIn } from './run-history.ts'

/** What every repository of these tests is encrypted with. */
export const SENTINEL = 'SeNt1neL-pa55phrase "quoted" ünï'

export interface Stage {
  readonly root: string
  /** `.borgboi` below the root. */
  readonly home: string
  readonly source: string
  readonly repository: string
  readonly cli: CliHome
  run(...args: string[]): Promise<CliResult>
  /** As `run`, in changed circumstances. */
  runWith(changes: Partial<CliHome>, ...args: string[]): Promise<CliResult>
}

/** `root`: an existing directory. The source has two small files; the passphrase file of `docs` lies ready. */
export async function setStage(root: string, env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const cli: CliHome = {
    root,
    env: { BORGBOI_BORG__EXECUTABLE_PATH: testBorg, BORGBOI_BORG__ADDITIONAL_FREE_SPACE: '0', ...env },
  }
  const home = join(env['BORGBOI_HOME'] ?? root, '.borgboi')
  const source = join(root, 'source')
  await mkdir(join(source, 'sub'), { recursive: true })
  await writeFile(join(source, 'a.txt'), 'alpha')
  await writeFile(join(source, 'sub', 'b.txt'), 'beta'.repeat(1000))
  await keepKey(home, 'docs')
  const runWith = async (changes: Partial<CliHome>, ...args: string[]) => {
    const result = await borgboi({ ...cli, ...changes, env: { ...cli.env, ...changes.env } }, ...args)
    expect(result.stdout + result.stderr).not.toContain(SENTINEL)
    return result
  }
  const run = (...args: string[]) => runWith({}, ...args)
  return { root, home, source, repository: join(root, 'repository'), cli, run, runWith }
}

/** The passphrase where borgboi looks for that of `repo`, as an earlier attempt would have left it. */
export async function keepKey(home: string, repo: string): Promise<string> {
  return await keyFile(join(home, 'passphrases', `${repo}.key`), `${SENTINEL}\n`)
}

/** A stage with the repo `docs` set up on it. */
export async function setUpDocs(
  root: string,
  { env = {}, args = [] }: { readonly env?: Readonly<Record<string, string>>; readonly args?: readonly string[] } = {},
): Promise<Stage> {
  const stage = await setStage(root, env)
  await succeed(stage.run(...createDocs(stage), ...args))
  return stage
}

/** The command that sets `docs` up. */
export function createDocs({ repository, source }: Pick<Stage, 'repository' | 'source'>): string[] {
  return ['repo', 'create', '--name', 'docs', '--path', repository, '--source', source]
}

/** The result of a command that has to end well. */
export async function succeed(running: Promise<CliResult>): Promise<CliResult> {
  const result = await running
  expect(result, result.stderr).toMatchObject({ exitCode: 0 })
  return result
}

/** The names of the archives of a repo, oldest first. */
export async function archivesOf(stage: Stage, repo = 'docs'): Promise<string[]> {
  const { stdout } = await succeed(stage.run('backup', 'list', '--name', repo, '--json'))
  return JSON.parse(stdout).archives.map(({ name }: { name: string }) => name)
}

/** Archives are named by the second: a second one of the same repo has to wait for the next. */
export async function nextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1001 - (Date.now() % 1000)))
}

/** The reports of a repo's runs as they are kept, newest first. */
export async function reportsOf(stage: Stage, repo = 'docs') {
  return await historyIn(join(stage.home, 'data')).list(repo, 100)
}

/**
 * No lock, no temporary file and no staging directory is left anywhere on the stage. A transaction of Borg's cache may
 * be: a Borg that is stopped while it begins one leaves it, and the next one clears it away.
 */
export async function expectNothingLeft(stage: Stage): Promise<void> {
  const names = await readdir(stage.root, { recursive: true })
  const left = names.filter((name) => /\.tmp$|\.lock$|lock\.exclusive$|\.borgboi-restore-/.test(name))
  expect(left.filter((name) => !/^\.cache\/borg\/[0-9a-f]+\/txn\.tmp$/.test(name))).toEqual([])
}

/** The bytes below a directory that a failed command must not have changed: names, sizes and times. */
export async function fingerprint(directory: string): Promise<string[]> {
  const root = await realpath(directory)
  const names = await readdir(root, { recursive: true })
  const lines = names.map(async (name) => {
    const { mtimeMs, size } = await stat(join(root, name))
    return `${name} ${size} ${mtimeMs}`
  })
  return (await Promise.all(lines)).sort()
}
