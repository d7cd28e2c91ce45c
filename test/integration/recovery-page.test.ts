// docs/recovery.md, "Without borgboi": the page's own lines of shell, run on a vault that a push has made, bring a real
// repository back. Only the values that the reader has to fill in are filled in.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { newVaultAt } from '../support/directory-vault.ts'
import { Machine } from '../support/offsite-machine.ts'
import { perform } from '../support/offsite-operation.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

const missing = ['bash', 'jq', 'sha256sum', 'gunzip'].filter((program) => spawnSync(program, ['--version']).error)
if (missing.length > 0) console.warn(`\n!!! SKIPPED: recovery without borgboi cannot be tried without ${missing}\n`)

const PASSPHRASE = 'written down'

describe.skipIf(testBorgVersion === undefined || missing.length > 0)('the shell of docs/recovery.md', () => {
  let machine: Machine
  let vaultRoot: string
  let borgId: string

  beforeAll(async () => {
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
    execFileSync('cp', ['-r', vaultRoot, damaged])
    const key = largestBlob(join(damaged, borgId, 'objects'))
    writeFileSync(key, Buffer.concat([readFileSync(key), Buffer.from('!')]))

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

function largestBlob(objects: string): string {
  const files = readdirSync(objects, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name))
  const [largest = ''] = paths.toSorted((a, b) => readFileSync(b).length - readFileSync(a).length)
  return largest
}
