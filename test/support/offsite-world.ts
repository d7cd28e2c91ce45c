// The world of the off-site soak: machines, a vault in a directory, and a model in memory of every generation in it: what
// archives it has to have, and what opens it. Whatever is not as the model says is thrown, and ends the soak.

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Chain, readableHead } from '../../src/replication/chain.ts'
import { readGenerations } from '../../src/replication/read-chain.ts'
import { verify } from '../../src/replication/verify.ts'
import { vaultAt } from './directory-vault.ts'
import { checkRepository, extractedHash, listArchives, Machine, type State } from './offsite-machine.ts'
import { type Errand, type Fault, type Operation, type Outcome, perform } from './offsite-operation.ts'
import { performApart } from './offsite-process.ts'
import type { Chance } from './seeded-random.ts'

export interface KnownGeneration {
  readonly seq: number
  readonly ulid: string
  /** What it may hold: two where Borg was at work during the push. */
  states: readonly State[]
  /** It is the head, or the head was built on it: it has to be restorable. */
  isOnChain: boolean
  /** When it was first seen to be expired, by the time that the vault has gone through. */
  expiredAtMs?: number
}

export interface RunOptions {
  readonly fault?: Fault | undefined
  /** In a process of its own, also without a kill. */
  readonly apart?: boolean
  /** Somebody else works in the repository at the same time. */
  readonly isBusy?: boolean
}

export const PASSPHRASE = 'first passphrase'

export class World {
  readonly directory: string
  readonly vaultRoot: string
  readonly chance: Chance
  readonly borgId: string
  readonly chain: Chain
  readonly generations = new Map<string, KnownGeneration>()
  /** The hash of the source that each archive was made of, by Borg's id of it. */
  readonly contents = new Map<string, string>()
  readonly counts: Record<string, number> = {}
  writer: Machine
  replica: Machine
  /** Machines that were taken over from. */
  readonly fenced: Machine[] = []
  head: KnownGeneration | undefined
  isHeadDamaged = false
  epoch = 0
  /** How much older everything in the vault was made. */
  agedMs = 0
  #machines = 0
  #scratch = 0
  readonly #program: string

  constructor(directory: string, program: string, writer: Machine, borgId: string, chance: Chance) {
    this.directory = directory
    this.vaultRoot = join(directory, 'vault')
    this.#program = program
    this.writer = writer
    this.borgId = borgId
    this.chance = chance
    this.chain = new Chain(vaultAt(this.vaultRoot), borgId)
    this.replica = this.newMachine()
  }

  newMachine(): Machine {
    return new Machine(this.directory, `machine-${++this.#machines}`, PASSPHRASE)
  }

  scratch(): string {
    return join(this.directory, `scratch-${++this.#scratch}`)
  }

