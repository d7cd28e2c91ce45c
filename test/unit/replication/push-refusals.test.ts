// What a push makes of a head that is lost, of other writers, of vaults that promise less, and of being stopped.

import { describe, expect, test } from 'vitest'
import { thisProcess } from '../../../src/platform/process-identity.ts'
import { MemoryVault } from '../../fakes/memory-vault.ts'
import { contentOf } from '../../support/contents.ts'
import { sampleRepository, writeGeneration } from '../../support/generations.ts'
import { Machine } from '../../support/push-machine.ts'

describe('a head', () => {
  test.each([
    ['missing', (machine: Machine) => machine.vault.objects.delete(machine.chain.keys.head)],
    [
      'garbage',
      async (machine: Machine) => await machine.chain.vault.put(machine.chain.keys.head, contentOf('{}'), 'any'),
    ],
  ])('that is %s is written anew from the chain', async (_, break_) => {
    const machine = await Machine.create()
    await machine.push()
    machine.repository.commit('second')
    await machine.push()
    await break_(machine)

    const adopted = await machine.push()
    await break_(machine)
    machine.repository.commit('third')
    const pushed = await machine.push()

    expect(adopted).toMatchObject({ outcome: 'adopted', seq: 2, objects: 0 })
    expect(pushed).toMatchObject({ outcome: 'pushed', seq: 3 })
    expect(await machine.head()).toMatchObject({ seq: 3, parent: { seq: 2 } })
  })

  test('older than what was confirmed here is refused, and so is a vault that was emptied', async () => {
    const machine = await Machine.create()
    await machine.push()
    const first = await machine.chain.readHead()
    machine.repository.commit('second')
    await machine.push()
    await machine.chain.putJson(machine.chain.keys.head, first?.head, 'any')

    await expect(machine.push()).rejects.toMatchObject({
      code: 'chain-backwards',
      reason: /generation 2 was confirmed/,
    })
    machine.vault.objects.clear()
    await expect(machine.push()).rejects.toMatchObject({ code: 'chain-backwards' })
  })

  test('of another line than what was confirmed here is a fork', async () => {
    const machine = await Machine.create()
    await machine.push()
    const first = await machine.head()
    machine.repository.commit('second')
    await machine.push()
    const parent = await machine.chain.readManifest(machine.chain.keys.manifest(1, first.ulid))
    const rival = await writeGeneration(machine.vault, sampleRepository(5), { parent: parent.ref, installId: 'anna' })
    const third = await writeGeneration(machine.vault, sampleRepository(8), { parent: rival.ref, installId: 'anna' })

    await expect(machine.push()).rejects.toMatchObject({ code: 'chain-forked' })
    expect((await machine.chain.readHead())?.head.pushId).toBe(third.ref.ulid)
  })
})

describe('two writers', () => {
  test('who push for the first time at once: one wins, the other is told, and then refused', async () => {
    const vault = new MemoryVault()
    const anna = await Machine.create(vault, 'anna')
    const boris = await Machine.create(vault, 'boris', anna.repository)
    let answer: unknown
    vault.before = async ({ name }) => {
      if (name !== 'put' || answer !== undefined) return
      answer = 'boris pushes'
      answer = await boris.push()
    }

    await expect(anna.push()).rejects.toMatchObject({ code: 'push-conflict' })
    expect(answer).toMatchObject({ outcome: 'pushed', seq: 1 })
    await expect(anna.push()).rejects.toMatchObject({ code: 'writer-fenced', reason: /boris\.example/ })
    expect(await anna.head()).toMatchObject({ writer: { installId: 'boris' } })
  })

  test('of whom one took over while the other was sending: the other moves nothing', async () => {
    const machine = await Machine.create()
    await machine.push()
    machine.repository.commit('second')
    const before = await machine.chain.readHead()
    machine.vault.before = async ({ name, key }) => {
      if (name !== 'put' || !key.includes('/objects/')) return
      machine.heal()
      const head = { ...before?.head, epoch: 2, writerId: 'boris' }
      await machine.chain.putJson(machine.chain.keys.head, head, 'any')
    }

    await expect(machine.push()).rejects.toMatchObject({ code: 'push-conflict' })
    await expect(machine.push()).rejects.toMatchObject({ code: 'writer-fenced', reason: /epoch 2/ })
    expect(await machine.head()).toMatchObject({ seq: 1 })
  })
})

