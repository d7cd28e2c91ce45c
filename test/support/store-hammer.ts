// Eight processes hammer one store, round by round: all add one to the same counter at the same time. Half of them are
// killed in every round while they hold the lock, or the moment after, and are started again. What they all stored must
// add up.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { bundledWorker } from './bundled-worker.ts'
import { randomFrom } from './seeded-random.ts'
import { openStore, sampleRecord } from './store-samples.ts'

const PROCESSES = 8
const KILLED_EACH_ROUND = PROCESSES / 2
const KILL_DELAY_MAX_MS = 16

export interface HammerOptions {
  /** An empty directory. */
  readonly directory: string
  readonly rounds: number
  readonly seed: number
  onRound?(round: number, kills: number): void
}

export interface HammerResult {
  readonly kills: number
  /** Increments that a process was told are stored. */
  readonly confirmed: number
  /** What the counter says in the end: those, and some of those whose process was killed before it was told. */
  readonly counted: number
  /** Empty when no update was lost and the store is well. */
  readonly problems: readonly string[]
}

export async function hammerStore({ directory, rounds, seed, onRound }: HammerOptions): Promise<HammerResult> {
  const data = join(directory, 'data')
  const { store } = openStore(data)
  const counter = sampleRecord('counter')
  await store.add(counter)
  const random = randomFrom(seed)
  const program = await bundledWorker(new URL('store-worker.ts', import.meta.url), directory)
  const start = () => new Worker(program, data)
  const workers = Array.from({ length: PROCESSES }, start)
  const told: string[] = []
  let kills = 0

  for (let round = 1; round <= rounds; round++) {
    await Promise.all(
      workers.map(async (worker, place) => {
        if (place >= KILLED_EACH_ROUND) return await worker.increment()
        await worker.die(random() < 0.5 ? 'stall' : 'go', Math.floor(random() * KILL_DELAY_MAX_MS))
        kills++
        told.push(...worker.told)
        workers[place] = start()
      }),
    )
    onRound?.(round, kills)
  }
  await Promise.all(workers.map((worker) => worker.end()))
  told.push(...workers.flatMap((worker) => worker.told))

  // One more write, which clears away what the killed ones left.
  const final = await store.update(counter.name, (current) => current)
  const counted = final.reclaimableBytes ?? 0
  const confirmed = told.filter((line) => line.startsWith('stored'))
  const health = await store.check()
  const leftovers = (await readdir(data)).filter((name) => !/^repositories\.json(\.bak|\.lock\..*\.tmp)?$/.test(name))
  const problems = [
    ...health.problems,
    ...told.filter((line) => line.startsWith('told')),
    ...leftovers.map((name) => `${name} was left behind`),
    ...(new Set(confirmed).size === confirmed.length
      ? []
      : ['two processes stored the same value: an update was lost']),
    ...(counted >= confirmed.length ? [] : ['the counter is below the confirmed increments']),
    ...(counted <= confirmed.length + kills ? [] : ['the counter is above all increments']),
    // The counter's record is revision 1, and the write that cleared up counts too.
    ...(health.revision === counted + 2 ? [] : [`${counted} increments made revision ${health.revision}`]),
  ]
  return { kills, confirmed: confirmed.length, counted, problems }
}

/** One process, and the lines it wrote. */
class Worker {
  readonly told: string[] = []
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #exit: Promise<unknown>
  #stderr = ''
  #heard: () => void = () => {}

  constructor(program: string, data: string) {
    this.#process = spawn(process.execPath, [program, data], { stdio: ['pipe', 'pipe', 'pipe'] })
    // A killed process cannot read its last order.
    this.#process.stdin.on('error', () => {})
    this.#process.stderr.on('data', (chunk) => {
      this.#stderr += chunk
    })
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.told.push(line)
      this.#heard()
    })
    this.#exit = once(this.#process, 'close').then(() => this.#heard())
  }

  async increment(): Promise<void> {
    await this.#order('go', 'stored')
  }

  /** Orders an increment and kills the process `afterMs` from when it has the lock. */
  async die(order: 'go' | 'stall', afterMs: number): Promise<void> {
    await this.#order(order, 'holding')
    if (afterMs > 0) await delay(afterMs)
    this.#process.kill('SIGKILL')
    await this.#exit
  }

  async end(): Promise<void> {
    this.#process.stdin.end()
    await this.#exit
  }

  async #order(order: string, answer: string): Promise<void> {
    const heardBefore = this.told.length
    const answered = () => this.told.slice(heardBefore).some((line) => line.startsWith(answer))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#heard = () => {
      if (answered()) resolve()
      else if (this.#process.exitCode !== null) reject(new Error(`a worker ended by itself: ${this.#stderr}`))
    }
    this.#process.stdin.write(`${order}\n`)
    await promise
  }
}
