// The program that should be Borg and is not: missing, unusable, of the wrong version, silent.

import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { expectNothingLeft, fingerprint, reportsOf, type Stage, setUpDocs } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { shellScript } from '../support/programs.ts'
import { openRealBorg } from '../support/real-borg.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('the Borg program', () => {
  let stage: Stage
  const dailyWith = (executable: string, ...args: string[]) =>
    stage.runWith({ env: { BORGBOI_BORG__EXECUTABLE_PATH: executable } }, 'backup', 'daily', ...args)

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
  })

  test('a missing Borg fails the run with exit 20, says how to get it and leaves the repository alone', async () => {
    const before = await fingerprint(stage.repository)

    const byName = expectFailure(await dailyWith('no-such-borg'), 'borg-missing')
    const byPath = expectFailure(await dailyWith(join(stage.root, 'no-such-borg'), '--json'), 'borg-missing')

    expect(byName.message).toContain('no-such-borg')
    expect(byName.reason).toContain('PATH')
    expect(byName.hint).toContain('install')
    expect(byPath.reason).toContain('at that path')
    expect(await fingerprint(stage.repository)).toEqual(before)
    await expectNothingLeft(stage)
  })

  test('a Borg that may not be executed counts as missing', async () => {
    const program = await shellScript(join(stage.root, 'not-executable'), 'echo borg 1.4.0')
    await chmod(program, 0o644)

    const { message, reason } = expectFailure(await dailyWith(program), 'borg-missing')

    expect(message).toContain(program)
    expect(reason).toContain('no executable file')
  })

  test.each([
    ['1.1.17', 'older than 1.2.0'],
    ['2.0.0b14', 'Borg 2'],
  ])('Borg %s is refused with exit 20, because it is %s', async (version, why) => {
    const program = await shellScript(join(stage.root, `borg-${version}`), `echo borg ${version}`)
    const before = await fingerprint(stage.repository)

    const { message, reason, hint } = expectFailure(await dailyWith(program), 'borg-unsupported')

    expect(message).toContain(`${version} at ${program}`)
    expect(reason).toContain(why)
    expect(hint).toContain('1.2 or 1.4')
    expect(await fingerprint(stage.repository)).toEqual(before)
  })

  test('a program that is not Borg is not driven', async () => {
    const program = await shellScript(join(stage.root, 'not-borg'), 'echo cat 9.1; exit 3')

    const { message, reason, hint } = expectFailure(await dailyWith(program, '--json'), 'borg-unresponsive')

    expect(message).toContain(program)
    expect(reason).toContain('exit code 3')
    expect(hint).toContain('borg.executable_path')
  })

  test('a Borg whose interpreter is gone, as after an upgrade of Python, counts as missing', async () => {
    const program = join(stage.root, 'broken-borg')
    await writeFile(program, '#!/no/such/python3\n', { mode: 0o755 })

    const { message, reason } = expectFailure(await dailyWith(program), 'borg-missing')

    expect(message).toContain(program)
    expect(reason).toContain('ENOENT')
  })

  test('a Borg that does not answer for its version is given up and ended', async () => {
    const home = await tempDir()
    const pidFile = join(home, 'pid')
    const program = await shellScript(join(home, 'hanging'), `echo $$ > ${pidFile}; exec sleep 600`)

    const asking = openRealBorg(home, { executable: program, timeoutMs: 500 }).version()

    await expect(asking).rejects.toMatchObject({
      code: 'borg-unresponsive',
      exitCode: 20,
      message: expect.stringContaining('does not answer'),
      reason: expect.stringContaining('0.5 s'),
      hint: expect.stringMatching(/\S/),
    })
    const pid = Number(await readFile(pidFile, 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  test('a failed run is kept in the run history', async () => {
    await dailyWith('no-such-borg')

    const [report] = await reportsOf(stage)

    expect(report).toMatchObject({
      workflow: 'backup daily',
      outcome: 'failed',
      exitCode: 20,
      failure: { code: 'borg-missing' },
    })
  })
})