describe('a vault that keeps no conditions', () => {
  test('is refused until somebody says that there is one writer', async () => {
    const machine = await Machine.create()

    await expect(machine.push({ conditionalWrites: false })).rejects.toMatchObject({
      code: 'vault-unsafe',
      exitCode: 2,
    })
    const { outcome } = await machine.push({ conditionalWrites: false, singleWriter: true })

    expect(outcome).toBe('pushed')
    expect(machine.warnings).toEqual([{ kind: 'off-site', message: expect.stringContaining('conditional writes') }])
    await machine.head()
  })

  test('shows another writer by what is read back', async () => {
    const machine = await Machine.create()
    const options = { conditionalWrites: false, singleWriter: true }
    await machine.push(options)
    machine.repository.commit('second')
    const before = await machine.chain.readHead()
    machine.onStage = (stage) => {
      if (stage !== 'read back') return
      machine.vault.before = async () => {
        machine.heal()
        await machine.chain.putJson(machine.chain.keys.head, before?.head, 'any')
      }
    }

    await expect(machine.push(options)).rejects.toMatchObject({ code: 'push-conflict' })
  })
})

describe('a stop', () => {
  test.each(['hash', 'upload'])('during %s ends the push in good order, and the next one goes on', async (at) => {
    const machine = await Machine.create()
    machine.onStage = (stage) => {
      if (stage === at) machine.stop.abort('SIGTERM')
    }

    await expect(machine.push()).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(machine.leftovers()).toEqual([])
    const again = await Machine.create(machine.vault, 'anna', machine.repository)
    expect(await again.push()).toMatchObject({ outcome: 'pushed' })
  })
})

describe('a snapshot directory', () => {
  const NAME = '.borgboi-snapshot-01ARZ3NDEKTSV4RRFFQ69G5FAV'

  test('of a process that is gone is removed', async () => {
    const machine = await Machine.create()
    await machine.push()
    const gone = { ...(await thisProcess('anna.example')), processStart: '1' }
    machine.repository.write(`${NAME}/owner.json`, JSON.stringify(gone))
    machine.repository.link('data/0/0', `${machine.repository.directory}/${NAME}/data-0-0`)
    machine.repository.configure('second key')

    await machine.push()

    expect(machine.leftovers()).toEqual([])
  })

  test('of a process that runs is left alone', async () => {
    const machine = await Machine.create()
    machine.repository.write(`${NAME}/owner.json`, JSON.stringify(await thisProcess('anna.example')))

    await machine.push()

    expect(machine.leftovers()).toEqual([NAME])
  })
})

describe('a plan', () => {
  test('tells what a push would send, and writes nothing', async () => {
    const machine = await Machine.create()
    const first = await machine.plan()
    const objects = machine.vault.objects.size
    await machine.push()
    machine.repository.commit('second', 'third')
    const next = await machine.plan()
    const { requests } = await machine.push()

    expect({ due: first.due, seq: first.seq, files: first.newFiles.length, objects }).toEqual({
      due: true,
      seq: 1,
      files: 8,
      objects: 0,
    })
    expect(next).toMatchObject({ due: true, seq: 2, parentSeq: 1, removedFiles: 3, requests: requests.length })
    expect(next.newFiles.map(({ path }) => path)).toContain('data/0/2')
    expect(await machine.plan()).toMatchObject({ due: false, seq: 2, newFiles: [], requests: 1 })
  })
})
