// Locks between processes: who may take one, when, and what is left behind.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { acquireLock, LockHeldError } from '../../../src/platform/lock.ts'
import { ageBy, HOSTNAME, leaveLock, ownOwner, request } from '../../support/lock-samples.ts'
import { tempDir } from '../../support/temp-dir.ts'

const onLinux = process.platform === 'linux'

/** A process id that was somebody's a moment ago. */
function endedPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

async function isHeld(path: string): Promise<boolean> {
  try {
    await using _lock = await acquireLock(path, request())
    return false
  } catch (error) {
    if (error instanceof LockHeldError) return true
    throw error
  }
}

describe('a lock', () => {
  test('is taken where not even its directory exists, and leaves nothing behind', async () => {
    const home = join(await tempDir(), 'home')
    const path = join(home, 'docs.lock')

    await using lock = await acquireLock(path, request())
    const during = await readdir(path)
    await lock[Symbol.asyncDispose]()

    expect(during).toHaveLength(1)
    expect(await readdir(home)).toEqual([])
  })

  test('that is held is refused with its holder', async () => {
    const path = join(await tempDir(), 'docs.lock')
    await using _lock = await acquireLock(path, request({ purpose: 'backup daily' }))

    const second = acquireLock(path, request({ purpose: 'backup prune' }))

    await expect(second).rejects.toMatchObject({
      name: 'LockHeldError',
      holder: { pid: process.pid, host: HOSTNAME, purpose: 'backup daily' },
    })
  })

  test('is had by one at a time, and by everybody in the end', async () => {
    const path = join(await tempDir(), 'docs.lock')
    let [inside, most, turns] = [0, 0, 0]

    await Promise.all(
      Array.from({ length: 12 }, async () => {
        await using _lock = await acquireLock(path, request({ waitMs: 20_000 }))
        most = Math.max(most, ++inside)
        await new Promise(setImmediate)
        inside--
        turns++
      }),
    )

    expect({ most, turns }).toEqual({ most: 1, turns: 12 })
  })

  test('that is waited for ends the wait when it is asked to', async () => {
    const path = join(await tempDir(), 'docs.lock')
    await using _lock = await acquireLock(path, request())
    const stop = new AbortController()

    const waiting = acquireLock(path, request({ waitMs: 60_000, stop: stop.signal }))
    stop.abort('SIGINT')

    await expect(waiting).rejects.toBeDefined()
    await expect(waiting).rejects.not.toBeInstanceOf(LockHeldError)
  })

  test('says that it was lost when its owner file is gone', async () => {
    const path = join(await tempDir(), 'docs.lock')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    await using lock = await acquireLock(path, request())
    const lost = once(lock.compromised, 'abort')

    await rm(path, { recursive: true })
    vi.advanceTimersByTime(10_000)
    await lost

    expect(lock.compromised.aborted).toBe(true)
  })

  test('is given back by a process that ends without a word', async () => {
    const directory = await tempDir()
    const source = new URL('../../../src/platform/', import.meta.url).href
    const program = `
      import { acquireLock } from '${source}lock.ts'
      import { systemClock as clock } from '${source}clock.ts'
      await acquireLock(process.argv[1], { purpose: 'test', waitMs: 0, clock, host: { hostname: '${HOSTNAME}' } })
      process.exit(7)`

    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program, join(directory, 'docs.lock')])

    expect(ended.status).toBe(7)
    expect(await readdir(directory)).toEqual([])
  })

  test('cannot be where a file is', async () => {
    const path = join(await tempDir(), 'docs.lock')
    await writeFile(path, '')

    await expect(acquireLock(path, request())).rejects.toMatchObject({ code: 'file-unusable' })
  })
})

describe('a lock that a crash left', () => {
  test('is free at once when its owner ended', async () => {
    const directory = await tempDir()
    const path = join(directory, 'docs.lock')
    await leaveLock(path, { ...(await ownOwner(directory)), pid: endedPid() })

    expect(await isHeld(path)).toBe(false)
  })

  test.runIf(onLinux)('is free at once when its process id belongs to another process now', async () => {
    const directory = await tempDir()
    const path = join(directory, 'docs.lock')
    await leaveLock(path, { ...(await ownOwner(directory)), processStart: '1' })

    expect(await isHeld(path)).toBe(false)
  })

  test.runIf(onLinux)('is free at once when its owner ended and its parent never asked', async () => {
    const directory = await tempDir()
    const path = join(directory, 'docs.lock')
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const [output] = await once(parent.stdout, 'data')
    const pid = Number(String(output))
    await vi.waitUntil(async () => (await stat(pid)).state === 'Z')
    await leaveLock(path, { ...(await ownOwner(directory)), pid, processStart: (await stat(pid)).start })

    expect(await isHeld(path)).toBe(false)
  })

  test.runIf(onLinux)('is free when it is of an earlier boot and silent', async () => {
    const directory = await tempDir()
    const path = join(directory, 'docs.lock')
    await leaveLock(path, { ...(await ownOwner(directory)), bootId: 'before' }, 60)

    expect(await isHeld(path)).toBe(false)
  })

  test('is free when it is empty', async () => {
    const path = join(await tempDir(), 'docs.lock')
    await mkdir(path)

    expect(await isHeld(path)).toBe(false)
  })

  test.each(['', '{"pid":0}', '\0\0\0\0'])(
    'is held while its owner file, %j, is fresh, and free later',
    async (text) => {
      const path = join(await tempDir(), 'docs.lock')
      const file = await leaveLock(path, text)

      const fresh = await isHeld(path)
      await ageBy(file, 180)

      expect([fresh, await isHeld(path)]).toEqual([true, false])
    },
  )

  test('has its unfinished attempts swept once they are old', async () => {
    const directory = await tempDir()
    const path = join(directory, 'docs.lock')
    for (const name of ['docs.lock.old.tmp', 'docs.lock.new.tmp', 'photos.lock.old.tmp']) {
      await mkdir(join(directory, name))
      if (name.includes('old')) await ageBy(join(directory, name), 3600)
    }

    await isHeld(path)

    expect((await readdir(directory)).sort()).toEqual(['docs.lock.new.tmp', 'photos.lock.old.tmp'])
  })
})

describe('a lock whose owner cannot be judged', () => {
  const strangers = [
    { where: 'another host', owner: { host: 'berta' } },
    ...(onLinux ? [{ where: 'another container', owner: { pidNamespace: 'pid:[1]' } }] : []),
  ]

  test.each(strangers)(
    'as on $where is held while it is refreshed, and free after two silent minutes',
    async ({ owner }) => {
      const directory = await tempDir()
      const path = join(directory, 'docs.lock')
      const file = await leaveLock(path, { ...(await ownOwner(directory)), ...owner }, 90)

      const refreshed = await isHeld(path)
      await ageBy(file, 180)

      expect([refreshed, await isHeld(path)]).toEqual([true, false])
    },
  )

  test.runIf(onLinux)('as two machines may have one name is held while it is refreshed', async () => {
    const directory = await tempDir()
    const path = join(directory, 'docs.lock')
    await leaveLock(path, { ...(await ownOwner(directory)), bootId: 'other' }, 10)

    expect(await isHeld(path)).toBe(true)
  })
})

test.runIf(onLinux)('a lock whose owner provably runs is held however long it was silent', async () => {
  const directory = await tempDir()
  const path = join(directory, 'docs.lock')
  await leaveLock(path, await ownOwner(directory), 86_400)

  expect(await isHeld(path)).toBe(true)
})

async function stat(pid: number): Promise<{ readonly state: string | undefined; readonly start: string | undefined }> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return { state: fields[0], start: fields[19] }
}
