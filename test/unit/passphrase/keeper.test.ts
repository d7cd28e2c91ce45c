import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { chmod, chown, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseRepoName } from '../../../src/model/names.ts'
import { SecretText } from '../../../src/model/secret.ts'
import { keyFile, setUp } from '../../support/passphrases.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SENTINEL = 'sentinel-91c2-passphrase'
const DOCS = parseRepoName('docs')
const isRoot = process.geteuid?.() === 0

describe('the passphrase of an existing repository', () => {
  const everything = { existing: 'from-config', env: { BORG_PASSPHRASE: 'from-env' } }

  it('comes from the flag, then a descriptor or file that was named, then the usual file, then the configuration', async () => {
    const { keeper } = await setUp(everything)
    await keyFile(keeper.path(DOCS), 'from-usual')
    const named = await keyFile(join(await tempDir(), 'named'), 'from-named')
    const fd = openSync(await keyFile(join(await tempDir(), 'fd'), 'from-fd'), 'r')
    onTestFinished(() => closeSync(fd))
    const { keeper: without } = await setUp(everything)

    const found = await Promise.all([
      keeper.resolveExisting({ name: DOCS }, { value: 'from-flag', fd, file: named, allowEnv: true }),
      keeper.resolveExisting({ name: DOCS }, { fd, file: named, allowEnv: true }),
      keeper.resolveExisting({ name: DOCS }, { file: named, allowEnv: true }),
      keeper.resolveExisting({ name: DOCS }, { allowEnv: true }),
      without.resolveExisting({ name: DOCS }, { allowEnv: true }),
    ])

    expect(found.map(({ secret, origin }) => [secret.reveal(), origin])).toEqual([
      ['from-flag', 'flag'],
      ['from-fd', 'flag'],
      ['from-named', 'file'],
      ['from-usual', 'file'],
      ['from-config', 'config'],
    ])
  })

  it('comes from the file its record names, not from the usual one', async () => {
    const { keeper } = await setUp()
    await keyFile(keeper.path(DOCS), 'from-usual')
    const passphraseFile = await keyFile(join(await tempDir(), 'own'), 'from-own')

    const found = await keeper.resolveExisting({ name: DOCS, passphraseFile }, {})

    expect(found.secret.reveal()).toBe('from-own')
  })

  it('comes from a credential of systemd where the repo has no file', async () => {
    const directory = await tempDir()
    await keyFile(join(directory, 'borgboi.passphrase.docs'), 'from-credential')
    const { keeper } = await setUp({ ...everything, env: { CREDENTIALS_DIRECTORY: directory } })

    const handed = await keeper.resolveExisting({ name: DOCS }, {})
    await keyFile(keeper.path(DOCS), 'from-usual')
    const kept = await keeper.resolveExisting({ name: DOCS }, {})

    expect([handed, kept].map(({ secret }) => secret.reveal())).toEqual(['from-credential', 'from-usual'])
  })

  it('comes from BORG_PASSPHRASE only when that is allowed', async () => {
    const { keeper } = await setUp({ env: { BORG_PASSPHRASE: SENTINEL } })

    const allowed = await keeper.resolveExisting({ name: DOCS }, { allowEnv: true })
    const refused = keeper.resolveExisting({ name: DOCS }, {})

    expect(allowed).toMatchObject({ origin: 'environment' })
    await expect(refused).rejects.toMatchObject({
      code: 'passphrase-missing',
      hint: 'to use the one in BORG_PASSPHRASE, add --allow-env-passphrase',
    })
  })

  it('is missing where there is none, and the error names the file', async () => {
    const { keeper } = await setUp({ env: { BORG_PASSPHRASE: '' } })

    await expect(keeper.resolveExisting({ name: DOCS }, { allowEnv: true })).rejects.toMatchObject({
      code: 'passphrase-missing',
      reason: `${keeper.path(DOCS)} does not exist, and the configuration has none`,
    })
  })

  it('is not replaced by another when the file that was named is missing', async () => {
    const { keeper } = await setUp(everything)
    await keyFile(keeper.path(DOCS), 'from-usual')

    const resolving = keeper.resolveExisting({ name: DOCS }, { file: '/nonexistent/secret' })

    await expect(resolving).rejects.toMatchObject({ code: 'passphrase-missing', reason: 'there is no such file' })
  })
})

