import { chmod, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findBorg, parseBorgVersion, requireSafeRewrite, requireSupported } from '../../../src/borg/version.ts'
import type { AppEvent } from '../../../src/model/events.ts'
import { tempDir } from '../../support/temp-dir.ts'

const version = (text: string) => {
  const parsed = parseBorgVersion(text)
  if (parsed === undefined) throw new Error(`no version in ${text}`)
  return parsed
}

describe('a version', () => {
  it.each([
    ['borg 1.2.4', '1.2.4'],
    ['borg 1.4.0b1\n', '1.4.0b1'],
    ['borg-linux64 1.4.1', '1.4.1'],
    ['some warning\nborg 1.2.8.dev3', '1.2.8.dev3'],
  ])('is read from %j', (said, text) => {
    expect(version(said).text).toBe(text)
  })

  it.each(['', 'borg', 'borg 1.2', 'restic 0.16.4', 'I am borg 1.2.4', '1.2.4'])('is not read from %j', (said) => {
    expect(parseBorgVersion(said)).toBeUndefined()
  })

  it.each(['1.2.0', '1.2.9', '1.4.0', '1.9.9'])('%s is supported', (text) => {
    expect(() => requireSupported(version(`borg ${text}`), '/borg')).not.toThrow()
  })

  it.each([
    ['0.30.0', 'older'],
    ['1.1.18', 'older'],
    ['2.0.0b14', 'Borg 2'],
    ['10.0.0', 'Borg 2'],
  ])('%s is refused', (text, reason) => {
    expect(() => requireSupported(version(`borg ${text}`), '/opt/borg')).toThrow(
      expect.objectContaining({
        code: 'borg-unsupported',
        exitCode: 20,
        message: expect.stringContaining(`${text} at /opt/borg`),
        reason: expect.stringContaining(reason),
      }),
    )
  })
})

describe('a Borg that signs what it rewrites wrongly', () => {
  it.each(['1.2.0', '1.2.4', '1.2.5'])('%s may not rename or recreate archives', (text) => {
    expect(() => requireSafeRewrite(version(`borg ${text}`))).toThrow(
      expect.objectContaining({ code: 'borg-unsupported', reason: expect.stringContaining(text) }),
    )
  })

  it.each(['1.2.6', '1.2.9', '1.4.0'])('is not %s', (text) => {
    expect(() => requireSafeRewrite(version(`borg ${text}`))).not.toThrow()
  })
})

/** A Borg that says `said` and notes every time it is asked. */
async function plantBorg(said: string) {
  const directory = await tempDir()
  const path = join(directory, 'borg')
  const events: AppEvent[] = []
  const say = async (script: string) => {
    await writeFile(path, `#!/bin/sh\necho "$@" >> "${directory}/asked"\n${script}\n`)
    await chmod(path, 0o755)
  }
  await say(`echo '${said}'`)
  return {
    path,
    events,
    say,
    cacheFile: join(directory, 'cache.json'),
    asked: async () => (await readFile(join(directory, 'asked'), 'utf8')).split('\n').filter((line) => line !== ''),
    find: (executable = path, timeoutMs = 10_000) =>
      findBorg({
        executable,
        cacheFile: join(directory, 'cache.json'),
        env: { PATH: `${directory}:/usr/bin:/bin` },
        events: (event) => events.push(event),
        timeoutMs,
      }),
  }
}

describe('finding Borg', () => {
  it('asks a binary once, by path or by name', async () => {
    const borg = await plantBorg('borg 1.4.0')

    const found = [await borg.find(), await borg.find(), await borg.find('borg')]

    expect(found.map(({ path, version: { text } }) => [path, text])).toEqual(found.map(() => [borg.path, '1.4.0']))
    expect(await borg.asked()).toEqual(['--version'])
    expect(borg.events).toEqual([])
  })

  it('asks again when the binary has changed', async () => {
    const borg = await plantBorg('borg 1.2.9')
    await borg.find()

    await borg.say("echo 'borg 1.4.0'")
    await utimes(borg.path, 1, 1)

    expect((await borg.find()).version.text).toBe('1.4.0')
    expect(await borg.asked()).toHaveLength(2)
  })

  it.each(['', 'no json', '{}', 'null', '{"stamp": 7}'])('asks again when its note is %j', async (note) => {
    const borg = await plantBorg('borg 1.4.0')
    await writeFile(borg.cacheFile, note)

    expect((await borg.find()).version.text).toBe('1.4.0')
  })

  it('tells once of CVE-2023-36811 below 1.2.8', async () => {
    const borg = await plantBorg('borg 1.2.4')

    await borg.find()
    await borg.find()

    expect(borg.events).toEqual([
      expect.objectContaining({ type: 'notice', level: 'warning', message: expect.stringContaining('CVE-2023-36811') }),
    ])
  })

  it('refuses an unsupported one each time, and does not note it', async () => {
    const borg = await plantBorg('borg 2.0.0b14')

    await expect(borg.find()).rejects.toMatchObject({ code: 'borg-unsupported' })
    await expect(borg.find()).rejects.toMatchObject({ code: 'borg-unsupported' })
  })

  it.each([
    ['borg-nowhere', 'PATH'],
    ['/no/such/borg', 'no executable file at that path'],
  ])('tells that there is no %s', async (executable, reason) => {
    const borg = await plantBorg('borg 1.4.0')

    await expect(borg.find(executable)).rejects.toMatchObject({
      code: 'borg-missing',
      exitCode: 20,
      reason: expect.stringContaining(reason),
      hint: expect.stringContaining('install'),
    })
  })

  it('does not wait for one that hangs, nor for what it started', async () => {
    const borg = await plantBorg('')
    await borg.say('sleep 60; echo borg 1.4.0')

    await expect(borg.find(borg.path, 300)).rejects.toMatchObject({ code: 'borg-unresponsive', exitCode: 20 })
  })

  it.each([
    ['echo something else; exit 3', 'exit code 3'],
    ['kill -SEGV $$', 'SIGSEGV'],
    ['head -c 5000000 /dev/zero | tr "\\0" x', 'exit code 0'],
  ])('tells that "%s" is no Borg', async (script, reason) => {
    const borg = await plantBorg('')
    await borg.say(script)

    await expect(borg.find()).rejects.toMatchObject({
      code: 'borg-unresponsive',
      reason: expect.stringContaining(reason),
    })
  })

  it('tells that a file with a missing interpreter cannot be started', async () => {
    const borg = await plantBorg('')
    await writeFile(borg.path, '#!/no/such/interpreter\n')

    await expect(borg.find()).rejects.toMatchObject({ code: 'borg-missing', reason: expect.stringContaining('ENOENT') })
  })
})
