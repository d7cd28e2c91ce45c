// `npm run soak [offsite|store] -- --cycles N --seed S`: random work and random bad luck, for as long as one likes.
// offsite: a repository and its copies on the real Borg (200 cycles). store: the record of repos under eight processes,
// half of them killed in every cycle (10000). The seed is the time unless given; the same one brings the same faults.

import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { soakOffsite } from '../test/support/offsite-soak.ts'
import { hammerStore } from '../test/support/store-hammer.ts'

const DEEP_EVERY = 25

interface Soak {
  readonly directory: string
  readonly cycles: number
  readonly seed: number
}

const SOAKS: Record<string, { readonly cycles: number; readonly run: (soak: Soak) => Promise<string> }> = {
  offsite: { cycles: 200, run: soakOffsiteCopies },
  store: { cycles: 10_000, run: soakStore },
}

const { values, positionals } = parseArgs({
  options: { cycles: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const [name = 'offsite', ...rest] = positionals
const soak = SOAKS[name]
if (soak === undefined || rest.length > 0)
  stop(`the soaks are ${Object.keys(SOAKS).join(' and ')}: ${positionals.join(' ')}`)
const cycles = wholeNumber('--cycles', values.cycles ?? String(soak.cycles))
const seed = wholeNumber('--seed', values.seed ?? String((Date.now() % (2 ** 31 - 1)) + 1))
const directory = await realpath(await mkdtemp(join(tmpdir(), 'borgboi-soak-')))
const started = performance.now()

console.log(`${name}: ${cycles} cycles, seed ${seed}`)
try {
  console.log(await soak.run({ directory, cycles, seed }))
  console.log(`${name}: ${cycles} cycles, seed ${seed}, ${seconds()} s: all is well`)
  await rm(directory, { recursive: true })
} catch (error) {
  console.error(error)
  console.error(`${name}: seed ${seed}; what is left is in ${directory}`)
  process.exitCode = 1
}

async function soakOffsiteCopies({ directory, cycles, seed }: Soak): Promise<string> {
  const { counts, generations } = await soakOffsite({
    directory,
    cycles,
    seed,
    deepEvery: DEEP_EVERY,
    onCycle: (cycle, event) => {
      if (cycle % 10 === 0) console.log(`cycle ${cycle} (${event}), ${seconds()} s`)
    },
  })
  const lines = Object.entries(counts)
    .toSorted()
    .map(([what, count]) => `${String(count).padStart(6)} ${what}`)
  return [...lines, `${String(generations).padStart(6)} generations`].join('\n')
}

async function soakStore({ directory, cycles, seed }: Soak): Promise<string> {
  const { kills, confirmed, counted, problems } = await hammerStore({
    directory,
    rounds: cycles,
    seed,
    onRound: (round, killed) => {
      if (round % 100 === 0) console.log(`cycle ${round}, ${killed} processes killed, ${seconds()} s`)
    },
  })
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return `${kills} processes killed, ${confirmed} increments confirmed, ${counted} counted: no update was lost`
}

function seconds(): number {
  return Math.round((performance.now() - started) / 1000)
}

function wholeNumber(option: string, text: string): number {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : stop(`${option} takes a whole number, not ${text}`)
}

function stop(problem: string): never {
  console.error(problem)
  process.exit(2)
}
