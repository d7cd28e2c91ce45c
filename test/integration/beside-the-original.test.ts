// Copies on a machine, and for a user, whose Borg knows the original: read without a trace, and taken over in an older
// state. With the program as it is shipped and the real Borg.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, builtMachine } from '../support/built-machine.ts'
import { buildWhenStale } from '../support/built-program.ts'
import { nextSecond } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

/** A machine with one archive of `source` in `repository`, copied to the vault `nas`. */
async function setUp(root: string, encryption = 'repokey-blake2') {
  const machine = await builtMachine(join(root, 'anna'))
  const [vault, source] = [join(root, 'vault'), join(machine.home, 'source')]
  await mkdir(vault)
  await mkdir(source)
  await writeFile(join(source, 'a.txt'), 'alpha')
  await writeFile(join(source, 'stays.bin'), randomBytes(100_000))
  await machine.do(`borgboi vault add nas ${vault}`)
  await machine.do(
    `borgboi repo create -n docs -p repository --source source --passphrase-file kit.txt --encryption ${encryption} --vault nas`,
  )
  await machine.do('borgboi backup daily -n docs')
  const security = join(machine.home, '.config/borg/security')
  const [borgId = ''] = await readdir(security)
  const known = (name: string) => readFile(join(security, borgId, name), 'utf8')
  return { machine, vault, source, known, repository: join(machine.home, 'repository') }
}

beforeAll(buildWhenStale)

describe.skipIf(testBorgVersion === undefined)('a copy that is read where the original is known', () => {
  let stage: Awaited<ReturnType<typeof setUp>>

  beforeAll(async () => {
    stage = await setUp(await suiteDir())
    await stage.machine.do('borgboi s3 restore --from nas --to back --as copy --passphrase-file kit.txt')
  })

  test('opens, and the original goes on as if it were not there', async () => {
    const { machine, source, known } = stage
    const before = { location: await known('location'), newest: await known('manifest-timestamp') }

    const archives = await archivesOf(machine, 'copy')
    const contents = await machine.do('borgboi backup contents -n copy --archive latest')
    await machine.do('borgboi repo info -n copy')
    await machine.do('borgboi backup restore -n copy --destination out')
    await machine.do('borgboi backup check -n copy')
    const after = { location: await known('location'), newest: await known('manifest-timestamp') }
    await nextSecond()
    await machine.do('borgboi backup daily -n docs')

    expect(archives).toHaveLength(1)
    expect(contents.stdout).toContain('a.txt')
    expect(await readFile(join(machine.home, 'out', source.slice(1), 'a.txt'), 'utf8')).toBe('alpha')
    expect(after).toEqual(before)
    expect(await known('location')).toBe(before.location)
    expect(await archivesOf(machine, 'docs')).toHaveLength(2)
    expect(await archivesOf(machine, 'copy')).toEqual(archives)
    const place = await stat(join(machine.home, '.borgboi/data/borg/copy'))
    expect(place.mode & 0o077).toBe(0)
  })

  test('is not taken over while the original is in use', async () => {
    const { machine } = stage

    const promoted = await machine.run('borgboi s3 promote -n copy')
    const restored = await machine.run('borgboi s3 restore --from nas --to again --as again --writable')

    expectFailure(promoted, 'repo-exists')
    expectFailure(restored, 'repo-exists')
  })

  test('is deleted without touching what Borg knows and caches of the original', async () => {
    const { machine, known } = stage
    const before = await known('location')

    await machine.do('borgboi repo delete -n copy --yes')
    await nextSecond()
    await machine.do('borgboi backup daily -n docs')

    expect(await known('location')).toBe(before)
    await expect(stat(join(machine.home, '.borgboi/data/borg/copy'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(stat(join(machine.home, 'back'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('with its key in a file of this user opens, and verifies down to its data', async () => {
    const { machine } = await setUp(await tempDir(), 'keyfile-blake2')

    await machine.do('borgboi s3 restore --from nas --to back --as copy --passphrase-file kit.txt')
    const verified = await machine.do('borgboi s3 verify -n docs --level 4 --verify-data')

    expect(verified.stdout).toContain('all data read and verified')
    expect(await archivesOf(machine, 'copy')).toEqual(await archivesOf(machine, 'docs'))
  })
})

describe.skipIf(testBorgVersion === undefined)('a repository that is taken over where it is known', () => {
  const counter = (text: string) => BigInt(`0x${text.trim()}`)

  test('in an older state is backed up into at once, and no number of the counter is used again', async () => {
    const { machine, source, known, repository } = await setUp(await tempDir())
    await nextSecond()
    await writeFile(join(source, 'b.txt'), 'beta')
    await machine.do('borgboi backup daily -n docs')
    const counters = [counter(await known('nonce'))]
    await rm(repository, { recursive: true })
    await machine.do('borgboi repo delete --keep-repository -n docs --yes')

    await machine.do(
      `borgboi s3 restore --from nas --to taken --generation 1 --writable --source source --passphrase-file kit.txt`,
    )
    counters.push(counter(await known('nonce')))
    await nextSecond()
    await machine.do('borgboi backup daily -n docs')
    counters.push(counter(await known('nonce')))
    counters.push(counter(await readFile(join(machine.home, 'taken', 'nonce'), 'utf8')))
    const checked = await machine.run(
      `exec 3< kit.txt; BORG_PASSPHRASE_FD=3 ${testBorg} check --verify-data ${join(machine.home, 'taken')}`,
    )

    expect(await archivesOf(machine)).toHaveLength(2)
    expect(counters.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(counters)
    expect(checked).toMatchObject({ exitCode: 0 })
  })

  test.each(['repokey-blake2', 'none'])('as a replica is backed up into: %s', async (encryption) => {
    const { machine, repository } = await setUp(await tempDir(), encryption)
    const kit = encryption === 'none' ? '' : '--passphrase-file kit.txt'
    await machine.do(`borgboi s3 pull --from nas --to replica --as copy --source source ${kit}`)
    await rm(repository, { recursive: true })
    await machine.do('borgboi repo delete --keep-repository -n docs --yes')

    await machine.do('borgboi s3 promote -n copy')
    await nextSecond()
    await machine.do('borgboi backup daily -n copy')
    const checked = await machine.do('borgboi backup check -n copy --verify-data')

    expect(await archivesOf(machine, 'copy')).toHaveLength(2)
    expect(checked.stdout).toContain('all data read and verified')
    await expect(stat(join(machine.home, '.borgboi/data/borg/copy'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
