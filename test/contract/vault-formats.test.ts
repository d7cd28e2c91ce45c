// A vault that an older borgboi wrote is read, restored and gone on with; one of a newer borgboi is left alone. The
// fixtures are directories as those versions wrote them.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createReplication } from '../../src/replication/replicate.ts'
import type { Replication } from '../../src/replication/replication.ts'
import type { Vault } from '../../src/vault/vault.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { sha256Of } from '../support/contents.ts'
import { vaultAt } from '../support/directory-vault.ts'
import { machineContext } from '../support/offsite-operation.ts'
import { tempDir } from '../support/temp-dir.ts'

const FIXTURE = join(import.meta.dirname, '../fixtures/vault/format-1')

interface Expected {
  readonly repoId: string
  readonly passphrase: string
  readonly generations: readonly {
    readonly seq: number
    readonly archives: readonly string[]
    /** Hashes by path. */
    readonly files: Readonly<Record<string, string>>
  }[]
}

const expected: Expected = JSON.parse(readFileSync(join(FIXTURE, 'expected.json'), 'utf8'))
const { repoId: borgId } = expected
const PUSH = { conditionalWrites: true, singleWriter: false, acceptLoss: false, auxMaxBytes: 1e9, lockWaitMs: 0 }
const POLICY = { borgId, policy: { last: 2 }, graceMs: 0, dryRun: false }

interface Copy {
  readonly directory: string
  readonly root: string
  readonly vault: Vault
  readonly replication: Replication
}

/** A copy of the fixture, met by the installation that wrote it, or by another one. */
async function copyOfFixture(installId = 'anna'): Promise<Copy> {
  const directory = await tempDir()
  const root = join(directory, 'vault')
  cpSync(join(FIXTURE, 'vault'), root, { recursive: true })
  const replication = createReplication(machineContext(installId, join(directory, 'state')))
  return { directory, root, vault: vaultAt(root), replication }
}

async function restored({ directory, vault, replication }: Copy, generation?: number): Promise<string> {
  const target = join(directory, `restored-${generation}`)
  await replication.restore(vault, { borgId, directory: target, writable: false, generation }, {})
  return target
}

describe('a vault of format 1', () => {
  test('tells its repositories, generations and verifications', async () => {
    const { vault, replication } = await copyOfFixture()

    const repositories = await replication.repositories(vault)
    const { generations, problems, epoch, name } = await replication.generations(vault, borgId)

    expect(repositories).toMatchObject([{ borgId, name: 'docs', head: { seq: 3, epoch: 1 } }])
    expect({ problems, epoch, name }).toEqual({ problems: [], epoch: 1, name: 'docs' })
    expect(generations.map(({ seq, state, verified }) => ({ seq, state, level: verified?.level }))).toEqual([
      { seq: 3, state: 'head', level: 1 },
      { seq: 2, state: 'kept', level: 1 },
      { seq: 1, state: 'expired', level: undefined },
    ])
  })

  test('is verified to its last byte, but for what no generation needs', async () => {
    const { vault, replication } = await copyOfFixture()

    const { damaged, generations, unreferenced } = await replication.verify(vault, { borgId, level: 3 }, {})

    expect({ damaged, generations, unreferenced }).toEqual({
      damaged: [],
      generations: [1, 2, 3],
      unreferenced: { objects: 1, bytes: 32 },
    })
  })

  test.each(expected.generations)('restores generation $seq as it was', async ({ seq, files }) => {
    const copy = await copyOfFixture()

    const target = await restored(copy, seq)

    expect(hashesBelow(target)).toEqual(files)
    const { manifest, ref } = await copy.replication.describe(copy.vault, borgId, { generation: seq })
    expect(manifest.files.map(({ path, sha256 }) => [path, sha256])).toEqual(Object.entries(files))
    expect(ref.seq).toBe(seq)
  })

  test.skipIf(testBorgVersion === undefined).each(expected.generations)(
    'has in generation $seq the archives it had, for the Borg of today',
    async ({ seq, archives }) => {
      const copy = await copyOfFixture()

      const target = await restored(copy, seq)

      expect(borg(copy, 'check', target)).toBe('')
      expect(borg(copy, 'list', '--format', '{archive}{NL}', target).trim().split('\n')).toEqual(archives)
    },
  )

  test('is gone on with: the next push, the next collection', async () => {
    const copy = await copyOfFixture()
    const { vault, replication } = copy
    const repository = { directory: await restored(copy), borgId, name: 'docs' }

    const same = await replication.push(vault, repository, PUSH, {})
    writeFileSync(join(repository.directory, 'config'), '\n# another one\n', { flag: 'a' })
    const next = await replication.push(vault, repository, PUSH, {})
    const collected = await replication.collect(vault, { ...POLICY, graceMs: 1 }, {})

    expect(same).toMatchObject({ outcome: 'unchanged', seq: 3 })
    expect(next).toMatchObject({ outcome: 'pushed', seq: 4, objects: 1 })
    expect(collected).toMatchObject({ deletedGenerations: [1], kept: [4, 3, 2] })
  })
})

