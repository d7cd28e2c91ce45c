// Recovery kits with the real Borg: what one machine wrote down opens the repository on another one that has nothing.

import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { expectNothingLeft, SENTINEL, setStage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { keyFile } from '../support/passphrases.ts'
import { tempDir } from '../support/temp-dir.ts'

async function kitOf(stage: Awaited<ReturnType<typeof setUpDocs>>, ...args: string[]): Promise<string> {
  const [kit] = (await succeed(stage.run('repo', 'kit', 'create', '--json', ...args))).json()
  return String(kit?.['text'])
}

describe.skipIf(testBorgVersion === undefined)('a recovery kit', () => {
  it.each(['repokey-blake2', 'keyfile-blake2'])('opens the repository on a bare machine: %s', async (encryption) => {
    const stage = await setUpDocs(await tempDir(), { args: ['--encryption', encryption] })
    await succeed(stage.run('backup', 'run'))
    const text = await kitOf(stage)
    const bare = await setStage(await tempDir())
    await rm(join(bare.root, '.borgboi'), { recursive: true })
    const written = await keyFile(join(bare.root, 'written-down'), `${SENTINEL}\n`)

    const verified = await succeed(bare.run('repo', 'kit', 'verify', text, '--passphrase-file', written, '--json'))
    const without = await bare.run('repo', 'kit', 'verify', text)

    expect(verified.json()).toMatchObject([{ openedWith: 'key', passphraseFrom: 'given', archives: 1, stale: [] }])
    expect(without).toMatchObject({ exitCode: 12, stderr: expect.stringContaining('passphrase-missing') })
    expect(await readFile(text, 'utf8')).not.toContain(SENTINEL)
  })

  it.each(['repokey-blake2', 'keyfile-blake2'])('is all that a drill and a restore need: %s', async (encryption) => {
    const stage = await setUpDocs(await tempDir(), { args: ['--encryption', encryption] })
    const vault = join(stage.root, 'vault')
    await mkdir(vault)
    await succeed(stage.run('vault', 'add', 'nas', vault))
    await succeed(stage.run('vault', 'use', 'nas'))
    await succeed(stage.run('backup', 'daily'))
    const text = await kitOf(stage, '--with-passphrase', '--yes')
    for (const gone of [stage.repository, stage.home]) await rm(gone, { recursive: true })
    const bare = await setStage(await tempDir())
    await rm(bare.home, { recursive: true })
    const to = join(bare.root, 'back')

    const drilled = await succeed(bare.run('s3', 'drill', '--from', `file://${vault}`, '--kit', text))
    expect(await readdir(bare.root)).not.toContain('.config')
    const restored = await succeed(bare.run('s3', 'restore', '--kit', text, '--to', to))
    await succeed(bare.run('backup', 'restore', '--name', 'docs', '--destination', join(bare.root, 'files')))

    const which = encryption.startsWith('keyfile') ? 'the key of the kit' : 'its own key'
    expect(drilled.stdout).toMatch(new RegExp(`open with kit +with ${which}`))
    expect(drilled.stdout).toMatch(/compare +2 as Borg had stored it/)
    expect(restored.stdout).toMatch(/record +as docs, to be read only/)
    const found = await readdir(join(bare.root, 'files'), { recursive: true })
    expect(found.filter((name) => name.endsWith('.txt'))).toHaveLength(2)
    await expectNothingLeft(bare)
  })

  it('is stale after the passphrase was changed, though it opens what was copied before', async () => {
    const stage = await setUpDocs(await tempDir())
    const text = await kitOf(stage, '--with-passphrase', '--yes')
    expect(await readFile(text, 'utf8')).toContain(SENTINEL)

    await succeed(stage.run('repo', 'passphrase', 'change', '--yes'))
    const verified = await stage.run('repo', 'kit', 'verify', text)
    const info = await succeed(stage.run('repo', 'info'))

    expect(verified).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('with its key and its passphrase') })
    expect(verified.stdout).toContain('! the key or its passphrase has changed')
    expect(info.stdout).toMatch(/recovery kit +stale \(made today .*\): the key or its passphrase has changed/)
    await succeed(stage.run('backup', 'run'))
  })
})
