// A home that BorgBoi 1.x may have left, with one repository, and the command line on it. Whatever a command prints is
// searched for the passphrase, which no output may ever have.

import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type EarlierSample, makeRepositoryConfig } from './earlier-homes.ts'
import { borgboi, type CliHome, type CliResult } from './run-cli.ts'
import { tempDir } from './temp-dir.ts'

export const SENTINEL = 'SeNt1neL'
export const SECRET = `${SENTINEL} "quoted" \\ ünï`
export const ID = 'ab'.repeat(32)
export const OTHER_ID = 'cd'.repeat(32)

interface MigrationShown {
  readonly exitCode: number
  readonly repos: readonly { readonly exclusions?: string; readonly blanked: readonly string[] }[]
  readonly sharedExclusions: string
  /** `subject: message` */
  readonly messages: readonly string[]
  /** What the remarks on the configuration are about. */
  readonly settings: readonly string[]
}

export interface EarlierStage {
  readonly root: string
  /** `.borgboi` below the root, an empty directory. */
  readonly home: string
  /** What a record has of the repository there is. */
  readonly docs: EarlierSample
  migrate(...args: string[]): Promise<CliResult>
  migrateJson(changes?: Partial<CliHome>): Promise<MigrationShown>
  records(): Promise<readonly Record<string, unknown>[]>
  keyOf(name: string): string
  /** Every file of the home with its content. */
  contents(): Promise<Record<string, string>>
}

export async function setEarlierStage(): Promise<EarlierStage> {
  const root = await tempDir()
  const home = join(root, '.borgboi')
  const docs = {
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
  const run = async (args: readonly string[], changes: Partial<CliHome> = {}) => {
    const result = await borgboi({ root, ...changes }, ...args)
    expect(result.stdout + result.stderr).not.toContain(SENTINEL)
    return result
  }
  return {
    root,
    home,
    docs,
    migrate: (...args) => run(['migrate', ...args]),
    migrateJson: async (changes) => {
      const { exitCode, stdout } = await run(['migrate', '--json'], changes)
      const { repos, sharedExclusions, findings, settings } = JSON.parse(stdout)
      const messages = findings.map(
        (found: { subject: string; message: string }) => `${found.subject}: ${found.message}`,
      )
      const subjects = settings.map(({ subject }: { subject: string }) => subject)
      return { exitCode, repos, sharedExclusions, messages, settings: subjects }
    },
    records: async () => JSON.parse((await run(['repo', 'list', '--json'])).stdout).repos,
    keyOf: (name) => join(home, 'passphrases', `${name}.key`),
    contents: () => contentsOf(home),
  }
}

async function contentsOf(home: string): Promise<Record<string, string>> {
  const names = (await readdir(home, { recursive: true })).sort()
  const files: [string, string][] = []
  for (const name of names) {
    if ((await stat(join(home, name))).isFile()) files.push([name, await readFile(join(home, name), 'latin1')])
  }
  return Object.fromEntries(files)
}