/** Every kind of document that is read, and what reads it. */
const DOCUMENTS = {
  'borgboi-vault.json': ['push'],
  'format.json': ['generations', 'stats'],
  'head.json': ['push', 'planPush', 'restore', 'pull', 'promote', 'describe', 'generations', 'collect', 'repositories'],
  generations: ['push', 'planPush', 'restore', 'pull', 'promote', 'describe', 'verify', 'collect', 'stats'],
  gc: ['generations', 'collect'],
} as const satisfies Record<string, readonly (keyof Replication)[]>

const ACTS: { readonly [Name in keyof Replication]?: (copy: Copy, repository: string) => Promise<unknown> } = {
  push: ({ vault, replication }, directory) => replication.push(vault, { directory, borgId, name: 'docs' }, PUSH, {}),
  planPush: ({ vault, replication }, directory) =>
    replication.planPush(vault, { directory, borgId, name: 'docs' }, PUSH),
  restore: (copy) => restored(copy),
  pull: ({ vault, replication, directory }) =>
    replication.pull(vault, { borgId, directory: join(directory, 'replica'), keep: 1 }, {}),
  promote: ({ vault, replication }, directory) => replication.promote(vault, { borgId, directory }, {}),
  describe: ({ vault, replication }) => replication.describe(vault, borgId, {}),
  generations: ({ vault, replication }) => replication.generations(vault, borgId),
  repositories: ({ vault, replication }) => replication.repositories(vault),
  verify: ({ vault, replication }) => replication.verify(vault, { borgId, level: 3 }, {}),
  collect: ({ vault, replication }) => replication.collect(vault, POLICY, {}),
  stats: ({ vault, replication }) => replication.stats(vault, borgId),
}

describe.each(Object.entries(DOCUMENTS))('a vault whose %s is of format 2', (document, acts) => {
  test.each(acts)('is refused by %s, which writes nothing', async (act) => {
    const repository = join(await restored(await copyOfFixture()), '')
    // A first push must be due.
    writeFileSync(join(repository, 'config'), '\n# another one\n', { flag: 'a' })
    const copy = await copyOfFixture()
    raiseFormat(copy, document)
    const before = hashesBelow(copy.root)

    const failure = await ACTS[act]?.(copy, repository).catch((error: unknown) => error)

    expect(failure).toMatchObject({ code: 'vault-newer', hint: expect.stringContaining('update borgboi') })
    expect(hashesBelow(copy.root)).toEqual(before)
  })
})

/** Of a document, or of all in a directory; the head goes on naming the newest manifest. */
function raiseFormat({ root }: Copy, document: string): void {
  const path = join(root, document === 'borgboi-vault.json' ? '' : borgId, document)
  const files = document.endsWith('.json') ? [path] : readdirSync(path).map((name) => join(path, name))
  const head = join(root, borgId, 'head.json')
  for (const file of files) {
    const isPacked = file.endsWith('.gz')
    const bytes = readFileSync(file)
    const text = (isPacked ? gunzipSync(bytes) : bytes).toString().replace('"format":1', '"format":2')
    const raised = isPacked ? gzipSync(text) : Buffer.from(text)
    writeFileSync(file, raised)
    writeFileSync(head, readFileSync(head, 'utf8').replace(sha256Of(bytes), sha256Of(raised)))
  }
}

function hashesBelow(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1)).sort()
  return Object.fromEntries(paths.map((path) => [path, sha256Of(readFileSync(join(directory, path)))]))
}

function borg({ directory }: Copy, ...args: string[]): string {
  const home = join(directory, 'borg')
  mkdirSync(home, { recursive: true })
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    BORG_BASE_DIR: home,
    BORG_PASSPHRASE: expected.passphrase,
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
  }
  return execFileSync(testBorg, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] })
}
