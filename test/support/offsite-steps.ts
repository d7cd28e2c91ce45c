// What happens in a cycle of the off-site soak: one thing that a person, a machine, a disk or bad luck does, and what must
// hold right after.

import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { State } from './offsite-machine.ts'
import type { Fault, Outcome } from './offsite-operation.ts'
import { require, type World } from './offsite-world.ts'

export async function backUp(world: World): Promise<void> {
  const { writer, chance } = world
  const name = newArchive(world)
  writer.changeFiles(chance)
  await writer.createArchive(name)
  knowContents(world, await writer.state())
}

export async function prune({ writer, chance }: World): Promise<void> {
  await writer.borg('prune', '--keep-last', String(1 + chance.below(5)), writer.repository)
}

export async function compact({ writer, chance }: World): Promise<void> {
  await writer.borg('compact', '--threshold', chance.oneOf(['0', '10', '50']), writer.repository)
}

export async function deleteArchive({ writer, chance }: World): Promise<void> {
  const names = Object.keys((await writer.state()).archives)
  if (names.length > 1) await writer.borg('delete', `${writer.repository}::${chance.oneOf(names)}`)
}

/** Which changes the counter without a transaction. */
export async function checkLocally({ writer }: World): Promise<void> {
  await writer.borg('check', writer.repository)
}

export async function changePassphrase({ writer, chance }: World): Promise<void> {
  if (writer.counter() > 0n) await writer.changePassphrase(`passphrase ${chance.below(1e9)}`)
}

export async function push(world: World): Promise<void> {
  const { writer, chance } = world
  const state = await writer.state()
  const faults = chance.isTrue(0.5) ? 1 + chance.below(2) : 0
  for (let fault = 0; fault < faults; fault++) {
    if ((await pushOnce(world, [state], world.someFault())).end === 'done') break
    if (chance.isTrue(0.4)) return
  }
  await pushWithoutFault(world)
}

export async function pushWithoutFault(world: World): Promise<void> {
  const outcome = await pushOnce(world, [await world.writer.state()])
  require(outcome.end === 'done', `a push did not converge: ${JSON.stringify(outcome)}`)
}

async function pushOnce(world: World, states: readonly State[], fault?: Fault): Promise<Outcome> {
  const { writer } = world
  const input = writer.local(world.borgId)
  const outcome = await world.run(writer, { name: 'push', input, acceptLoss: world.chance.isTrue(0.7) }, { fault })
  await world.settle(states)
  if (outcome.end === 'failed') require(outcome.code === 'vault-unreachable', `a push failed: ${outcome.message}`)
  if (outcome.end === 'done') requireHeadHas(world, outcome, states)
  return outcome
}

function requireHeadHas({ head }: World, { result }: Extract<Outcome, { end: 'done' }>, states: readonly State[]) {
  require(head?.seq === result.seq, `a push says ${result.seq}, and the head ${head?.seq}`)
  const agrees = head?.states.some((one) => states.some((other) => isDeepStrictEqual(one, other)))
  require(agrees, `generation ${head?.seq} is not what was pushed`)
}

/** Two processes of one machine: one wins, the other is told or finds nothing to do. */
export async function pushTwiceAtOnce(world: World): Promise<void> {
  const { writer } = world
  const state = await writer.state()
  const operation = { name: 'push', input: writer.local(world.borgId) } as const
  const outcomes = await Promise.all([0, 1].map(() => world.run(writer, operation, { apart: true, isBusy: true })))
  await world.settle([state])
  const ends = outcomes.map((outcome) => (outcome.end === 'failed' ? outcome.code : outcome.end))
  require(ends.includes('done') && ends.every((end) => ['done', 'push-conflict', 'locked'].includes(end)), ends.join())
}

/** Borg commits or compacts during the push: it has the state before, or the one after. */
export async function pushWhileBorgWorks(world: World): Promise<void> {
  const { writer, chance } = world
  const before = await writer.state()
  writer.changeFiles(chance)
  const work = chance.oneOf(['create', 'compact', 'prune'])
  const done =
    work === 'create'
      ? writer.createArchive(newArchive(world))
      : work === 'compact'
        ? writer.borg('compact', '--threshold', '0', writer.repository)
        : writer.borg('prune', '--keep-last', '2', writer.repository)
  await delay(chance.below(900))
  const input = writer.local(world.borgId)
  const outcome = await world.run(writer, { name: 'push', input }, { isBusy: true })
  await done
  const after = await writer.state()
  knowContents(world, after)
  require(outcome.end === 'done', `a push beside borg ${work} ended: ${JSON.stringify(outcome)}`)
  await world.settle([before, after])
}

