// The repository is not there, or somebody else has it: another Borg, a dead one, one of another machine, borgboi itself.

import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { borgProcesses, startBorgboi, until, whileItRuns } from '../support/cli-process.ts'
import { archivesOf, expectNothingLeft, fingerprint, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { borgBehind } from '../support/programs.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

const DEAD_PID = 4_194_303
const NO_WAIT = ['--lock-wait', '0s']

describe.skipIf(testBorgVersion === undefined)('a repository that is missing or in use', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    await succeed(stage.run('backup', 'daily'))
  })

  /** A lock as Borg writes it. */
  async function leaveLock(hostId: string, pid: number): Promise<void> {
    await mkdir(join(stage.repository, 'lock.exclusive'))
    await writeFile(join(stage.repository, 'lock.exclusive', `${hostId}.${pid}-0`), '')
    const roster = JSON.stringify({ exclusive: [[hostId, pid, 0]] })
    await writeFile(join(stage.repository, 'lock.roster'), roster)
  }

  test('a repository that is gone fails with exit 10 and nothing is made in its place', async () => {
    const aside = `${stage.repository}-aside`
    await rename(stage.repository, aside)
    onTestFinished(() => rename(aside, stage.repository))

    const daily = expectFailure(await stage.run('backup', 'daily'), 'repository-missing')
    const list = expectFailure(await stage.run('backup', 'list', '--json'), 'repository-missing')

    expect(daily.message).toContain(stage.repository)
    expect(daily.hint).toContain('mounted')
    expect(list.message).toContain(stage.repository)
    await expect(fingerprint(stage.repository)).rejects.toThrow('ENOENT')
  })

  test('a directory that is no repository fails the run and stays as it is', async () => {
    const aside = `${stage.repository}-aside`
    await rename(stage.repository, aside)
    await mkdir(stage.repository)
    await writeFile(join(stage.repository, 'holiday.jpg'), 'precious')
    onTestFinished(async () => {
      await rename(stage.repository, `${stage.repository}-impostor`)
      await rename(aside, stage.repository)
    })

    expectFailure(await stage.run('backup', 'daily'), 'repository-invalid')

    expect(await readFile(join(stage.repository, 'holiday.jpg'), 'utf8')).toBe('precious')
  })

  test('the lock of a Borg at work fails the run with exit 11, naming process, purpose and time', async () => {
    const hostId = (await readFile(join(stage.home, 'host-id'), 'utf8')).trim()
    const holder = spawn(testBorg, ['with-lock', stage.repository, 'sleep', '600'], {
      env: { PATH: process.env['PATH'], HOME: stage.root, BORG_BASE_DIR: stage.root, BORG_HOST_ID: hostId },
      stdio: 'ignore',
      detached: true,
    })
    const ended = new Promise((resolve) => holder.once('close', resolve))
    onTestFinished(async () => {
      process.kill(-(holder.pid ?? 0), 'SIGTERM')
      await ended
    })
    await until('Borg holds the lock', async () => (await readdir(stage.repository)).includes('lock.exclusive'))

    const text = expectFailure(await stage.run('backup', 'daily', ...NO_WAIT), 'locked')
    const json = expectFailure(await stage.run('backup', 'daily', '--json', ...NO_WAIT), 'locked')

    expect(text.message).toContain(stage.repository)
    expect(text.reason).toMatch(/borg with-lock \(pid \d+ on this machine, since \d\d:\d\d:\d\d\)/)
    expect(text.hint).toContain('--lock-wait')
    expect(json.reason).toBe(text.reason)
  })

  test('the lock of a dead process of this machine is cleared, and the run succeeds', async () => {
    const hostId = (await readFile(join(stage.home, 'host-id'), 'utf8')).trim()
    const before = (await archivesOf(stage)).length
    await leaveLock(hostId, DEAD_PID)

    await stage.run('backup', 'run', ...NO_WAIT)

    expect(await archivesOf(stage)).toHaveLength(before + 1)
    await expectNothingLeft(stage)
  })

  test('the lock of another machine is left alone, with a word on how to break it', async () => {
    await leaveLock('other-host@1234', DEAD_PID)
    onTestFinished(async () => {
      await rm(join(stage.repository, 'lock.exclusive'), { recursive: true })
      await rm(join(stage.repository, 'lock.roster'))
    })
    const before = await fingerprint(stage.repository)

    const { reason, hint } = expectFailure(await stage.run('backup', 'daily', ...NO_WAIT), 'locked')

    expect(reason).toContain(`pid ${DEAD_PID} of other-host@1234`)
    expect(hint).toContain(`repo break-lock --force --path ${stage.repository}`)
    expect(await fingerprint(stage.repository)).toEqual(before)
  })
})

describe.skipIf(testBorgVersion === undefined || process.platform !== 'linux')(
  'two borgboi on one repo (Linux: it looks into /proc)',
  () => {
    test('the second fails with exit 11 naming the first, or waits for it when told to', async () => {
      const stage = await setUpDocs(await tempDir())
      const gate = join(stage.root, 'gate')
      const slow = await borgBehind(
        join(stage.root, 'slow-borg'),
        `if [ "$1" = create ]; then while [ ! -e '${gate}' ]; do sleep 0.05; done; fi`,
      )
      const first = startBorgboi(
        { ...stage, cli: { ...stage.cli, env: { ...stage.cli.env, BORGBOI_BORG__EXECUTABLE_PATH: slow } } },
        ...['backup', 'daily'],
      )
      const creating = until('the first is creating', async () => (await borgProcesses(stage.repository)).length > 0)
      await whileItRuns(first, creating)

      const impatient = await stage.run('backup', 'prune', ...NO_WAIT)
      const patient = startBorgboi(stage, 'backup', 'daily', '--lock-wait', '2min')
      await until('the second run has begun', async () => patient.stdout().includes('docs'))
      await writeFile(gate, '')
      const [one, two] = await Promise.all([first.ended, patient.ended])

      const { reason, hint } = expectFailure(impatient, 'locked')
      expect(reason).toMatch(
        new RegExp(`^it is locked by borgboi backup daily \\(pid ${first.pid} on this machine, since [\\d:]+\\)$`),
      )
      expect(hint).toContain('--lock-wait')
      expect(one, one.stderr).toMatchObject({ exitCode: 0 })
      expect(two, two.stderr).toMatchObject({ exitCode: 0 })
      await expectNothingLeft(stage)
    })
  },
)