  /** With what a restore to it that failed has left beside it. */
  removeScratch(directory: string): void {
    for (const name of readdirSync(this.directory)) {
      const path = join(this.directory, name)
      if (path === directory || path.startsWith(`${directory}.`)) rmSync(path, { recursive: true })
    }
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  /** Generations that have to be restorable, oldest first. */
  restorable(): KnownGeneration[] {
    return [...this.generations.values()].filter(({ isOnChain }) => isOnChain).toSorted((a, b) => a.seq - b.seq)
  }

  /** Of all machines: the counter of whoever takes over has to be above it. */
  highestCounter(): bigint {
    const counters = [this.writer, ...this.fenced].map((machine) => machine.counter())
    return counters.reduce((highest, counter) => (counter > highest ? counter : highest), 0n)
  }

  someFault(): Fault {
    const { chance } = this
    const call = chance.below(chance.isTrue(0.7) ? 12 : 60)
    const when = chance.oneOf(['before', 'after'] as const)
    return chance.oneOf<Fault>([
      { kind: 'fail', call, when },
      { kind: 'kill', call, when },
      { kind: 'kill', stage: chance.below(7) },
      { kind: 'kill', afterMs: chance.below(80) },
    ])
  }

  /** An operation on a machine. A push must not touch the repository, and leave nothing in it. */
  async run(machine: Machine, operation: Operation, { fault, apart, isBusy }: RunOptions = {}): Promise<Outcome> {
    const isWatched = operation.name === 'push' && !isBusy
    const before = isWatched && machine.fingerprint()
    const errand: Errand = {
      vaultRoot: this.vaultRoot,
      installId: machine.name,
      stateDirectory: machine.context.stateDirectory,
      operation,
      ...(fault && { fault }),
    }
    const outcome = apart || fault?.kind === 'kill' ? await performApart(this.#program, errand) : await perform(errand)
    this.count(`${operation.name} ${outcome.end}`)
    if (outcome.end === 'failed' && outcome.code === 'vault-unreachable') require(fault, 'the vault failed by itself')
    if (isWatched) {
      require(before === machine.fingerprint(), 'a push changed the repository')
      const left = machine.snapshotsLeft()
      require(outcome.end !== 'done' || left.length === 0, `a push left ${left} in the repository`)
    }
    return outcome
  }

  /** Takes what is new in the vault into the model; `states`: what a new generation may hold. */
  async settle(states: readonly State[]): Promise<void> {
    for (const { seq, ulid } of await this.chain.listManifests()) {
      if (!this.generations.has(ulid)) this.generations.set(ulid, { seq, ulid, states, isOnChain: false })
    }
    const stored = await readableHead(this.chain)
    if (stored === undefined) return require(this.head === undefined || this.isHeadDamaged, 'the head is gone')
    this.isHeadDamaged = false
    const { seq, pushId, epoch } = stored.head
    require(seq >= (this.head?.seq ?? 0) && epoch >= this.epoch, `the head went back to ${seq}, epoch ${epoch}`)
    this.epoch = epoch
    this.head = await this.#putOnChain(pushId)
  }

  /** With everything it was built on: where the head was lost, that may be a push that was cut off. */
  async #putOnChain(ulid: string): Promise<KnownGeneration> {
    const known = this.generations.get(ulid)
    if (known === undefined) throw new Error(`a generation is missing that the head is built on: ${ulid}`)
    if (known.isOnChain) return known
    known.isOnChain = true
    const { manifest } = await this.chain.readManifest(this.chain.keys.manifest(known.seq, ulid))
    if (manifest.parent) await this.#putOnChain(manifest.parent.ulid)
    return known
  }

  /** The cheap invariant. */
  async check(): Promise<void> {
    if (this.head === undefined) return
    const { problems, generations } = await readGenerations(this.chain.vault, this.borgId)
    require(problems.length === 0, `the chain has problems: ${problems.join('; ')}`)
    for (const { ulid, seq } of this.restorable()) {
      const state = generations.find((one) => one.ulid === ulid)?.state
      const expected = ulid === this.head.ulid ? ['head'] : ['kept', 'expired']
      require(state !== undefined && expected.includes(state), `generation ${seq} is ${state ?? 'gone'}`)
    }
    const input = { borgId: this.borgId, level: 1 } as const
    const { damaged } = await verify(this.writer.context, this.chain.vault, input, {})
    require(damaged.length === 0, `verify finds damage: ${JSON.stringify(damaged)}`)
  }

  /** Level 4: a restore, what Borg says to it, its archives, and the files of one of them. */
  async checkDeeply(generation: KnownGeneration): Promise<void> {
    const target = this.scratch()
    const input = { borgId: this.borgId, directory: target, generation: generation.seq, writable: false }
    const outcome = await this.run(this.writer, { name: 'restore', input })
    require(outcome.end === 'done', `generation ${generation.seq} does not restore: ${JSON.stringify(outcome)}`)
    const state = await this.requireStateOf(target, generation)
    const home = this.scratch()
    mkdirSync(home)
    const complaint = await checkRepository(target, home, state.passphrase)
    require(complaint === undefined, `generation ${generation.seq}: ${complaint}`)
    const names = Object.keys(state.archives)
    if (names.length > 0) {
      const name = this.chance.oneOf(names)
      const hash = await extractedHash(target, name, home, state.passphrase)
      require(hash === this.contents.get(state.archives[name] ?? ''), `the files of ${name} are others`)
    }
    this.count('deep checks')
    for (const directory of [target, home]) rmSync(directory, { recursive: true })
  }

  /** A repository has the archives of a generation, asked of a Borg that knows nothing. */
  async requireStateOf(repository: string, generation: KnownGeneration): Promise<State> {
    const home = this.scratch()
    mkdirSync(home)
    const [first] = generation.states
    const archives = await listArchives(repository, home, first?.passphrase ?? '', '--bypass-lock')
    rmSync(home, { recursive: true })
    const state = generation.states.find((one) => isDeepStrictEqual(one.archives, archives))
    if (state === undefined) {
      const expected = generation.states.map((one) => Object.keys(one.archives).join(' ')).join(' or ')
      throw new Error(`generation ${generation.seq} has ${Object.keys(archives).join(' ')}, not ${expected}`)
    }
    generation.states = [state]
    return state
  }
}

/** @throws Error `otherwise` where the fact does not hold */
export function require(fact: unknown, otherwise: string): void {
  if (!fact) throw new Error(otherwise)
}
