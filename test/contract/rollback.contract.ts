// What every Rollback does, real or fake, together with the Borg whose repositories it goes back in.

import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BorgClient, RepositoryAccess } from '../../src/borg/client.ts'
import type { Compression } from '../../src/model/compression.ts'
import type { RepositoryPoint } from '../../src/model/removal.ts'
import { SecretText } from '../../src/model/secret.ts'
import type { Rollback } from '../../src/rollback/rollback.ts'
import { suiteDir } from '../support/temp-dir.ts'

interface Stage {
  readonly borg: BorgClient
  readonly rollback: Rollback
}

export function rollbackContract(name: string, open: (home: string) => Stage): void {
  describe(`Rollback contract: ${name}`, () => {
    let root: string
    let borg: BorgClient
    let rollback: Rollback
    let access: RepositoryAccess
    let repositories = 0
    /** With the archives `one` and `two`. */
    let before: RepositoryPoint

    const create = async (archive: string) => {
      await writeFile(join(root, 'source', archive), randomBytes(50_000))
      const settings = { sources: [join(root, 'source')], exclusions: [], compression: 'none' as Compression }
      await borg.create(access, { archive, checkpointSeconds: 1800, ...settings }, {})
    }
    const remove = async (...archives: string[]) => await borg.deleteArchives(access, { archives, dryRun: false })
    const pointNow = async () => {
      const point = await rollback.point(access.path)
      if (point === undefined) throw new Error('the repository is in no state')
      return point
    }
    const archivesAt = async (path: string) => {
      const apart = { trustLocation: true, baseDirectory: join(root, 'apart') }
      return (await borg.list({ ...access, ...(path === access.path ? {} : apart), path })).map((found) => found.name)
    }
    const goBack = async () => {
      const rehearsal = await rollback.rehearse(access.path, before)
      await archivesAt(rehearsal.directory)
      await borg.forgetNewerState(access, (await borg.repositoryId(access)) ?? '')
      await rollback.goBack(access.path, rehearsal, { back: [], gone: [] })
    }

    beforeAll(async () => {
      root = await suiteDir()
      await mkdir(join(root, 'source'))
      ;({ borg, rollback } = open(root))
    })

    beforeEach(async () => {
      const path = join(root, `repository-${++repositories}`)
      access = { path, passphrase: new SecretText('sentinel-rollback'), lockWaitSeconds: 1 }
      await borg.init(access, { encryption: 'repokey-blake2', maxSegmentBytes: 60_000 })
      await create('one')
      await create('two')
      before = await pointNow()
    })

    it('tells the state of a repository, which moves with every change and with nothing else', async () => {
      await borg.list(access)
      const read = await pointNow()
      await remove('one')

      expect(read).toEqual(before)
      expect((await pointNow()).transactionId).toBeGreaterThan(before.transactionId)
    })

    it('tells none where there is no repository, or it is on another machine', async () => {
      expect(await rollback.point(join(root, 'nowhere'))).toBeUndefined()
      expect(await rollback.point('ssh://nas/./docs')).toBeUndefined()
    })

    it('rehearses an earlier state without touching the repository', async () => {
      await remove('one')
      const now = await pointNow()

      const rehearsal = await rollback.rehearse(access.path, before)

      expect(await archivesAt(rehearsal.directory)).toEqual(['one', 'two'])
      const copy = { ...access, path: rehearsal.directory, trustLocation: true, baseDirectory: join(root, 'apart') }
      expect(await borg.check(copy, { verifyData: true, scope: 'all' }, {})).toEqual({ damaged: false, problems: [] })
      expect(await archivesAt(access.path)).toEqual(['two'])
      expect(await pointNow()).toEqual(now)
    })

    it('goes back to the state of before a removal, and the repository goes on from there', async () => {
      await remove('one')
      const removed = await pointNow()

      await goBack()

      expect(await archivesAt(access.path)).toEqual(['one', 'two'])
      expect((await pointNow()).transactionId).toBeGreaterThan(removed.transactionId)
      await create('three')
      await remove('two')
      await borg.compact(access, {})
      expect(await borg.check(access, { verifyData: true, scope: 'all' }, {})).toMatchObject({ damaged: false })
      expect(await archivesAt(access.path)).toEqual(['one', 'three'])
    })

    it('goes back more than once, also behind an earlier return', async () => {
      await remove('one')
      await goBack()
      await remove('two')
      await goBack()

      expect(await archivesAt(access.path)).toEqual(['one', 'two'])
    })

    it('refuses when the repository was compacted since', async () => {
      await remove('one')
      await borg.compact(access, {})

      await expect(rollback.rehearse(access.path, before)).rejects.toMatchObject({ code: 'undo-impossible' })
      expect(await archivesAt(access.path)).toEqual(['two'])
    })

    it('refuses when something was written since the rehearsal', async () => {
      await remove('one')
      const rehearsal = await rollback.rehearse(access.path, before)
      await create('three')

      const going = rollback.goBack(access.path, rehearsal, { back: [], gone: [] })

      await expect(going).rejects.toMatchObject({ code: 'locked' })
      expect(await archivesAt(access.path)).toEqual(['two', 'three'])
    })

    it('tells what was begun until that is cleared away, and finishes it again without harm', async () => {
      await remove('one')
      const unbegun = await rollback.begun(access.path)
      const rehearsal = await rollback.rehearse(access.path, before)
      await borg.forgetNewerState(access, (await borg.repositoryId(access)) ?? '')
      await rollback.goBack(access.path, rehearsal, { back: ['one'], gone: [] })

      expect(unbegun).toBeUndefined()
      expect(await rollback.begun(access.path)).toMatchObject({ to: before, back: ['one'], gone: [] })
      await rollback.finish(access.path)
      expect(await archivesAt(access.path)).toEqual(['one', 'two'])
      await rollback.clear(access.path)
      expect(await rollback.begun(access.path)).toBeUndefined()
    })
  })
}