/** Borg is killed, and the push comes before any other Borg has cleared up. */
export async function pushAfterBorgDied(world: World): Promise<void> {
  const { writer, chance } = world
  writer.changeFiles(chance)
  const name = newArchive(world)
  const args = chance.isTrue(0.7)
    ? ['create', '--compression', 'none', `${writer.repository}::${name}`, writer.source]
    : ['compact', '--threshold', '0', writer.repository]
  await writer.tryBorg(args, { killAfterMs: 100 + chance.below(900) })
  const outcome = await world.run(writer, { name: 'push', input: writer.local(world.borgId), lockWaitMs: 300 })
  const state = await writer.state()
  knowContents(world, state)
  await world.settle([state])
  const ended = outcome.end === 'failed' ? outcome.code : outcome.end
  require(['done', 'locked'].includes(ended), `a push after a killed Borg: ${JSON.stringify(outcome)}`)
}

export async function restoreSome(world: World): Promise<void> {
  const { chance, writer } = world
  const generations = world.restorable()
  if (generations.length === 0) return
  const generation = chance.oneOf(generations)
  const directory = world.scratch()
  const input = { borgId: world.borgId, directory, generation: generation.seq, writable: false }
  for (let faults = chance.below(3); faults > 0; faults--) {
    const outcome = await world.run(writer, { name: 'restore', input }, { fault: world.someFault() })
    if (outcome.end === 'done') break
    if (existsSync(directory)) break
  }
  if (!existsSync(directory)) {
    const outcome = await world.run(writer, { name: 'restore', input })
    require(outcome.end === 'done', `generation ${generation.seq} did not restore: ${JSON.stringify(outcome)}`)
    const left = readdirSync(world.directory).filter((name) => join(world.directory, name).startsWith(`${directory}.`))
    require(left.length === 0, `a restore left ${left} beside its target`)
  }
  await world.requireStateOf(directory, generation)
  rmSync(directory, { recursive: true })
}

export async function pull(world: World): Promise<void> {
  const { chance, replica, head } = world
  if (head === undefined) return
  const directory = replica.repository
  const input = { borgId: world.borgId, directory, keep: 1 + chance.below(3) }
  const shown = join(directory, 'current')
  for (let faults = chance.below(3); faults > 0; faults--) {
    const outcome = await world.run(replica, { name: 'pull', input }, { fault: world.someFault() })
    if (outcome.end === 'done' || !existsSync(shown)) continue
    const [seq] = /\d{12}/.exec(readlinkSync(shown)) ?? []
    const generation = world.restorable().find((one) => one.seq === Number(seq))
    if (generation) await world.requireStateOf(shown, generation)
  }
  const outcome = await world.run(replica, { name: 'pull', input })
  require(outcome.end === 'done', `a replica did not follow: ${JSON.stringify(outcome)}`)
  await world.requireStateOf(shown, head)
}

/** Somebody writes to the replica: as soon as there is something to pull it says so, and stays as it is. */
export async function divergeReplica(world: World): Promise<void> {
  const { replica } = world
  const current = join(replica.repository, 'current')
  if (!existsSync(current)) return
  writeFileSync(join(current, 'data', '99999'), 'somebody wrote this')
  await backUp(world)
  await pushWithoutFault(world)
  const input = { borgId: world.borgId, directory: replica.repository, keep: 2 }
  const outcome = await world.run(replica, { name: 'pull', input })
  require(outcome.end === 'failed' && outcome.code === 'replica-diverged', JSON.stringify(outcome))
  replica.remove()
  world.replica = world.newMachine()
}

/** New archives are of the source as it is now. */
function knowContents({ contents, writer }: World, { archives }: State): void {
  const hash = writer.sourceHash()
  for (const id of Object.values(archives)) if (!contents.has(id)) contents.set(id, hash)
}

function newArchive(world: World): string {
  world.count('archives')
  return `archive-${world.counts['archives']}`
}
