// Generations in a vault, made without a push: from files in memory or a repository on disk, as any writer could have
// made them, cut off before the head moved if wanted.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type GenerationRef,
  keysOf,
  type Manifest,
  roleOf,
  segmentNumber,
  ulidTime,
} from '../../src/model/generation.ts'
import { thisHost } from '../../src/platform/host.ts'
import { Chain, type Generation } from '../../src/replication/chain.ts'
import type { ReplicationContext } from '../../src/replication/context.ts'
import type { Vault } from '../../src/vault/vault.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { contentOf, sha256Of } from './contents.ts'

export const REPO_ID = 'ab'.repeat(32)

export type RepositoryFiles = Readonly<Record<string, string | Uint8Array>>

export interface Written {
  readonly repoId?: string
  readonly installId?: string
  readonly epoch?: number
  /** Absent: a new one, of now. */
  readonly ulid?: string
  /** Absent: one after the parent. */
  readonly seq?: number
  /** Absent: what the head names. */
  readonly parent?: GenerationRef
  readonly suspicious?: string
  /** False: the writer was killed before that. */
  readonly moveHead?: boolean
}

/** Stores the blobs, the manifest and the head of the next generation. */
export async function writeGeneration(
  vault: Vault,
  repository: RepositoryFiles,
  written: Written = {},
): Promise<Generation> {
  const repoId = written.repoId ?? REPO_ID
  const chain = new Chain(vault, repoId)
  const keys = keysOf(repoId)
  const stored = await chain.readHead()
  const parent = written.parent ?? (stored && refOfHead(stored.head))
  const before = parent && (await chain.readManifest(keys.manifest(parent.seq, parent.ulid))).manifest
  const files = Object.entries(repository)
    .map(([path, content]) => ({ path, ...sizeAndHash(content), role: roleOf(path) ?? unexpected(path) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  for (const { path, sha256 } of files) {
    await vault.put(keys.blob(sha256), contentOf(repository[path] ?? ''), 'absent')
  }
  const ulid = written.ulid ?? thisHost.newId()
  const nonce = repository['nonce']
  const manifest: Manifest = {
    format: 1,
    repoId,
    seq: written.seq ?? (parent?.seq ?? 0) + 1,
    ulid,
    ...(parent && { parent }),
    createdAt: ulidTime(ulid).toISOString(),
    writer: { installId: written.installId ?? 'anna', host: 'anna.example', epoch: written.epoch ?? 1 },
    tool: 'borgboi/2.0.0',
    borg: {
      transactionId: transactionOf(files.map(({ path }) => path)),
      segmentsPerDir: segmentsPerDirOf(repository['config'] ?? ''),
      ...(nonce !== undefined && { nonce: Buffer.from(nonce).toString() }),
    },
    totals: { files: files.length, bytes: files.reduce((bytes, { size }) => bytes + size, 0) },
    added: files.filter((file) => !before?.files.some((old) => old.sha256 === file.sha256)).map(({ path }) => path),
    ...(written.suspicious !== undefined && { suspicious: written.suspicious }),
    removed: (before?.files ?? []).filter((old) => !(old.path in repository)).map(({ path }) => path),
    files,
  }
  if (stored === undefined) await chain.putJson(keys.format, formatOf(repoId), 'absent')
  const { ref } = await chain.createManifest(manifest)
  if (written.moveHead !== false) await moveHead(vault, { manifest, ref }, written)
  return { manifest, ref }
}

/** Makes a generation the head, whatever the head was. */
export async function moveHead(vault: Vault, { manifest, ref }: Generation, written: Written = {}): Promise<void> {
  const chain = new Chain(vault, manifest.repoId)
  const head = {
    format: 1,
    seq: ref.seq,
    manifestKey: chain.keys.manifest(ref.seq, ref.ulid),
    manifestSha256: ref.sha256,
    epoch: written.epoch ?? manifest.writer.epoch,
    writerId: manifest.writer.installId,
    pushId: ref.ulid,
    updatedAt: manifest.createdAt,
  }
  await chain.putJson(chain.keys.head, head, 'any')
}

/** The committed files of a repository on disk that a push would take. */
export function filesOfRepository(directory: string): RepositoryFiles {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
  const last = transactionOf(paths)
  return Object.fromEntries(
    paths
      .filter((path) => roleOf(path) !== undefined && (segmentNumber(path) ?? 0) <= last)
      .map((path) => [path, readFileSync(join(directory, path))]),
  )
}

/** A made-up repository of transaction `last`: an older one is a prefix of it, but for config, index and nonce. */
export function sampleRepository(last: number, nonce = '00000000000003e8'): RepositoryFiles {
  const segments = Array.from({ length: last + 1 }, (_, number) => [
    `data/${Math.floor(number / 1000)}/${number}`,
    // Each transaction ends with the same few bytes.
    number % 3 === 2 ? 'commit' : `segment ${number} ${'x'.repeat(number * 10)}`,
  ])
  return {
    README: 'This is a Borg Backup repository.\n',
    config: '[repository]\nversion = 1\n',
    nonce,
    [`hints.${last}`]: `hints ${last}`,
    [`index.${last}`]: `index ${last}`,
    [`integrity.${last}`]: `integrity ${last}`,
    ...Object.fromEntries(segments),
  }
}

/** A replication context with a clock that stands still. */
export function replicationContext(
  stateDirectory: string,
  { installId = 'boris', ...changed }: Partial<Omit<ReplicationContext, 'installId'>> & { installId?: string } = {},
): ReplicationContext {
  return {
    clock: new FakeClock(),
    host: { hostname: `${installId}.example`, newId: thisHost.newId },
    stop: new AbortController().signal,
    stateDirectory,
    tool: 'borgboi/2.0.0',
    ...changed,
    installId: async () => installId,
  }
}

function transactionOf(paths: readonly string[]): number {
  const numbers = paths.flatMap((path) => /^index\.(\d+)$/.exec(path)?.[1] ?? [])
  const segments = paths.flatMap((path) => segmentNumber(path) ?? [])
  return Math.max(0, ...(numbers.length > 0 ? numbers.map(Number) : segments))
}

/** Borg's own default where the configuration says nothing. */
function segmentsPerDirOf(config: string | Uint8Array): number {
  return Number(/^segments_per_dir = (\d+)$/m.exec(Buffer.from(config).toString())?.[1] ?? 1000)
}

function sizeAndHash(content: string | Uint8Array) {
  return { size: Buffer.byteLength(content), sha256: sha256Of(content) }
}

function refOfHead({ seq, pushId, manifestSha256 }: { seq: number; pushId: string; manifestSha256: string }) {
  return { seq, ulid: pushId, sha256: manifestSha256 }
}

function formatOf(repoId: string) {
  return { format: 1, repoId, name: 'docs', createdAt: '2026-11-01T00:00:00.000Z' }
}

function unexpected(path: string): never {
  throw new Error(`no repository has a file ${path}`)
}
