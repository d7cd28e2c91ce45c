// Pushes of a real Borg repository by processes that are killed, that compete, and that Borg works beside. After each:
// the head leads to a complete generation or there is none, the repository is as it was, and the next push goes on.

import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../src/model/generation.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { PushedRepository } from '../support/pushed-repository.ts'
import { canMount, fillDisk, smallDisk } from '../support/small-disk.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'
import { canInject } from '../support/vault-processes.ts'

const STAGES = [
  'read the head',
  'take the snapshot',
  'hash',
  'upload',
  'write the manifest',
  'move the head',
  'read back',
  'record',
]

let fresh: PushedRepository
let pushed: PushedRepository

beforeAll(async () => {
  if (testBorgVersion === undefined) return
  fresh = await PushedRepository.create(await suiteDir())
  pushed = fresh.copyTo(await suiteDir())
  await pushed.push()
  pushed.archive('second', 2)
})

/** The head's generation as files; nothing where there is none yet. */
async function headIsComplete(repository: PushedRepository): Promise<Manifest | undefined> {
  const head = await repository.head()
  if (head) await repository.restore(head, await tempDir())
  return head
}

describe.skipIf(testBorgVersion === undefined)('a push', () => {
  test('is a generation that Borg checks and lists, of the transaction that was committed', async () => {
    const repository = fresh.copyTo(await tempDir())
    const before = repository.fingerprint()

    const { result, stages } = await repository.push()

    const copy = await repository.restore((await repository.head()) as Manifest, join(await tempDir(), 'copy'))
    expect(result).toMatchObject({ outcome: 'pushed', seq: 1 })
    expect(stages).toEqual(STAGES)
    expect(repository.examine(copy)).toEqual({ check: 0, archives: ['first'] })
    expect(repository.fingerprint()).toEqual(before)
    expect(repository.leftovers()).toEqual([])
  })

  test('with nothing new is one request, and after a push only what is new is read', async () => {
    const repository = fresh.copyTo(await tempDir())
    await repository.push()
    repository.archive('second', 2)
    const second = await repository.push()

    const third = await repository.push()
    const fourth = await repository.push()

    expect(second.result).toMatchObject({ outcome: 'pushed', seq: 2, requests: (second.result?.objects ?? 0) + 4 })
    expect([third.result?.outcome, fourth.result?.outcome]).toEqual(['unchanged', 'unchanged'])
    expect(third.result?.requests).toBe(1)
    expect(fourth).toMatchObject({ stages: ['read the head'], result: { requests: 1 } })
  })

  test('keeps what an older passphrase opens, and what a changed one opens', async () => {
    const repository = pushed.copyTo(await tempDir())
    await repository.push()
    const old = await repository.restore((await repository.head()) as Manifest, join(await tempDir(), 'old'))
    repository.changePassphrase('another passphrase')

    const { result } = await repository.push()

    const copy = await repository.restore((await repository.head()) as Manifest, join(await tempDir(), 'copy'))
    expect(result).toMatchObject({ outcome: 'pushed', seq: 3 })
    expect(repository.examine(old).archives).toEqual(['first', 'second'])
    expect(repository.examine(copy, 'another passphrase').archives).toEqual(['first', 'second'])
  })

  // To root nothing is forbidden but what is mounted so.
  test.skipIf(process.geteuid?.() === 0 && !canMount)(
    'of a repository that may only be read takes the files in their place',
    async () => {
      const repository = fresh.copyTo(await tempDir())
      if (process.geteuid?.() === 0) execFileSync('mount', ['--bind', repository.directory, repository.directory])
      try {
        if (process.geteuid?.() === 0) execFileSync('mount', ['-o', 'remount,ro,bind', repository.directory])
        else execFileSync('chmod', ['-R', 'a-w', repository.directory])

        const { result } = await repository.push()

        expect(result).toMatchObject({ outcome: 'pushed', seq: 1 })
        await headIsComplete(repository)
      } finally {
        if (process.geteuid?.() === 0) execFileSync('umount', [repository.directory])
        else execFileSync('chmod', ['-R', 'u+w', repository.directory])
      }
    },
  )

  test.skipIf(!canInject)('on a file system without hard links takes the files in their place', async () => {
    const repository = fresh.copyTo(await tempDir())

    const { result } = await repository.push({ hardLinks: false })

    expect(result).toMatchObject({ outcome: 'pushed', seq: 1 })
    expect(repository.leftovers()).toEqual([])
    await headIsComplete(repository)
  })
})

