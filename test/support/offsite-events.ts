// The rarer things of the off-site soak: another machine takes over, the old one comes back, time passes and garbage is
// collected, the vault is damaged and repaired.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { keptByPolicy } from '../../src/model/kept.ts'
import { parseRetentionText } from '../../src/model/retention.ts'
import { readGenerations } from '../../src/replication/read-chain.ts'
import { repair } from '../../src/replication/repair.ts'
import { verify } from '../../src/replication/verify.ts'
import { ageVault } from './aged-vault.ts'
import { sha256Of } from './contents.ts'
import type { Machine } from './offsite-machine.ts'
import type { Operation } from './offsite-operation.ts'
import { backUp, push, pushWithoutFault } from './offsite-steps.ts'
import { type KnownGeneration, require, type World } from './offsite-world.ts'

const HOUR_MS = 3_600_000
const GRACE_MS = 72 * HOUR_MS
const FENCED_KEPT = 2

/** Another machine becomes the writer: out of the vault, from the newest generation or an older one, or by its replica. */
export async function takeOver(world: World): Promise<void> {
  const { chance, head } = world
  if (head === undefined) return
  const counter = world.highestCounter()
  const isReplica = chance.isTrue(0.3)
  const older = !isReplica && chance.isTrue(0.3) ? chance.oneOf(world.restorable()) : undefined
  const next = isReplica ? world.replica : world.newMachine()
  if (isReplica) await followHead(world, next)
  for (let attempt = 0; ; attempt++) {
    const from: KnownGeneration = older ?? world.head ?? head
    const epoch = world.epoch
    const operation = isReplica ? promotion(world, next) : writableRestore(world, next, older)
    const fault = attempt < 2 && chance.isTrue(0.5) ? world.someFault() : undefined
    const outcome = await world.run(next, operation, { fault })
    await world.settle(from.states)
    if (outcome.end !== 'done') {
      require(fault, `a takeover failed by itself: ${JSON.stringify(outcome)}`)
      const hasPushed = await oldWriterTries(world)
      if (isReplica && hasPushed) return replaceReplica(world)
      continue
    }
    require(world.epoch > epoch, 'a takeover did not raise the epoch')
    require(outcome.result.seq === world.head?.seq, 'a takeover was not recorded')
    if (isReplica) next.repository = join(next.repository, 'current')
    next.passphrase = from.states[0]?.passphrase ?? ''
    require(next.counter() > counter || counter === 0n, `the counter was not raised above ${counter}`)
    await world.requireStateOf(next.repository, world.head ?? from)
    changeWriter(world, next)
    return
  }
}

/** One that was to be promoted when somebody else pushed. */
function replaceReplica(world: World): void {
  world.replica.remove()
  world.replica = world.newMachine()
}

async function followHead(world: World, next: Machine): Promise<void> {
  const input = { borgId: world.borgId, directory: next.repository, keep: 2 }
  const outcome = await world.run(next, { name: 'pull', input })
  require(outcome.end === 'done', `a replica did not follow: ${JSON.stringify(outcome)}`)
}

function promotion({ borgId }: World, { repository }: Machine): Operation {
  return { name: 'promote', input: { borgId, directory: repository } }
}

function writableRestore({ borgId }: World, { repository }: Machine, older: KnownGeneration | undefined): Operation {
  return { name: 'restore', input: { borgId, directory: repository, writable: true, generation: older?.seq } }
}

/** While somebody takes over: it goes through, or it is told. True where it made a generation. */
async function oldWriterTries(world: World): Promise<boolean> {
  const { writer, head } = world
  const state = await writer.state()
  const outcome = await world.run(writer, { name: 'push', input: writer.local(world.borgId) })
  await world.settle([state])
  const isTold = outcome.end === 'failed' && outcome.code === 'writer-fenced'
  require(outcome.end === 'done' || isTold, `the old writer: ${JSON.stringify(outcome)}`)
  return world.head !== head
}

function changeWriter(world: World, next: Machine): void {
  world.fenced.push(world.writer)
  if (next === world.replica) world.replica = world.newMachine()
  world.writer = next
  while (world.fenced.length > FENCED_KEPT) world.fenced.shift()?.remove()
}

