// `npm run soak`: the store under eight processes, half of them killed in every round, for as long as one likes.
// Options: --rounds N (10000), --seed N (the time); the same seed kills the same processes after the same delays.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hammerStore } from '../test/support/store-hammer.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } })
const rounds = wholeNumber('--rounds', values.rounds ?? '10000')
const seed = wholeNumber('--seed', values.seed ?? String(Date.now() % 2 ** 31))
const directory = await mkdtemp(join(tmpdir(), 'borgboi-soak-'))
const started = performance.now()

console.log(`${rounds} rounds, seed ${seed}`)
const { kills, confirmed, counted, problems } = await hammerStore({
  directory,
  rounds,
  seed,
  onRound: (round, killed) => {
    if (round % 100 === 0) console.log(`${round} rounds, ${killed} processes killed, ${seconds()} s`)
  },
})
console.log(
  `${rounds} rounds, ${kills} processes killed, ${confirmed} increments confirmed, ${counted} counted, ${seconds()} s`,
)

if (problems.length === 0) {
  console.log('no update was lost')
  await rm(directory, { recursive: true })
} else {
  for (const problem of problems) console.error(problem)
  console.error(`the store is left in ${directory}`)
  process.exitCode = 1
}

function seconds(): number {
  return Math.round((performance.now() - started) / 1000)
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  console.error(`${option} takes a whole number, not ${text}`)
  process.exit(2)
}
