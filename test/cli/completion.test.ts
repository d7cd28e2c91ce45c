// The scripts of `borgboi completion` in the shells they are for: bash always, zsh and fish where there are any.

import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseRepoRecord } from '../../src/model/repo.ts'
import { EMPTY_STORE, encodeStore, indexesOf } from '../../src/store/json/document.ts'
import { BUILT_PROGRAM, buildWhenStale, runShell } from '../support/built-program.ts'
import { tempDir } from '../support/temp-dir.ts'

beforeAll(buildWhenStale)

const ARCHIVE = 'docs-2026-11-20T02:30:04'

/** A home with the repo `docs`, a directory `dir` and a file `file.txt`. */
async function setUp(): Promise<string> {
  const root = await tempDir()
  const repos = [
    parseRepoRecord({
      name: 'docs',
      path: join(root, 'docs'),
      borgId: 'a'.repeat(64),
      encryption: 'repokey-blake2',
      sources: [root],
      hostname: 'here',
      createdAt: '2026-11-01T00:00:00Z',
      lastBackup: { archive: ARCHIVE, at: '2026-11-20T02:30:04Z', originalBytes: 1, files: 1 },
    }),
  ]
  await mkdir(join(root, '.borgboi/data'), { recursive: true })
  await mkdir(join(root, 'dir'))
  await writeFile(join(root, 'file.txt'), '')
  const store = encodeStore({ ...EMPTY_STORE, repos, indexes: indexesOf(repos) })
  await writeFile(join(root, '.borgboi/data/repositories.json'), store)
  return root
}

/** What a line would be completed to; words as the shell splits them, the last one is being written. */
const LINES: readonly (readonly [words: readonly string[], expected: readonly string[]])[] = [
  [['rep'], ['repo']],
  [
    ['store', ''],
    ['check', 'rebuild'],
  ],
  [['backup', 'daily', '--na'], ['--name']],
  [['backup', 'daily', '--name', 'd'], ['docs']],
  [['backup', 'restore', '--archive', 'docs-2026-11-20T02:3'], [ARCHIVE]],
  [['backup', 'restore', '--archive=docs-2026-11-20T02:3'], [`--archive=${ARCHIVE}`]],
  [['backup', 'restore', '--destination', 'd'], ['dir']],
  [['config', 'show', '--config', 'fi'], ['file.txt']],
  [['config', 'show', '--config=fi'], ['--config=file.txt']],
  [['nonsense', ''], []],
]

describe('bash', () => {
  /** Bash takes = and : for words of their own, and replaces what stands behind the last of them. */
  it.each(LINES)('completes %j to %j', async (words, expected) => {
    const home = await setUp()
    const pieces = words.flatMap((word) => (word === '' ? [''] : word.split(/([=:]+)/).filter((piece) => piece !== '')))
    const kept = /^.*[=:]/.exec(words.at(-1) ?? '')?.[0] ?? ''

    const { stdout, stderr } = await runShell(
      home,
      `eval "$(borgboi completion bash)"
COMP_WORDS=(borgboi ${pieces.map((piece) => `'${piece}'`).join(' ')}); COMP_CWORD=${pieces.length}
_borgboi borgboi; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p borgboi bb`,
    )

    const [replies, registered] = stdout.split('complete -F _borgboi borgboi')
    expect(stderr).toBe('')
    expect(registered).toContain('complete -F _borgboi bb')
    expect(lines(replies).map((reply) => `${kept}${reply}`)).toEqual(expected)
  })
})

describe.skipIf(!isInstalled('zsh'))('zsh', () => {
  it.each(LINES)('completes %j to %j', async (words, expected) => {
    const { stdout, stderr } = await runZsh(await setUp(), words)

    const printed = lines(stdout).map((line) => /^(?:\\.|[^:\\])*/.exec(line)?.[0].replaceAll('\\', ''))
    expect(stderr).toBe('')
    expect(printed).toEqual(expected.map((word) => (/dir|file/.test(word) ? 'files' : word)))
  })
})

describe.skipIf(!isInstalled('fish'))('fish', () => {
  it.each(LINES)('completes %j to %j', async (words, expected) => {
    const home = await setUp()
    const env = { ...process.env, HOME: home, BORGBOI_HOME: home, LANG: 'C.UTF-8' }
    const script = `function borgboi; "${process.execPath}" "${BUILT_PROGRAM}" $argv; end
borgboi completion fish | source
complete -C '${['borgboi', ...words].join(' ')}'`

    const { stdout: printed } = spawnSync('fish', ['--no-config', '-c', script], { cwd: home, env, encoding: 'utf8' })

    expect(lines(printed).map((line) => line.split('\t')[0]?.replace(/\/$/, ''))).toEqual([...expected].sort())
  })
})

/** Its completion system is for terminals: what the script hands to it is printed instead. */
function runZsh(home: string, words: readonly string[]) {
  const script = `borgboi() { "${process.execPath}" "${BUILT_PROGRAM}" "$@" }
compdef() { }; compset() { }; _files() { print files }
_describe() { print -rl -- "\${(@P)2}" }
eval "$(borgboi completion zsh)"
words=(borgboi ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=$#words
_borgboi`
  const env = { ...process.env, HOME: home, BORGBOI_HOME: home, LANG: 'C.UTF-8' }
  return spawnSync('zsh', ['-f', '-c', script], { cwd: home, env, encoding: 'utf8' })
}

function lines(text = ''): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function isInstalled(shell: string): boolean {
  const found = spawnSync(shell, ['--version']).status === 0
  if (!found) console.warn(`there is no ${shell} here: its completion is not tested`)
  return found
}