describe.skipIf(testBorgVersion === undefined)('a push that is killed', () => {
  test.each(
    STAGES.flatMap((stage) => [
      { stage, which: 'first' },
      { stage, which: 'later' },
    ]),
  )('at "$stage" of the $which push loses nothing', async ({ stage, which }) => {
    const repository = (which === 'first' ? fresh : pushed).copyTo(await tempDir())
    const before = repository.fingerprint()
    const seq = which === 'first' ? 1 : 2
    // Before the first head there is nothing but the manifest to tell that this state is in the vault.
    const isThere = stage === 'move the head' && which === 'first'

    const killed = await repository.push({ killAt: { stage } })
    const between = await headIsComplete(repository)
    const { result } = await repository.push()
    await repository.push()
    const last = await repository.push()

    expect({ stage: killed.stages.at(-1), result: killed.result }).toEqual({ stage, result: undefined })
    expect([seq - 1, seq]).toContain(between?.seq ?? 0)
    expect(result).toMatchObject({ outcome: isThere || between?.seq === seq ? 'adopted' : 'pushed', seq })
    expect(await headIsComplete(repository)).toMatchObject({ seq })
    expect(last.result).toMatchObject({ outcome: 'unchanged', requests: 1 })
    expect(repository.fingerprint()).toEqual(before)
    expect(repository.leftovers()).toEqual([])
  })

  test('before or after any request loses nothing, and is over in the end', async () => {
    const repository = pushed.copyTo(await tempDir())
    const before = repository.fingerprint()
    let ended: unknown
    for (let request = 0; request < 40 && ended === undefined; request += 2) {
      for (const when of ['before', 'after'] as const) {
        const { result } = await repository.push({ killAt: { request, when } })
        expect((await headIsComplete(repository))?.seq).toBeGreaterThan(0)
        ended ??= result
      }
    }

    expect(ended).toMatchObject({ seq: 2 })
    expect(repository.fingerprint()).toEqual(before)
    expect(repository.leftovers()).toEqual([])
  })
})

describe.skipIf(testBorgVersion === undefined)('two pushes at once', () => {
  test('from two homes: one wins, the other is told, and neither harms the other', async () => {
    const repository = fresh.copyTo(await tempDir())

    const ends = await Promise.all(
      ['anna', 'boris'].map((installId) =>
        repository.push({ installId, stateDirectory: join(repository.root, installId) }),
      ),
    )

    const codes = ends.flatMap(({ code }) => code ?? [])
    expect(ends.filter(({ result }) => result?.outcome === 'pushed')).toHaveLength(1)
    expect(['push-conflict', 'writer-fenced']).toContain(codes[0])
    expect(await headIsComplete(repository)).toMatchObject({ seq: 1 })
    expect(repository.leftovers()).toEqual([])
  })
})

