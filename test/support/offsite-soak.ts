// The off-site soak: random cycles of what happens to a repository and its copies, on the real Borg and a vault in a
// directory, with processes killed and requests failing on the way. After each the cheap invariant holds, and every so
// often generations are restored and checked by Borg. The seed decides everything but how fast processes are.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { newVaultAt } from './directory-vault.ts'
import {
  collectGarbage,
  collectWhileOthersWork,
  damageBlob,
  damageHead,
  oldWriterReturns,
  takeOver,
} from './offsite-events.ts'
import { Machine } from './offsite-machine.ts'
import { bundledOffsiteWorker } from './offsite-process.ts'
import {
  backUp,
  changePassphrase,
  checkLocally,
  compact,
  deleteArchive,
  divergeReplica,
  prune,
  pull,
  push,
  pushAfterBorgDied,
  pushTwiceAtOnce,
  pushWhileBorgWorks,
  restoreSome,
} from './offsite-steps.ts'
import { PASSPHRASE, World } from './offsite-world.ts'
import { Chance } from './seeded-random.ts'

export interface OffsiteSoakOptions {
  /** An empty directory. */
  readonly directory: string
  readonly cycles: number
  readonly seed: number
  /** After so many cycles generations are restored and checked by Borg. */
  readonly deepEvery: number
  onCycle?(cycle: number, event: string): void
}

export interface OffsiteSoakResult {
  /** How often everything happened, by its name. */
  readonly counts: Readonly<Record<string, number>>
  readonly generations: number
}

/** How likely each is, against the others. */
const EVENTS: readonly (readonly [number, (world: World) => Promise<void>])[] = [
  [12, backUpAndPush],
  [4, backUp],
  [14, push],
  [3, prune],
  [3, compact],
  [1, deleteArchive],
  [1, checkLocally],
  [2, changePassphrase],
  [2, pushTwiceAtOnce],
  [5, pushWhileBorgWorks],
  [4, pushAfterBorgDied],
  [5, restoreSome],
  [5, pull],
  [1, divergeReplica],
  [5, takeOver],
  [3, oldWriterReturns],
  [5, collectGarbage],
  [4, collectWhileOthersWork],
  [4, damageBlob],
  [3, damageHead],
]

/** @throws Error naming the cycle, what happened in it, and what did not hold */
export async function soakOffsite(options: OffsiteSoakOptions): Promise<OffsiteSoakResult> {
  const { directory, cycles, deepEvery } = options
  const world = await makeWorld(options)
  for (let cycle = 1; cycle <= cycles; cycle++) {
    const event = cycle === 1 ? backUpAndPush : someEvent(world.chance)
    options.onCycle?.(cycle, event.name)
    world.count(event.name)
    try {
      await event(world)
      await world.check()
      if (cycle % deepEvery === 0 || cycle === cycles) await checkSomeDeeply(world)
    } catch (error) {
      throw new Error(`cycle ${cycle}, ${event.name}, in ${directory}: ${String(error)}`, { cause: error })
    }
  }
  return { counts: world.counts, generations: world.head?.seq ?? 0 }
}

async function makeWorld({ directory, seed }: OffsiteSoakOptions): Promise<World> {
  const chance = new Chance(seed)
  mkdirSync(join(directory, 'vault'))
  await newVaultAt(join(directory, 'vault'))
  const writer = new Machine(directory, 'machine-0', PASSPHRASE)
  const borgId = await writer.initialise(chance.isTrue(0.8) ? 'repokey-blake2' : 'none')
  return new World(directory, await bundledOffsiteWorker(directory), writer, borgId, chance)
}

async function backUpAndPush(world: World): Promise<void> {
  await backUp(world)
  await push(world)
}

function someEvent(chance: Chance) {
  let place = chance.below(EVENTS.reduce((sum, [weight]) => sum + weight, 0))
  for (const [weight, event] of EVENTS) {
    place -= weight
    if (place < 0) return event
  }
  return push
}

/** The newest generation, and two that anybody could ask for. */
async function checkSomeDeeply(world: World): Promise<void> {
  const generations = world.restorable()
  if (generations.length === 0) return
  const chosen = new Set([world.head, world.chance.oneOf(generations), world.chance.oneOf(generations)])
  for (const generation of chosen) if (generation) await world.checkDeeply(generation)
}