describe('the passphrase of a new repository', () => {
  it('comes from what was handed in, then a left-over file, BORG_NEW_PASSPHRASE, the configuration', async () => {
    const env = { BORG_NEW_PASSPHRASE: 'from-env', BORG_PASSPHRASE: 'not-this' }
    const { keeper } = await setUp({ env, forNew: 'from-config' })
    const named = await keyFile(join(await tempDir(), 'named'), 'from-named')
    const { keeper: left } = await setUp({ env, forNew: 'from-config' })
    await keyFile(left.path(DOCS), 'from-left')
    const { keeper: configured } = await setUp({ forNew: 'from-config', existing: 'not-this' })

    const found = [
      await left.resolveNew(DOCS, { value: 'from-flag', file: named }),
      await left.resolveNew(DOCS, { file: named }),
      await left.resolveNew(DOCS, {}),
      await keeper.resolveNew(DOCS, {}),
      await configured.resolveNew(DOCS, {}),
    ]

    expect(found.map(({ secret, origin }) => [secret.reveal(), origin])).toEqual([
      ['from-flag', 'flag'],
      ['from-named', 'file'],
      ['from-left', 'file'],
      ['from-env', 'environment'],
      ['from-config', 'config'],
    ])
  })

  it('is generated otherwise: eight groups of four, never twice the same', async () => {
    const { keeper } = await setUp({ env: { BORG_NEW_PASSPHRASE: '', BORG_PASSPHRASE: 'not-this' } })

    const [one, two] = [await keeper.resolveNew(DOCS, {}), await keeper.resolveNew(DOCS, {})]

    expect(one.origin).toBe('generated')
    expect(one.secret.reveal()).toMatch(/^([a-km-z2-9]{4}-){7}[a-km-z2-9]{4}$/)
    expect(one.secret.reveal()).not.toContain('o')
    expect(two.secret.reveal()).not.toBe(one.secret.reveal())
  })
})

describe('a passphrase that is handed in', () => {
  it('as an argument is warned about, once', async () => {
    const { keeper, events } = await setUp()

    await keeper.resolveNew(DOCS, { value: SENTINEL })
    const found = await keeper.resolveExisting({ name: DOCS }, { value: SENTINEL })

    expect(events).toMatchObject([
      { type: 'notice', level: 'warning', hint: expect.stringContaining('--passphrase-file') },
    ])
    expect(inspect([events, found], { depth: 9 }) + JSON.stringify([events, found])).not.toContain(SENTINEL)
  })

  it.each(['', 'two\nlines', 'with\0nul'])('as the argument %j is refused', async (value) => {
    const { keeper } = await setUp()

    await expect(keeper.resolveExisting({ name: DOCS }, { value })).rejects.toMatchObject({ code: 'value-invalid' })
  })

  it('through a descriptor is read to its end, once for all repos of the command', async () => {
    const { keeper } = await setUp()
    const fifo = join(await tempDir(), 'pipe')
    execFileSync('mkfifo', [fifo])
    const fd = openSync(fifo, 'r+')
    execFileSync('sh', ['-c', `printf '${SENTINEL}\n' > ${fifo}`])
    const reader = openSync(fifo, 'r')
    closeSync(fd)
    onTestFinished(() => closeSync(reader))

    const found = [
      await keeper.resolveExisting({ name: DOCS }, { fd: reader }),
      await keeper.resolveExisting({ name: parseRepoName('photos') }, { fd: reader }),
    ]

    expect(found.map(({ secret }) => secret.reveal())).toEqual([SENTINEL, SENTINEL])
  })

  it('through a descriptor that is not open is an error', async () => {
    const { keeper } = await setUp()

    await expect(keeper.resolveExisting({ name: DOCS }, { fd: 987 })).rejects.toMatchObject({ code: 'file-unusable' })
  })
})