/** A machine that was taken over from backs up as if nothing had been: nothing of it reaches the vault. */
export async function oldWriterReturns(world: World): Promise<void> {
  const { chance, fenced, head } = world
  if (fenced.length === 0) return
  const old = chance.oneOf(fenced)
  if (chance.isTrue(0.5)) {
    old.changeFiles(chance)
    await old.createArchive(`fenced-${chance.below(1e9)}`)
  }
  const outcome = await world.run(old, { name: 'push', input: old.local(world.borgId) })
  await world.settle([])
  require(outcome.end === 'failed' && outcome.code === 'writer-fenced', `an old writer: ${JSON.stringify(outcome)}`)
  require(world.head === head, 'an old writer moved the head')
}

/** Time passes, and what may go goes: never what the policy keeps, never before the grace is over. */
export async function collectGarbage(world: World): Promise<void> {
  const { operation, kept } = letTimePass(world)
  for (let tries = world.chance.below(3); tries >= 0; tries--) {
    await world.run(world.writer, operation, { fault: tries > 0 ? world.someFault() : undefined })
  }
  await noteCollected(world, kept)
}

/** A push that uses old blobs again is safe; a restore is whole, or says that its generation has gone. */
export async function collectWhileOthersWork(world: World): Promise<void> {
  const { chance, writer, borgId } = world
  if (world.head === undefined) return
  await backUp(world)
  const state = await writer.state()
  const { operation, kept } = letTimePass(world)
  const generation = chance.oneOf(world.restorable())
  const directory = world.scratch()
  const other: Operation = chance.isTrue(0.6)
    ? { name: 'push', input: writer.local(borgId) }
    : { name: 'restore', input: { borgId, directory, generation: generation.seq, writable: false } }
  const [outcome] = await Promise.all([
    world.run(writer, other, { apart: true }),
    world.run(writer, operation, { apart: true }),
  ])
  const isGone = outcome.end === 'failed' && /^generation-(expired|unknown)$/.test(outcome.code)
  require(outcome.end === 'done' ||
    (other.name === 'restore' && isGone), `beside a collection: ${JSON.stringify(outcome)}`)
  await world.settle([state])
  await noteCollected(world, kept)
  require(!isGone ||
    !world.generations.has(generation.ulid), `generation ${generation.seq} is there, and was not found`)
  if (other.name === 'restore' && outcome.end === 'done') await world.requireStateOf(directory, generation)
  world.removeScratch(directory)
}

function letTimePass(world: World) {
  const { chance, borgId } = world
  const hours = 1 + chance.below(100)
  ageVault(world.vaultRoot, hours * HOUR_MS)
  world.agedMs += hours * HOUR_MS
  const policy = parseRetentionText(
    chance.oneOf(['last=3', 'last=5', 'within=100H', 'last=2,daily=5', 'last=2,weekly=4']),
  )
  const operation: Operation = { name: 'collect', input: { borgId, policy, graceMs: GRACE_MS, dryRun: false } }
  return { operation, kept: keptNow(world, policy) }
}

async function noteCollected(world: World, kept: ReadonlySet<KnownGeneration>): Promise<void> {
  const { generations } = await readGenerations(world.chain.vault, world.borgId)
  for (const known of [...world.generations.values()]) {
    const state = generations.find(({ ulid }) => ulid === known.ulid)?.state
    if (state === undefined) forget(world, known)
    else if (state === 'expired' && known.expiredAtMs === undefined) {
      require(!kept.has(known), `generation ${known.seq} expired, and the policy keeps it`)
      known.expiredAtMs = world.agedMs
      world.count('expired')
    }
  }
}

/** The generations that have not expired, and that the policy, or the floor of two, keeps. */
function keptNow(world: World, policy: ReturnType<typeof parseRetentionText>): Set<KnownGeneration> {
  const unexpired = world.restorable().filter(({ expiredAtMs }) => expiredAtMs === undefined)
  const dated = unexpired.map((known) => {
    const key = world.chain.keys.manifest(known.seq, known.ulid)
    return { known, at: statSync(join(world.vaultRoot, key)).mtime }
  })
  return new Set([...keptByPolicy(dated, policy, new Date()).map(({ known }) => known), ...unexpired.slice(-2)])
}

