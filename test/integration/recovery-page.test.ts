// docs/recovery.md: the page's own commands and lines of shell, run on a vault that a push has made, bring a real
// repository back. Only the values that the reader has to fill in are filled in.

import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { setStage, succeed } from '../support/cli-stage.ts'
import { newVaultAt } from '../support/directory-vault.ts'
import { Machine } from '../support/offsite-machine.ts'
import { perform } from '../support/offsite-operation.ts'
import { keyFile } from '../support/passphrases.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

const missing = ['bash', 'jq', 'sha256sum', 'gunzip'].filter((program) => spawnSync(program, ['--version']).error)
if (missing.length > 0) console.warn(`\n!!! SKIPPED: recovery without borgboi cannot be tried without ${missing}\n`)

const PASSPHRASE = 'written down'

let machine: Machine
let vaultRoot: string
let borgId: string

beforeAll(async () => {
  if (testBorgVersion === undefined) return
  const directory = await suiteDir()
  vaultRoot = join(directory, 'vault')
  mkdirSync(vaultRoot)
  await newVaultAt(vaultRoot)
  machine = new Machine(directory, 'anna', PASSPHRASE)
  borgId = await machine.initialise('repokey-blake2')
  for (const [archive, letter] of [
    ['monday', 'Dear Boris'],
    ['tuesday', 'Dear Boris, dear Anna'],
  ] as const) {
    writeFileSync(join(machine.source, 'letter'), letter)
    await machine.createArchive(archive)
    await push()
  }
})

async function push(): Promise<void> {
  const { stateDirectory } = machine.context
  const operation = { name: 'push', input: machine.local(borgId) } as const
  expect(await perform({ vaultRoot, installId: machine.name, stateDirectory, operation })).toMatchObject({
    end: 'done',
  })
}

describe.skipIf(testBorgVersion === undefined)('docs/recovery.md', () => {
  test('has commands of borgboi that bring everything back on a bare machine, and take over', async () => {
    const root = await tempDir()
    const { run } = await setStage(root)
    await rm(join(root, '.borgboi'), { recursive: true })
    const passphraseFile = await keyFile(join(root, 'passphrase.txt'), `${PASSPHRASE}\n`)
    const vault = join(root, 'vault')
    cpSync(vaultRoot, vault, { recursive: true })
    const filled = { 's3://acme-backups/borg': `file://${vault}`, '/srv/borg/docs': join(root, 'srv/docs') }
    const commands = commandsOfBorgboi({
      ...filled,
      '/home/anna': join(root, 'anna'),
      'passphrase.txt': passphraseFile,
      // What a kit does instead is in recovery-kit.test.ts.
    }).filter((command) => !command.includes('--kit'))

    for (const command of commands) await succeed(run(...command))

    expect(commands.map((command) => command.slice(0, 2).join(' '))).toEqual([
      's3 generations',
      's3 restore',
      'backup list',
      'backup restore',
      'vault add',
      's3 promote',
    ])
    expect(readFileSync(join(root, 'anna', machine.source, 'letter'), 'utf8')).toBe('Dear Boris, dear Anna')
    await succeed(run('backup', 'check', '--name', 'docs'))
  })
})