describe('storing', () => {
  it('makes a 0600 file in a 0700 directory and leaves nothing else', async () => {
    const { keeper, directory } = await setUp()

    const path = await keeper.store(DOCS, new SecretText(SENTINEL))

    expect(path).toBe(keeper.path(DOCS))
    expect(await readFile(path, 'utf8')).toBe(`${SENTINEL}\n`)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect(await readdir(directory)).toEqual(['docs.key'])
  })

  it('is fine with the same passphrase being there already', async () => {
    const { keeper } = await setUp()
    await keyFile(keeper.path(DOCS), SENTINEL)

    expect(await keeper.store(DOCS, new SecretText(SENTINEL))).toBe(keeper.path(DOCS))
  })

  it('never replaces another passphrase', async () => {
    const { keeper, directory } = await setUp()
    await keyFile(keeper.path(DOCS), 'the other')

    const storing = keeper.store(DOCS, new SecretText(SENTINEL))

    await expect(storing).rejects.toMatchObject({ code: 'file-unusable', reason: 'it holds another passphrase' })
    expect(await readFile(keeper.path(DOCS), 'utf8')).toBe('the other')
    expect(await readdir(directory)).toEqual(['docs.key'])
  })

  it('of two at once lets exactly one win', async () => {
    const { keeper } = await setUp()

    const outcomes = await Promise.allSettled(['one', 'two'].map((text) => keeper.store(DOCS, new SecretText(text))))

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('does not follow a link', async () => {
    const { keeper, directory } = await setUp()
    await mkdir(directory, { mode: 0o700 })
    const target = join(await tempDir(), 'target')
    await symlink(target, keeper.path(DOCS))

    await expect(keeper.store(DOCS, new SecretText(SENTINEL))).rejects.toMatchObject({
      code: 'passphrase-file-unusable',
    })
    await expect(stat(target)).rejects.toThrow('ENOENT')
  })

  it('and forgetting leaves nothing; forgetting again is fine', async () => {
    const { keeper, directory } = await setUp()
    await keeper.store(DOCS, new SecretText(SENTINEL))

    await keeper.forget(DOCS)
    await keeper.forget(DOCS)

    expect(await readdir(directory)).toEqual([])
  })

  it('forgets in a home that was never made', async () => {
    const { keeper } = await setUp()

    await expect(keeper.forget(DOCS)).resolves.toBeUndefined()
  })
})

describe('audit', () => {
  it('is content with private files and with none', async () => {
    const { keeper } = await setUp()
    const before = await keeper.audit()
    await keeper.store(DOCS, new SecretText(SENTINEL))

    const after = await keeper.audit()

    expect(before).toMatchObject([{ level: 'ok', message: 'will be made when it is needed' }])
    expect(after).toMatchObject([{ level: 'ok', message: '1 passphrase file is private to the owner' }])
  })

  it('names an open directory, an open file and a link, and changes nothing', async () => {
    const { keeper, directory } = await setUp()
    const open = await keyFile(keeper.path(DOCS), SENTINEL, 0o640)
    const linked = keeper.path(parseRepoName('linked'))
    await symlink(open, linked)
    await chmod(directory, 0o750)

    const findings = await keeper.audit()

    expect(findings.map(({ level, subject }) => [level, subject])).toEqual([
      ['warning', directory],
      ['warning', open],
      ['error', linked],
    ])
    expect((await stat(open)).mode & 0o777).toBe(0o640)
  })

  it.runIf(isRoot)('names a file of another user', async () => {
    const { keeper } = await setUp()
    await chown(await keyFile(keeper.path(DOCS), SENTINEL), 12345, 12345)

    expect(await keeper.audit()).toMatchObject([{ level: 'error', message: 'belongs to another user (uid 12345)' }])
  })
})