function forget(world: World, known: KnownGeneration): void {
  world.generations.delete(known.ulid)
  if (!known.isOnChain) return
  const sinceMs = world.agedMs - (known.expiredAtMs ?? world.agedMs)
  require(sinceMs >= GRACE_MS, `generation ${known.seq} was deleted ${sinceMs / HOUR_MS} hours after it had expired`)
  world.count('generations collected')
}

/** A blob is lost, cut short or altered: verify names it and who needs it, a restore refuses it, repair puts it back. */
export async function damageBlob(world: World): Promise<void> {
  const { chance, chain, borgId, writer } = world
  if (world.head === undefined) return
  const victim = chance.oneOf(world.restorable())
  const { manifest } = await chain.readManifest(chain.keys.manifest(victim.seq, victim.ulid))
  const { sha256 } = chance.oneOf(manifest.files)
  const path = join(world.vaultRoot, chain.keys.blob(sha256))
  const original = readFileSync(path)
  const { mtime } = statSync(path)
  const problem = damage(path, original, chance.below(3))
  world.count(`damage ${problem}`)

  const { damaged } = await verify(writer.context, chain.vault, { borgId, level: problem === 'checksum' ? 3 : 1 }, {})
  const [found] = damaged
  require(damaged.length === 1 && found?.problem === problem, `verify found ${JSON.stringify(damaged)}, not ${problem}`)
  require(found?.key === chain.keys.blob(sha256), `verify named ${found?.key}`)
  require(found?.generations.includes(victim.seq), `verify does not say that ${victim.seq} needs it`)
  const directory = world.scratch()
  const input = { borgId, directory, generation: victim.seq, writable: false }
  const restored = await world.run(writer, { name: 'restore', input })
  require(restored.end === 'failed' &&
    restored.code === 'vault-damaged', `a damaged restore: ${JSON.stringify(restored)}`)
  for (const name of readdirSync(world.directory)) {
    if (join(world.directory, name).startsWith(`${directory}.`))
      rmSync(join(world.directory, name), { recursive: true })
  }

  const { repaired } = await repair(writer.context, chain.vault, writer.local(borgId), damaged, {})
  const isHere = found?.paths.some((name) => hashIfAny(join(writer.repository, name)) === sha256)
  require(repaired.length === (isHere ? 1 : 0), `repair mended ${repaired.length}, and the content is here: ${isHere}`)
  if (repaired.length === 0) putBack(path, original, mtime)
  world.count(repaired.length === 0 ? 'damage beyond repair' : 'damage repaired')
}

function damage(path: string, original: Buffer, how: number): 'missing' | 'size' | 'checksum' {
  if (how === 0) rmSync(path)
  else if (how === 1) truncateSync(path, original.length - 1)
  else
    writeFileSync(path, Buffer.from(original.map((byte, place) => (place === original.length >> 1 ? byte ^ 1 : byte))))
  return how === 0 ? 'missing' : how === 1 ? 'size' : 'checksum'
}

function putBack(path: string, bytes: Buffer, mtime: Date): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  utimesSync(path, mtime, mtime)
}

function hashIfAny(path: string): string | undefined {
  try {
    return sha256Of(readFileSync(path))
  } catch {
    return undefined
  }
}

/** The head is lost or garbage: the next push makes it anew from the manifests. */
export async function damageHead(world: World): Promise<void> {
  const { chance, chain, head, borgId } = world
  if (head === undefined) return
  const path = join(world.vaultRoot, chain.keys.head)
  if (chance.isTrue(0.5)) rmSync(path)
  else writeFileSync(path, chance.bytes(chance.below(400)))
  world.isHeadDamaged = true
  const { problems } = await readGenerations(chain.vault, borgId)
  require(problems.length > 0, 'nobody noticed that the head is lost')
  if (chance.isTrue(0.5)) await backUp(world)
  await push(world)
  if (world.isHeadDamaged) await pushWithoutFault(world)
}
