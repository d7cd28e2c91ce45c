// What every BorgClient does, real or fake: the suite as a function.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BorgClient, CreateOptions, RepositoryAccess } from '../../src/borg/client.ts'
import type { Compression } from '../../src/model/compression.ts'
import type { Progress } from '../../src/model/events.ts'
import type { ExclusionPattern } from '../../src/model/exclusions.ts'
import { heldName } from '../../src/model/held.ts'
import type { RepoName } from '../../src/model/names.ts'
import type { Warning } from '../../src/model/run.ts'
import { SecretText } from '../../src/model/secret.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

export const PASSPHRASE = 'sentinel-Pa55 phrase "quoted" ünï'

interface Stage {
  readonly borg: BorgClient
  /** What a person does with `cp -a`. */
  copyRepository(from: string, to: string): Promise<void>
}

export function borgClientContract(name: string, open: (home: string) => Stage): void {
  describe(`BorgClient contract: ${name}`, () => {
    let root: string
    let source: string
    let stage: Stage
    let borg: BorgClient
    let access: RepositoryAccess

    const createOptions = (archive: string, changes: Partial<CreateOptions> = {}): CreateOptions => ({
      archive,
      sources: [source],
      exclusions: [],
      compression: 'lz4' as Compression,
      checkpointSeconds: 1800,
      ...changes,
    })
    const create = (archive: string, changes: Partial<CreateOptions> = {}) =>
      borg.create(access, createOptions(archive, changes), {})

    beforeAll(async () => {
      root = await suiteDir()
      source = join(root, 'source')
      await mkdir(join(source, 'sub'), { recursive: true })
      await writeFile(join(source, 'a.txt'), 'alpha')
      await writeFile(join(source, 'sub', 'b.txt'), 'beta'.repeat(1000))
      stage = open(root)
      borg = stage.borg
      access = { path: join(root, 'repository'), passphrase: new SecretText(PASSPHRASE), lockWaitSeconds: 1 }
      await borg.init(access, { encryption: 'repokey-blake2', maxSegmentBytes: 104_857_600 })
    })

    it('says which version it is', async () => {
      const version = await borg.version()

      expect(version.text).toMatch(/^1\.\d+\.\d+/)
      expect(version.major).toBe(1)
    })

    it('tells who holds the lock, and breaks it', async () => {
      await mkdir(join(access.path, 'lock.exclusive'))
      await writeFile(join(access.path, 'lock.exclusive', 'nas@1.999999999-0'), '')
      await writeFile(join(access.path, 'lock.roster'), '{"exclusive": [["nas@1", 999999999, 0]]}')

      expect(await borg.lockedBy(access)).toMatchObject({ state: 'elsewhere' })
      await borg.breakLock(access)
      expect(await borg.lockedBy(access)).toBeUndefined()
      expect(await borg.lockedBy({ ...access, path: 'ssh://nas/./docs' })).toMatchObject({ state: 'elsewhere' })
      await borg.info(access)
    })

    it('holds a repository, and no Borg opens it until it is released', async () => {
      const hold = await borg.hold(access)

      await expect(borg.info(access)).rejects.toMatchObject({ code: 'locked' })
      await hold.release()
      await hold.release()
      await borg.info(access)
      expect((await readdir(access.path)).filter((name) => name.startsWith('lock.exclusive'))).toEqual([])
    })

    it('holds no repository that another Borg writes to or reads from', async () => {
      await mkdir(join(access.path, 'lock.exclusive'))
      await writeFile(join(access.path, 'lock.exclusive', 'nas@1.999999999-0'), '')
      await expect(borg.hold(access)).rejects.toMatchObject({ code: 'locked' })
      await borg.breakLock(access)
      const roster = '{"shared": [["nas@1", 999999999, 0]]}'
      await writeFile(join(access.path, 'lock.roster'), roster)

      await expect(borg.hold(access)).rejects.toMatchObject({ code: 'locked' })

      expect((await readdir(access.path)).filter((name) => name.startsWith('lock.exclusive'))).toEqual([])
      await borg.breakLock(access)
    })

    it('keeps a quota, until there is none any more', async () => {
      const limited = { ...access, path: join(root, 'limited') }
      await borg.init(limited, { encryption: 'repokey-blake2' })
      const big = join(root, 'big')
      await mkdir(big)
      await writeFile(join(big, 'noise'), randomBytes(12_000_000))
      const create = (archive: string) => borg.create(limited, createOptions(archive, { sources: [big] }), {})

      await borg.setQuota(limited, 10_000_000)
      expect(await borg.limits(limited)).toEqual({ quotaBytes: 10_000_000, additionalFreeBytes: 0 })
      await expect(create('one')).rejects.toMatchObject({ code: 'repository-full' })
      await borg.setQuota(limited, 0)
      expect(await borg.limits(limited)).toEqual({ quotaBytes: 0, additionalFreeBytes: 0 })
      expect(await borg.limits({ ...limited, path: join(root, 'nothing') })).toBeUndefined()
      await create('two')
    })

    it('changes the passphrase, and the one before opens nothing', async () => {
      const next = { ...access, passphrase: new SecretText('sentinel-next one') }

      await borg.changePassphrase(access, next.passphrase)

      await borg.info(next)
      await expect(borg.info(access)).rejects.toMatchObject({ code: 'passphrase-wrong' })
      await borg.changePassphrase(next, new SecretText(PASSPHRASE))
      await borg.info(access)
    })

    it('exports the key in every form, and takes it back', async () => {
      const file = join(root, 'key')
      const key = await borg.exportKey(access, 'file')
      await writeFile(file, key)

      expect(key.split('\n')[0]).toBe(`BORG_KEY ${await borg.repositoryId(access)}`)
      expect(await borg.exportKey(access, 'paper')).toContain('BORG PAPER KEY v1')
      expect(await borg.exportKey(access, 'qr-html')).toContain('<html')
      expect(key).not.toContain('sentinel')
      await borg.importKey(access, file)
      expect(await borg.exportKey(access, 'file')).toBe(key)
      await borg.info(access)
    })

    it.each(['repokey-blake2', 'keyfile'])(
      'opens with a key from elsewhere what has lost or changed its own, and changes nothing: %s',
      async (encryption) => {
        const kept = { ...access, path: join(root, `kept-${encryption}`), passphrase: new SecretText('the first one') }
        await borg.init(kept, { encryption })
        await borg.create(kept, createOptions('one'), {})
        const key = await borg.exportKey(kept, 'file')
        const next = { ...kept, passphrase: new SecretText('the second one') }
        await borg.changePassphrase(kept, next.passphrase)
        const before = await readdir(kept.path)

        const opened = await borg.openWithKey(kept, encryption, key)

        expect(opened).toMatchObject({ id: await borg.repositoryId(kept), usedKey: true, archives: [{ name: 'one' }] })
        await expect(borg.openWithKey(next, encryption, key)).rejects.toMatchObject({ code: 'passphrase-wrong' })
        const other = `BORG_KEY ${'f'.repeat(64)}\nAAAA\n`
        await expect(borg.openWithKey(kept, encryption, other)).rejects.toMatchObject({ code: 'file-unusable' })
        await expect(borg.info(kept)).rejects.toMatchObject({ code: 'passphrase-wrong' })
        await borg.info(next)
        expect(await readdir(kept.path)).toEqual(before)
        expect((await readdir(root, { recursive: true })).filter((name) => /apart-/.test(name))).toEqual([])
      },
    )

    it('opens without a key what has none, and says what is not there', async () => {
      const plain = { path: join(root, 'plain'), lockWaitSeconds: 1 }
      await borg.init(plain, { encryption: 'none' })

      expect(await borg.openWithKey(plain, 'none', undefined)).toMatchObject({ usedKey: false, archives: [] })
      await expect(
        borg.openWithKey({ ...access, path: join(root, 'nowhere') }, 'repokey', 'BORG_KEY a\nb\n'),
      ).rejects.toMatchObject({ code: 'repository-missing', message: expect.not.stringContaining('apart') })
    })

    it('imports no key of another repository, and nothing that is no key', async () => {
      const [other, junk] = [join(root, 'other-key'), join(root, 'junk')]
      await writeFile(other, `BORG_KEY ${'f'.repeat(64)}\nAAAA\n`)
      await writeFile(junk, 'junk')

      for (const file of [other, junk, join(root, 'nowhere')]) {
        await expect(borg.importKey(access, file)).rejects.toMatchObject({ code: 'file-unusable' })
      }
    })

    it('refuses to init where a repository is', async () => {
      await expect(borg.init(access, { encryption: 'repokey-blake2' })).rejects.toMatchObject({
        code: 'repository-exists',
      })
    })

    it('creates an archive with its figures and its progress', async () => {
      const progress: Progress[] = []

      const result = await borg.create(access, createOptions('first'), { onProgress: (step) => progress.push(step) })

      expect(result).toMatchObject({ archive: 'first', files: 2 })
      expect(result.originalBytes).toBeGreaterThan(4000)
      expect(result.repositoryId).toBe((await borg.info(access)).id)
      expect((await borg.list(access)).find(({ name }) => name === 'first')?.id).toBe(result.archiveId)
      expect(progress.length).toBeGreaterThan(0)
    })

    it('refuses a second archive of the same name', async () => {
      await expect(create('first')).rejects.toMatchObject({ code: 'archive-exists' })
    })

    it('tells the id of a repository without opening it, and none where there is none', async () => {
      expect(await borg.repositoryId(access)).toBe((await borg.info(access)).id)
      expect(await borg.repositoryId({ ...access, path: join(root, 'nowhere') })).toBeUndefined()
      expect(await borg.repositoryId({ ...access, path: 'ssh://nas/./docs' })).toBeUndefined()
    })

    it('refuses a copy at another place, and reads it with a base directory of its own without a trace', async () => {
      const path = join(root, 'copy')
      await stage.copyRepository(access.path, path)
      const copy: RepositoryAccess = { ...access, path }
      const apart = { ...copy, trustLocation: true, baseDirectory: await borg.baseDirectory('copy' as RepoName) }

      await expect(borg.list(copy)).rejects.toMatchObject({ code: 'repository-moved' })
      const seen = await borg.list(apart)
      await borg.info(apart)
      await borg.check(apart, { verifyData: false, scope: 'all' }, {})

      expect(seen.map((archive) => archive.name)).toEqual(['first'])
      await expect(borg.list(copy)).rejects.toMatchObject({ code: 'repository-moved' })
      expect(await borg.list(access)).toEqual(seen)
    })

    it.each(['repokey-blake2', 'none'])(
      'takes an older state at another place once it has forgotten the newer one: %s',
      async (encryption) => {
        const original: RepositoryAccess = { ...access, path: join(root, `original-${encryption}`) }
        const older: RepositoryAccess = { ...access, path: join(root, `older-${encryption}`) }
        await borg.init(original, { encryption })
        await borg.create(original, createOptions('kept'), {})
        await stage.copyRepository(original.path, older.path)
        await borg.create(original, createOptions('lost'), {})
        const { id } = await borg.info(original)

        await expect(borg.info({ ...older, trustLocation: true })).rejects.toMatchObject({ code: 'repository-moved' })
        await borg.forgetNewerState(older, id)
        await borg.forgetNewerState(older, id)
        await borg.info({ ...older, trustLocation: true })
        await borg.create(older, createOptions('next'), {})

        expect((await borg.list(older)).map((archive) => archive.name)).toEqual(['kept', 'next'])
      },
    )

    it('leaves out what an exclusion matches', async () => {
      const result = await create('excluded', { exclusions: [`sh:${source}/sub` as ExclusionPattern] })

      expect(result.files).toBe(1)
      await borg.deleteArchives(access, { archives: ['excluded'], dryRun: false })
    })

    it('warns of a source that is not there and stores the rest', async () => {
      const warnings: Warning[] = []

      const result = await borg.create(access, createOptions('partial', { sources: [source, join(root, 'gone')] }), {
        onWarning: (warning) => warnings.push(warning),
      })

      expect(result.files).toBe(2)
      expect(warnings).toEqual([
        expect.objectContaining({ kind: 'file-vanished', path: expect.stringContaining('gone') }),
      ])
      await borg.deleteArchives(access, { archives: ['partial'], dryRun: false })
    })

    it('lists archives oldest first, by glob and by number', async () => {
      await create('second')
      await create('other')

      const all = await borg.list(access)
      const globbed = await borg.list(access, { glob: '*s*' })
      const newest = await borg.list(access, { last: 1 })

      expect(all.map((archive) => archive.name)).toEqual(['first', 'second', 'other'])
      expect(all[0]?.id).toMatch(/^[0-9a-f]{64}$/)
      expect(Math.abs((all[0]?.startedAt.getTime() ?? 0) - Date.now())).toBeLessThan(600_000)
      expect(globbed.map((archive) => archive.name)).toEqual(['first', 'second'])
      expect(newest.map((archive) => archive.name)).toEqual(['other'])
    })

    it('tells what one archive holds', async () => {
      const details = await borg.archiveDetails(access, 'first')

      const [listed] = await borg.list(access)
      expect(details).toMatchObject({ ...listed, files: 2, originalBytes: expect.any(Number) })
      expect(details.originalBytes).toBeGreaterThanOrEqual(4005)
      await expect(borg.archiveDetails(access, 'nope')).rejects.toMatchObject({ code: 'archive-unknown' })
    })

    it('streams the contents of an archive', async () => {
      const entries = []
      for await (const entry of borg.contents(access, 'first', [])) entries.push(entry)

      const file = entries.find((entry) => entry.path.endsWith('a.txt'))
      expect(file).toMatchObject({ type: 'file', sizeBytes: 5, path: join(source, 'a.txt').slice(1) })
      expect(entries.some((entry) => entry.type === 'directory')).toBe(true)
    })

    it('ends cleanly when a reader of contents stops early', async () => {
      for await (const entry of borg.contents(access, 'first', [])) {
        expect(entry.path).toBeTypeOf('string')
        break
      }

      expect(await borg.list(access)).toHaveLength(3)
    })

    it('tells an archive that is not there', async () => {
      const contents = async () => {
        for await (const _ of borg.contents(access, 'nope', [])) break
      }

      await expect(contents()).rejects.toMatchObject({ code: 'archive-unknown' })
    })

    it('tells what differs between two archives, and the paths that are in neither', async () => {
      const place = join(root, 'changing')
      const inArchive = (name: string) => join(place, name).slice(1)
      await mkdir(place)
      for (const name of ['changed', 'gone', 'same']) await writeFile(join(place, name), name)
      await create('before {1}', { sources: [place] })
      await writeFile(join(place, 'changed'), 'altered')
      await writeFile(join(place, 'new'), 'n')
      await rm(join(place, 'gone'))
      await create('after {2}', { sources: [place] })
      const warnings: Warning[] = []
      const diff = async (paths: readonly string[], contentOnly: boolean) => {
        const options = { before: 'before {1}', after: 'after {2}', paths, contentOnly }
        const changes = await Array.fromAsync(
          borg.diff(access, options, { onWarning: (warning) => warnings.push(warning) }),
        )
        return changes.sort((a, b) => (a.path < b.path ? -1 : 1))
      }

      const content = await diff([], true)
      const everything = await diff([inArchive('changed'), 'no/such'], false)

      expect(content).toEqual([
        { path: inArchive('changed'), kind: 'modified', addedBytes: 7, removedBytes: 7, attributes: [] },
        { path: inArchive('gone'), kind: 'removed', removedBytes: 4, attributes: [] },
        { path: inArchive('new'), kind: 'added', addedBytes: 1, attributes: [] },
      ])
      expect(everything).toMatchObject([{ path: inArchive('changed'), kind: 'modified' }])
      expect(everything[0]?.attributes.map(({ name }) => name)).toContain('mtime')
      expect(warnings).toMatchObject([{ kind: 'pattern-unmatched', path: 'no/such' }])
      await borg.deleteArchives(access, { archives: ['before {1}', 'after {2}'], dryRun: false })
    })

    it('comments on archives, or refuses where newer Borgs would refuse the result', async () => {
      const { minor, patch } = await borg.version()
      const isSafe = minor > 2 || patch >= 6
      await create('to {comment}')
      const before = (await borg.list(access, { comments: true })).at(-1)
      const commenting = borg.comment(access, 'to {comment}', 'before the {move}')

      if (isSafe) await commenting
      else await expect(commenting).rejects.toMatchObject({ code: 'borg-unsupported', exitCode: 20 })

      const after = (await borg.list(access, { comments: true })).at(-1)
      expect(before).toMatchObject({ name: 'to {comment}', comment: '' })
      expect(after).toMatchObject({ name: 'to {comment}', comment: isSafe ? 'before the {move}' : '' })
      expect(after?.id === before?.id).toBe(!isSafe)
      if (isSafe) {
        await expect(borg.comment(access, 'nope', 'x')).rejects.toMatchObject({ code: 'archive-unknown' })
      }
      await borg.deleteArchives(access, { archives: ['to {comment}'], dryRun: false })
    })

    it('takes files out of an archive, or refuses where newer Borgs would refuse the result', async () => {
      const { minor, patch } = await borg.version()
      const isSafe = minor > 2 || patch >= 6
      await create('to {recreate}')
      const options = {
        archive: 'to {recreate}',
        exclusions: [`pp:${join(source, 'sub', 'b.txt')}` as ExclusionPattern],
        compression: 'zlib,1' as Compression,
      }
      const found = { excluded: 1, examples: [join(source, 'sub', 'b.txt').slice(1)] }
      const files = async () =>
        (await Array.fromAsync(borg.contents(access, 'to {recreate}', []))).filter(({ type }) => type === 'file').length

      expect(await borg.recreate(access, { ...options, dryRun: true })).toEqual(found)
      expect(await files()).toBe(2)
      const recreating = borg.recreate(access, { ...options, dryRun: false })
      if (isSafe) expect(await recreating).toEqual(found)
      else await expect(recreating).rejects.toMatchObject({ code: 'borg-unsupported' })

      expect(await files()).toBe(isSafe ? 1 : 2)
      await borg.deleteArchives(access, { archives: ['to {recreate}'], dryRun: false })
    })

    it('renames an archive, which stays what it was', async () => {
      await create('to {rename}')
      const before = await borg.list(access)
      const paths = async (archive: string) =>
        (await Array.fromAsync(borg.contents(access, archive, []))).map(({ path }) => path)
      const contents = await paths('to {rename}')

      await borg.rename(access, 'to {rename}', 'renamed {it}')

      const after = await borg.list(access)
      expect(after.map(({ name }) => name)).toEqual([...before.slice(0, -1).map(({ name }) => name), 'renamed {it}'])
      expect(after.at(-1)?.startedAt).toEqual(before.at(-1)?.startedAt)
      expect(after.at(-1)?.id).not.toBe(before.at(-1)?.id)
      expect(await paths('renamed {it}')).toEqual(contents)
      expect(await borg.check(access, { verifyData: false, scope: 'archives' }, {})).toMatchObject({ damaged: false })
      await expect(borg.rename(access, 'renamed {it}', 'first')).rejects.toMatchObject({ code: 'archive-exists' })
      await expect(borg.rename(access, 'nope', 'x')).rejects.toMatchObject({ code: 'archive-unknown' })
      await borg.deleteArchives(access, { archives: ['renamed {it}'], dryRun: false })
    })

    it('extracts everything, byte for byte', async () => {
      const destination = await tempDir()

      const result = await borg.extract(
        access,
        { archive: 'first', paths: [], destination, stripComponents: 0, dryRun: false },
        {},
      )

      expect(await readFile(join(destination, source, 'sub', 'b.txt'), 'utf8')).toBe('beta'.repeat(1000))
      expect(result.unmatched).toEqual([])
      expect(result.entries).toBeGreaterThanOrEqual(2)
    })

    it('extracts paths, strips folders, and tells the paths that match nothing', async () => {
      const destination = await tempDir()
      const sub = join(source, 'sub').slice(1)

      const result = await borg.extract(
        access,
        {
          archive: 'first',
          paths: [sub, 'no/such'],
          destination,
          stripComponents: sub.split('/').length,
          dryRun: false,
        },
        {},
      )

      expect(await readdir(destination)).toEqual(['b.txt'])
      expect(result.unmatched).toEqual(['no/such'])
    })

    it('exports an archive as a new file, and tells the paths that match nothing', async () => {
      const file = join(await tempDir(), 'first.tar')
      const warnings: Warning[] = []

      await borg.exportTar(access, { archive: 'first', paths: [], file }, {})
      const everything = await readFile(file, 'latin1')
      await borg.exportTar(
        access,
        { archive: 'first', paths: ['no/such'], file: `${file}.none` },
        { onWarning: (warning) => warnings.push(warning) },
      )

      expect(everything).toContain(join(source, 'a.txt').slice(1))
      expect(warnings).toMatchObject([{ kind: 'pattern-unmatched', path: 'no/such' }])
      const missing = borg.exportTar(access, { archive: 'nope', paths: [], file: `${file}.nope` }, {})
      await expect(missing).rejects.toMatchObject({ code: 'archive-unknown' })
    })

    it('runs Borg as it is told on the repository, and passes its exit code on', async () => {
      expect(await borg.passThrough(access, ['info'])).toBe(0)
      expect(await borg.passThrough(access, ['info', '::nope'])).toBe(2)
    })

    it('writes nothing in a dry extract', async () => {
      const destination = await tempDir()

      await borg.extract(access, { archive: 'first', paths: [], destination, stripComponents: 0, dryRun: true }, {})

      expect(await readdir(destination)).toEqual([])
    })

    it('says what a prune would do and changes nothing', async () => {
      const result = await borg.prune(access, { policy: { last: 1 }, glob: '*', dryRun: true }, {})

      expect(result).toMatchObject({ kept: ['other'], removed: ['second', 'first'] })
      expect(await borg.list(access)).toHaveLength(3)
    })

    it('prunes nothing that is held, whatever the glob matches', async () => {
      await borg.rename(access, 'first', heldName('first'))
      await create('third')

      const dry = await borg.prune(access, { policy: { last: 2 }, glob: '*', dryRun: true }, {})
      const result = await borg.prune(access, { policy: { last: 2 }, glob: '*', dryRun: false }, {})

      expect(result).toEqual({ ...dry, reclaimableBytes: result.reclaimableBytes })
      expect(result).toMatchObject({ kept: ['third', 'other', heldName('first')], removed: ['second'] })
      expect((await borg.list(access)).map(({ name }) => name)).toEqual([heldName('first'), 'other', 'third'])
      await borg.rename(access, heldName('first'), 'first')
      await borg.deleteArchives(access, { archives: ['third'], dryRun: false })
      await create('second')
    })

    it('prunes only what the glob matches, and counts what can be freed', async () => {
      const result = await borg.prune(access, { policy: { last: 1 }, glob: '*s*', dryRun: false }, {})

      expect(result).toMatchObject({ kept: ['second'], removed: ['first'] })
      expect(result.reclaimableBytes).toBeGreaterThanOrEqual(0)
      expect((await borg.list(access)).map((archive) => archive.name)).toEqual(['other', 'second'])
    })

    it('compacts', async () => {
      const { freedBytes } = await borg.compact(access, {})

      expect(freedBytes).toBeGreaterThanOrEqual(0)
    })

    it('finds a sound repository undamaged', async () => {
      expect(await borg.check(access, { verifyData: false, scope: 'all' }, {})).toEqual({
        damaged: false,
        problems: [],
      })
    })

    it('checks for a while, and repairs nothing where nothing is broken', async () => {
      const sound = { damaged: false, problems: [] }
      const before = await borg.list(access)

      expect(await borg.check(access, { verifyData: false, scope: 'repository', maxSeconds: 600 }, {})).toEqual(sound)
      expect(await borg.check(access, { verifyData: false, scope: 'all', repair: true }, {})).toEqual(sound)
      expect(await borg.list(access)).toEqual(before)
    })

    it('deletes archives, and in a dry run none', async () => {
      await borg.deleteArchives(access, { archives: ['other'], dryRun: true })
      expect(await borg.list(access)).toHaveLength(2)

      await borg.deleteArchives(access, { archives: ['other'], dryRun: false })

      expect((await borg.list(access)).map((archive) => archive.name)).toEqual(['second'])
    })

    it('refuses a wrong passphrase', async () => {
      const wrong = { ...access, passphrase: new SecretText('not it') }

      await expect(borg.list(wrong)).rejects.toMatchObject({ code: 'passphrase-wrong', exitCode: 12 })
    })

    it('tells a missing passphrase', async () => {
      const { passphrase: _, ...without } = access

      await expect(borg.list(without)).rejects.toMatchObject({ code: 'passphrase-missing', exitCode: 12 })
    })

    it('tells a repository that is not there', async () => {
      const elsewhere = { ...access, path: join(root, 'nowhere') }

      await expect(borg.list(elsewhere)).rejects.toMatchObject({ code: 'repository-missing', exitCode: 10 })
    })

    it('tells a directory that is no repository', async () => {
      const junk = { ...access, path: join(root, 'source') }

      await expect(borg.list(junk)).rejects.toMatchObject({ code: 'repository-invalid' })
    })

    it('keeps repositories without encryption', async () => {
      const plain: RepositoryAccess = { path: join(root, 'plain place'), lockWaitSeconds: 1 }

      await borg.init(plain, { encryption: 'none' })
      await borg.create(plain, createOptions('one {brace}'), {})

      expect(await borg.info(plain)).toMatchObject({ encryption: 'none' })
      expect(await borg.list(plain)).toMatchObject([{ name: 'one {brace}' }])
    })

    it('deletes the repository', async () => {
      await borg.deleteRepository(access)

      await expect(borg.list(access)).rejects.toMatchObject({ code: 'repository-missing' })
      await rm(root, { recursive: true, force: true })
    })
  })
}
