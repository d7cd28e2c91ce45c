// No space left, in the repository or in the home: the run fails and says where, nothing that was stored is lost, and
// the next run with space goes on as if nothing had been.

import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import {
  archivesOf,
  createDocs,
  expectNothingLeft,
  nextSecond,
  reportsOf,
  setStage,
  succeed,
} from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { httpReceiver } from '../support/http-receiver.ts'
import { shellScript } from '../support/programs.ts'
import { canMount, fillDisk, makeReadOnly, smallDisk } from '../support/small-disk.ts'
import { tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined || !canMount)('a full disk (needs root, to mount a small one)', () => {
  test('of the repository fails the run with exit 1 and keeps the archives there are', async () => {
    const stage = await setStage(await tempDir())
    await smallDisk(stage.repository, 24 << 20)
    await succeed(stage.run(...createDocs(stage)))
    await succeed(stage.run('backup', 'daily'))
    const before = await archivesOf(stage)
    const big = join(stage.source, 'big')
    await writeFile(big, randomBytes(32 << 20))
    await nextSecond()

    const { message, reason, hint } = expectFailure(await stage.run('backup', 'daily'), 'repository-full')
    const [report] = await reportsOf(stage)
    const after = await archivesOf(stage)
    await rm(big)
    await nextSecond()
    const next = await stage.run('backup', 'daily')

    expect(message).toContain(stage.repository)
    expect(reason).toMatch(/No space left|free space/i)
    expect(hint).toContain('free some space')
    expect(report).toMatchObject({ outcome: 'failed', steps: [{ name: 'create archive', outcome: 'failed' }] })
    expect(after).toEqual(before)
    expect(next, next.stderr).toMatchObject({ exitCode: 0 })
    expect((await succeed(stage.run('backup', 'check'))).stdout).toContain('consistent')
    await expectNothingLeft(stage)
  })

  test('of the home, once the archive is stored, fails the run and says that the archive exists', async () => {
    const root = await tempDir()
    const disk = await smallDisk(join(root, 'home-disk'), 1 << 20)
    const stage = await setStage(root, { BORGBOI_HOME: disk })
    await succeed(stage.run(...createDocs(stage)))
    const fillingBorg = await shellScript(
      join(root, 'filling-borg'),
      `'${testBorg}' "$@"; code=$?
[ "$1" = create ] && dd if=/dev/zero of='${disk}/filler' bs=1k 2>/dev/null
exit $code`,
    )
    // Borg's version is remembered: asking for it writes.
    const env = { BORGBOI_BORG__EXECUTABLE_PATH: fillingBorg }
    await succeed(stage.runWith({ env }, 'backup', 'list'))

    const result = await stage.runWith({ env }, 'backup', 'daily')
    const { message, reason } = expectFailure(result, 'disk-full')
    const stored = await archivesOf(stage)
    await rm(join(disk, 'filler'))
    await nextSecond()
    await succeed(stage.run('backup', 'daily'))

    expect(stored).toHaveLength(1)
    expect(message).toContain(`${stored[0]} is stored`)
    expect(reason).toContain('no space is left')
    expect(result.stdout).toMatch(/✓ create archive/)
    expect(await archivesOf(stage)).toHaveLength(2)
    const [record] = JSON.parse((await stage.run('repo', 'list', '--json')).stdout).repos
    expect(record.lastArchive).toBe((await archivesOf(stage)).at(-1))
    await expectNothingLeft(stage)
  })

  test('of the home from the start fails the run before Borg writes anything', async () => {
    const root = await tempDir()
    const disk = await smallDisk(join(root, 'home-disk'), 1 << 20)
    const stage = await setStage(root, { BORGBOI_HOME: disk })
    await succeed(stage.run(...createDocs(stage)))
    const filler = await fillDisk(disk)

    const { message } = expectFailure(await stage.run('backup', 'daily'), 'disk-full')
    await rm(filler)

    expect(message).toContain(disk)
    expect(await archivesOf(stage)).toEqual([])
    await expectNothingLeft(stage)
  })

  test.each(['full', 'read-only'])('of the home, which is %s, is told of when the schedule runs', async (how) => {
    const [root, server] = [await tempDir(), await httpReceiver()]
    const disk = await smallDisk(join(root, 'home-disk'), 1 << 20)
    const env = { BORGBOI_HOME: disk, BORGBOI_NOTIFY__HOOK__TYPE: 'webhook', BORGBOI_NOTIFY__HOOK__URL: server.url }
    const stage = await setStage(root, env)
    await succeed(stage.run(...createDocs(stage)))
    if (how === 'full') await fillDisk(disk)
    else makeReadOnly(disk)

    const { exitCode, stderr } = await stage.run('schedule', 'run', '--all')
    const found = (await stage.run('doctor')).stdout

    expect(exitCode, stderr).toBe(1)
    expect(server.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { rule: 'failure', run: { workflow: 'backup daily', outcome: 'failed' } },
    ])
    if (how === 'read-only') expect(found).toMatch(/✗ configuration .* cannot be written/)
  })
})
