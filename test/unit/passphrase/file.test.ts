import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseRepoName } from '../../../src/model/names.ts'
import { type Given, keyFile, setUp } from '../../support/passphrases.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SENTINEL = 'sentinel-91c2-passphrase'
const DOCS = parseRepoName('docs')
const isRoot = process.geteuid?.() === 0

/** The error of reading `docs.key` after `prepare`. */
async function refusal(prepare: (path: string) => Promise<unknown>, given: Given = {}) {
  const { keeper, events } = await setUp(given)
  await prepare(keeper.path(DOCS))
  const error = await keeper.resolveExisting({ name: DOCS }, {}).then(
    () => expect.unreachable('it was accepted'),
    (reason) => reason,
  )
  expect(inspect([error, events], { depth: 9 })).not.toContain(SENTINEL)
  return error
}

describe('a passphrase file', () => {
  it.each([
    ['no line end', SENTINEL],
    ['one LF', `${SENTINEL}\n`],
    ['one CRLF', `${SENTINEL}\r\n`],
  ])('with %s gives the line', async (_, content) => {
    const { keeper } = await setUp()
    const file = await keyFile(keeper.path(DOCS), content)

    const found = await keeper.resolveExisting({ name: DOCS }, {})

    expect(found).toMatchObject({ origin: 'file', file })
    expect(found.secret.reveal()).toBe(SENTINEL)
  })

  it('keeps spaces at both ends', async () => {
    const { keeper } = await setUp()
    await keyFile(keeper.path(DOCS), '  a b \n')

    expect((await keeper.resolveExisting({ name: DOCS }, {})).secret.reveal()).toBe('  a b ')
  })

  it.each([
    ['is empty', '', 'it is empty'],
    ['has only a line end', '\n', 'it is empty'],
    ['has two lines', `${SENTINEL}\nmore\n`, 'it has more than one line'],
    ['ends in two line ends', `${SENTINEL}\n\n`, 'it has more than one line'],
    ['has a NUL', `${SENTINEL}\0`, 'it has a NUL character'],
    ['is not UTF-8', Buffer.from([0xff, 0xfe, 0x41]), 'it is not text in UTF-8'],
    ['starts with a byte order mark', `\uFEFF${SENTINEL}`, 'it starts with a byte order mark'],
    ['is too big', 'x'.repeat(4096), 'it is larger than 4095 bytes'],
  ])('that %s is refused', async (_, content, reason) => {
    const error = await refusal((path) => keyFile(path, content))

    expect(error).toMatchObject({ code: 'passphrase-file-unusable', reason })
  })

  it('that is a link is refused, even to a good file', async () => {
    const error = await refusal(async (path) => {
      await symlink(await keyFile(`${path}.real`, SENTINEL), path)
    })

    expect(error).toMatchObject({ code: 'passphrase-file-unusable', reason: 'it is a symbolic link' })
  })

  it('that is a directory is refused', async () => {
    const error = await refusal((path) => mkdir(path, { recursive: true }))

    expect(error).toMatchObject({ code: 'passphrase-file-unusable', reason: 'it is a directory' })
  })

  it('that is a FIFO is refused without waiting for a writer', async () => {
    const error = await refusal(async (path) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      execFileSync('mkfifo', [path])
    })

    expect(error).toMatchObject({ code: 'passphrase-file-unusable', reason: 'it is not a regular file' })
  })

  it('that others may read is closed, with a warning', async () => {
    const { keeper, events } = await setUp()
    const path = await keyFile(keeper.path(DOCS), SENTINEL, 0o644)

    const found = await keeper.resolveExisting({ name: DOCS }, {})

    expect(found.secret.reveal()).toBe(SENTINEL)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(events).toMatchObject([{ type: 'notice', level: 'warning' }])
    expect(inspect(events)).toContain(`${path} was open to other users (0644); it is now 0600`)
  })

  it('in a directory that others may enter has the directory closed, with a warning', async () => {
    const { keeper, events, directory } = await setUp()
    await keyFile(keeper.path(DOCS), SENTINEL)
    await chmod(directory, 0o755)

    await keeper.resolveExisting({ name: DOCS }, {})

    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect(inspect(events)).toContain(`${directory} was open to other users (0755)`)
  })

  it('elsewhere leaves its directory as it is', async () => {
    const { keeper, events } = await setUp()
    const directory = await tempDir()
    await chmod(directory, 0o755)
    const file = await keyFile(join(directory, 'secret.txt'), SENTINEL)

    await keeper.resolveExisting({ name: DOCS }, { file })

    expect((await stat(directory)).mode & 0o777).toBe(0o755)
    expect(events).toEqual([])
  })

  it.runIf(isRoot)('of another user is refused and left as it is', async () => {
    const { keeper } = await setUp()
    const file = await keyFile(keeper.path(DOCS), SENTINEL, 0o644)
    await chown(file, 12345, 12345)

    const resolving = keeper.resolveExisting({ name: DOCS }, { file })

    await expect(resolving).rejects.toMatchObject({
      code: 'passphrase-file-unusable',
      reason: 'it belongs to another user (uid 12345)',
    })
    expect((await stat(file)).mode & 0o777).toBe(0o644)
  })

  it.runIf(isRoot)('of the user who called sudo is trusted', async () => {
    const { keeper } = await setUp({ trustedUids: [0, 12345] })
    const file = await keyFile(keeper.path(DOCS), SENTINEL)
    await chown(file, 12345, 12345)

    expect((await keeper.resolveExisting({ name: DOCS }, {})).secret.reveal()).toBe(SENTINEL)
  })
})
