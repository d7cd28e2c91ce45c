// Archives that a real prune removed, brought back: as a person does it, with the copy off-site that goes on; and with
// the process killed at every change that it makes to the repository.

import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { localRollback } from '../../src/rollback/local-rollback.ts'
import type { Rehearsal } from '../../src/rollback/rollback.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { BorgRepository, counterOf } from '../support/borg-repository.ts'
import { archivesOf, builtMachine, stepsOf } from '../support/built-machine.ts'
import { buildWhenStale } from '../support/built-program.ts'
import { bundledWorker } from '../support/bundled-worker.ts'
import { nextSecond } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'
import { canInject } from '../support/vault-processes.ts'

beforeAll(buildWhenStale)

describe.skipIf(testBorgVersion === undefined)('a prune that is undone', () => {
  async function setUp(root: string) {
    const machine = await builtMachine(join(root, 'anna'))
    const vault = join(root, 'vault')
    await mkdir(vault)
    await mkdir(join(machine.home, 'source'))
    await machine.do(`borgboi vault add nas ${vault}`)
    await machine.do(
      'borgboi repo create -n docs -p repository --source source --passphrase-file kit.txt --retention last=1 --vault nas',
    )
    const backUp = async (day: number) => {
      await writeFile(join(machine.home, 'source', `${day}.txt`), `of day ${day}`)
      await machine.do('borgboi backup daily')
      await nextSecond()
    }
    return { machine, vault, backUp }
  }

  test('is as if it had never been, here and off-site, and the next days go on', async () => {
    const root = await tempDir()
    const { machine, vault, backUp } = await setUp(root)
    await backUp(1)
    const [first] = await archivesOf(machine)
    await backUp(2)
    const [second] = await archivesOf(machine)

    const undone = await machine.do('borgboi backup undo --yes')
    const checked = await machine.do('borgboi backup check --verify-data')
    const pushed = await machine.do('borgboi s3 sync --json')
    const bare = await builtMachine(join(root, 'bare'))
    await bare.do(`borgboi s3 restore --from ${vault} --to back --passphrase-file kit.txt`)
    await bare.do('borgboi backup check --verify-data')

    expect(undone.stdout).toMatch(/✓ rehearse[\s\S]*✓ check +consistent[\s\S]*✓ go back/)
    expect(checked.stdout).toContain('all data read and verified')
    expect(await archivesOf(machine)).toEqual([first, second])
    expect(stepsOf(pushed)).toMatchObject([{ outcome: 'ok', figures: { generation: 3 } }])
    expect(await archivesOf(bare)).toEqual([first, second])

    await backUp(3)
    await machine.do('borgboi backup compact')
    await machine.do('borgboi backup check --verify-data')
    await machine.do('borgboi s3 sync')
    await machine.do('borgboi s3 verify --level 4')
    expectFailure(await machine.run('borgboi backup undo --yes'), 'undo-impossible')
    expect(await archivesOf(machine)).toHaveLength(1)
  })
})

describe.skipIf(testBorgVersion === undefined || !canInject)('going back that is killed', () => {
  let borg: BorgRepository
  let rehearsal: Rehearsal
  let program: string

  // An archive was deleted, another made since, and the state before was tried out.
  beforeAll(async () => {
    const directory = await suiteDir()
    program = await bundledWorker(new URL('../support/undo-worker.ts', import.meta.url), directory)
    borg = new BorgRepository(directory)
    borg.createArchive('one')
    const before = await localRollback.point(borg.directory)
    borg.run('delete', `${borg.directory}::one`)
    borg.createArchive('three')
    rehearsal = await localRollback.rehearse(borg.directory, before ?? expect.unreachable())
    borg.runElsewhere('check', rehearsal.directory)
  })

  /** A copy of the repository, in which the process was killed at its n-th change. */
  async function killedAt(call: number) {
    const repository = join(await tempDir(), 'repository')
    cpSync(borg.directory, repository, { recursive: true })
    const traced = ['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat'].join(',')
    const kill = ['-e', `trace=${traced}`, '-e', `inject=${traced}:signal=SIGKILL:when=${call}`]
    const order = JSON.stringify({ repository, rehearsal })
    const { signal, status, stderr } = spawnSync('strace', [
      ...['-f', '-qq', '-o', '/dev/null', ...kill],
      ...[process.execPath, program, order],
    ])
    if (signal !== 'SIGKILL' && status !== 0) throw new Error(`it ended with ${status}: ${stderr}`)
    return { repository, isKilled: signal === 'SIGKILL' }
  }

  test('at any change leaves a repository that Borg reads, and is finished by the next', async () => {
    const seen = new Set<string>()
    const [all, kept] = [(await localRollback.point(borg.directory))?.segments, rehearsal.to.segments + 1]
    for (let call = 1; ; call++) {
      const { repository, isKilled } = await killedAt(call)

      // Borg is slow to ask: not every time.
      const isExamined = call % 3 === 0 || !isKilled
      const copy = join(await tempDir(), 'copy')
      if (isExamined) cpSync(repository, copy, { recursive: true })
      if (isExamined) seen.add(borg.archivesOf(copy).join())
      const begun = await localRollback.begun(repository)
      await localRollback.finish(repository)

      // Before the journal is there nothing was changed, and the next undo begins anew.
      const isBegun = begun !== undefined
      expect(isBegun).toBe(call > 1)
      if (isBegun) expect(begun).toMatchObject({ back: ['one'], gone: ['three'] })
      if (isExamined) expect(borg.archivesOf(repository)).toEqual(isBegun ? ['one'] : ['three'])
      expect(await localRollback.point(repository)).toMatchObject({ segments: isBegun ? kept : all })
      expect(counterOf(repository)).toBeGreaterThanOrEqual(counterOf(borg.directory))
      if (!isKilled) break
    }

    expect(seen).toContain('three')
    expect(seen).toContain('one')
  })

  test('is not gone on with once something else has written', async () => {
    const { repository } = await killedAt(8)
    const begun = await localRollback.begun(repository)
    borg.runElsewhere('create', `${repository}::four`, borg.directory)

    expect(begun).toBeDefined()
    expect(await localRollback.begun(repository)).toBeUndefined()
  })
})