describe.skipIf(testBorgVersion === undefined || missing.length > 0)('the shell of docs/recovery.md', () => {
  test('brings the newest generation back, with every archive and every byte', async () => {
    const bare = await bareMachine()

    const { status, stdout, stderr } = bare.run(filledIn(vaultRoot, borgId))

    expect(status, stderr).toBe(0)
    expect(stdout).toContain('manifest.json.gz: OK')
    expect(stdout).toMatch(/^monday .*\ntuesday /m)
    expect(bare.extractedLetter('monday')).toBe('Dear Boris')
    expect(bare.extractedLetter('tuesday')).toBe('Dear Boris, dear Anna')
  })

  test('brings an older generation back by the name of its file', async () => {
    const bare = await bareMachine()
    const [first = ''] = readdirSync(join(vaultRoot, borgId, 'generations')).sort()
    const lines = filledIn(vaultRoot, borgId).split('\n')
    const place = lines.findIndex((line) => line.includes('.manifestKey'))

    lines.splice(place, 2, `get "$id/generations/${first}" manifest.json.gz`)
    const { status, stdout } = bare.run(lines.join('\n'))

    expect(status).toBe(0)
    expect(stdout).toMatch(/^monday /m)
    expect(stdout).not.toContain('tuesday')
  })

  test('stops before Borg sees a copy with a damaged file', async () => {
    const bare = await bareMachine()
    const damaged = join(bare.directory, 'vault')
    cpSync(vaultRoot, damaged, { recursive: true })
    for (const path of blobsAbove(10_000, join(damaged, borgId, 'objects'))) appendFileSync(path, '!')

    const { status, stdout, stderr } = bare.run(filledIn(damaged, borgId))

    expect(status).toBe(1)
    expect(stdout + stderr).toMatch(/recovered\/\S+: FAILED/)
    expect(stdout).not.toContain('monday')
  })

  test('leaves a repository that can be written to once its counter is raised as the page says', async () => {
    const bare = await bareMachine()
    bare.run(filledIn(vaultRoot, borgId))
    const nonce = join(bare.directory, 'recovered/nonce')
    const before = readFileSync(nonce, 'utf8').trim()

    writeFileSync(nonce, sixthDigitRaised(before))
    const { status, stderr } = bare.run('borg create recovered::wednesday letter && borg check --verify-data recovered')

    expect(status, stderr).toBe(0)
    expect(BigInt(`0x${readFileSync(nonce, 'utf8').trim()}`) - BigInt(`0x${before}`)).toBeGreaterThanOrEqual(2n ** 40n)
  })
})

/** The commands of "With borgboi", in their order. */
function commandsOfBorgboi(filled: Readonly<Record<string, string>>): string[][] {
  const page = readFileSync(new URL('../../docs/recovery.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('## With borgboi'), page.indexOf('## The drill'))
  const lines = [...section.matchAll(/^ +borgboi (.+)$/gm)].map(([, line = '']) => line)
  return lines.map((line) => line.split(' ').map((word) => filled[word] ?? word))
}

/** The block of the page, with what a reader has to fill in. */
function filledIn(vault: string, id: string): string {
  const page = readFileSync(new URL('../../docs/recovery.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('## Without borgboi'))
  const [, block = ''] = /```sh\n(.*?)```/s.exec(section) ?? []
  const filled = block.replace('vault=/mnt/nas/borg', `vault=${vault}`).replace('id=64-hex-digits', `id=${id}`)
  expect(filled).toContain(`vault=${vault} id=${id} out=recovered\n`)
  return filled
}

/** A machine that has nothing but a shell, the programs that the page names, and the passphrase. */
async function bareMachine() {
  const directory = await tempDir()
  writeFileSync(join(directory, 'letter'), 'Dear all')
  const programs = join(directory, 'bin')
  mkdirSync(programs)
  writeFileSync(join(programs, 'borg'), `#!/bin/sh\nexec '${testBorg}' "$@"\n`, { mode: 0o755 })
  const env = {
    PATH: `${programs}:${process.env['PATH']}`,
    HOME: directory,
    BORG_BASE_DIR: directory,
    BORG_PASSPHRASE: PASSPHRASE,
  }
  const run = (script: string) => spawnSync('bash', ['-c', script], { cwd: directory, env, encoding: 'utf8' })
  return {
    directory,
    run,
    extractedLetter: (archive: string) => {
      const { stdout } = run(`borg extract --stdout recovered::${archive} 're:/letter$'`)
      return stdout
    },
  }
}

function sixthDigitRaised(counter: string): string {
  expect(counter).toMatch(/^[0-9a-f]{16}$/)
  const digits = [...counter]
  digits[5] = (Number.parseInt(digits[5] ?? '', 16) + 1).toString(16)
  return digits.join('')
}

function blobsAbove(bytes: number, objects: string): string[] {
  const files = readdirSync(objects, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => statSync(path).size > bytes)
}