describe.skipIf(testBorgVersion === undefined)('a push beside Borg', () => {
  test('takes the last committed transaction while an archive is being made', async () => {
    const repository = fresh.copyTo(await tempDir())
    mkdirSync(join(repository.root, 'slow'))
    execFileSync('mkfifo', [join(repository.root, 'slow', 'endless')])
    const source = join(repository.root, 'source')
    const args = ['create', '--read-special', `${repository.directory}::running`, source, join(repository.root, 'slow')]
    writeFileSync(join(source, 'new'), randomBytes(2_000_000))
    const borg = spawn(testBorg, args, { env: repository.borgEnv(), stdio: 'ignore' })
    try {
      const segments = () => repository.fingerprint().length
      const before = segments()
      while (segments() < before + 3) await new Promise((resolve) => setTimeout(resolve, 50))

      const { result } = await repository.push()

      const copy = await repository.restore((await repository.head()) as Manifest, join(await tempDir(), 'copy'))
      expect(result).toMatchObject({ outcome: 'pushed', seq: 1 })
      expect(repository.examine(copy)).toEqual({ check: 0, archives: ['first'] })
    } finally {
      borg.kill('SIGKILL')
      await once(borg, 'close')
    }
  })

  test('never mixes two states while archives come, go and are compacted', async () => {
    const repository = fresh.copyTo(await tempDir())
    const script = `
      for cycle in 1 2 3 4; do
        dd if=/dev/urandom of="$SOURCE/cycle" bs=700k count=2 status=none
        "$BORG" create "$REPO::cycle-$cycle" "$SOURCE" && "$BORG" delete "$REPO::cycle-$((cycle - 1))"
        "$BORG" compact --threshold 0 "$REPO"
      done; :`
    const env = {
      ...repository.borgEnv(),
      BORG: testBorg,
      REPO: repository.directory,
      SOURCE: join(repository.root, 'source'),
    }
    const busy = spawn('bash', ['-c', script], { env, stdio: 'ignore' })
    const over = once(busy, 'close')

    const ends = []
    while (busy.exitCode === null) ends.push(await repository.push())
    await over
    await repository.push()

    expect(ends.map(({ code, reason }) => code && `${code}: ${reason}`).filter(Boolean)).toEqual([])
    const manifests = await repository.chain.listManifests()
    expect(manifests.length).toBeGreaterThan(1)
    for (const { key } of manifests) {
      const { manifest } = await repository.chain.readManifest(key)
      const copy = await repository.restore(manifest, join(await tempDir(), 'copy'))
      expect(repository.examine(copy)).toMatchObject({ check: 0 })
    }
  })
})

describe.skipIf(testBorgVersion === undefined)('a full disk', () => {
  test.skipIf(!canMount)('of what borgboi remembers ends a push before anything is sent', async () => {
    const repository = fresh.copyTo(await tempDir())
    const stateDirectory = await smallDisk(join(repository.root, 'small'), 1 << 20)
    const filler = await fillDisk(stateDirectory)

    const full = await repository.push({ stateDirectory })
    const head = await repository.head()
    rmSync(filler)
    const { result } = await repository.push({ stateDirectory })

    expect(full).toMatchObject({ code: 'disk-full' })
    expect(head).toBeUndefined()
    expect(result).toMatchObject({ outcome: 'pushed', seq: 1 })
    expect(repository.leftovers()).toEqual([])
  })

  test.skipIf(!canMount)('of the repository leaves nothing behind', async () => {
    const root = await tempDir()
    const repository = fresh.copyTo(root)
    const disk = await smallDisk(join(root, 'small'), 8 << 20)
    execFileSync('cp', ['-a', repository.directory, disk])
    const moved = Object.assign(repository, { directory: join(disk, 'repository') })
    const filler = await fillDisk(disk)

    const full = await moved.push()
    const leftovers = moved.leftovers()
    rmSync(filler)

    expect(full.code ?? full.result?.outcome).toMatch(/^(disk-full|pushed)$/)
    expect(leftovers).toEqual([])
    expect((await moved.push()).result?.seq).toBe(1)
    await headIsComplete(moved)
  })

  test.skipIf(!canMount)('of the vault leaves the head as it was', async () => {
    const repository = fresh.copyTo(await tempDir())
    const disk = await smallDisk(join(repository.root, 'small'), 4 << 20)
    execFileSync('cp', ['-a', `${repository.vaultRoot}/.`, disk])
    const filler = await fillDisk(disk)
    const moved = Object.assign(repository, { vaultRoot: disk })

    const full = await moved.push()
    const head = await moved.head()
    rmSync(filler)
    const { result } = await moved.push()

    expect(full).toMatchObject({ code: 'vault-full' })
    expect(head).toBeUndefined()
    expect(result).toMatchObject({ outcome: 'pushed', seq: 1 })
    await headIsComplete(moved)
  })
})
