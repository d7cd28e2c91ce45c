// A push on a repository of made-up content and a vault in memory: what it sends, and what it refuses.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Machine } from '../../support/push-machine.ts'

describe('a push', () => {
  test('copies the committed files of a repository as the first generation', async () => {
    const machine = await Machine.create()
    machine.repository.append('not committed')
    machine.repository.write('lock.roster', '{}')

    const result = await machine.push()

    const { files, ...manifest } = await machine.head()
    expect(result).toMatchObject({ outcome: 'pushed', seq: 1, objects: 8, totals: { files: 8 } })
    expect(manifest).toMatchObject({
      seq: 1,
      writer: { installId: 'anna', host: 'anna.example', epoch: 1 },
      borg: { transactionId: 1, segmentsPerDir: 1000, nonce: '0000000000001001' },
    })
    expect(files.map(({ path, role }) => `${role} ${path}`)).toEqual([
      'readme README',
      'config config',
      'segment data/0/0',
      'segment data/0/1',
      'aux hints.1',
      'aux index.1',
      'aux integrity.1',
      'nonce nonce',
    ])
    expect(machine.leftovers()).toEqual([])
  })

  test('takes one request when nothing is new, and reads no file', async () => {
    const machine = await Machine.create()
    await machine.push()

    const second = await machine.push()

    expect(second).toMatchObject({ outcome: 'unchanged', seq: 1, objects: 0, totals: { files: 8 } })
    expect(second.requests).toEqual(['get head.json'])
    expect(machine.stages.at(-1)).toEqual({ stage: 'read the head' })
  })

  test('sends what is new in as many requests as there are new blobs, and four more', async () => {
    const machine = await Machine.create()
    await machine.push()
    machine.repository.commit('second', 'third')

    const { requests, objects, seq } = await machine.push()

    expect({ seq, objects, requests: requests.length }).toEqual({ seq: 2, objects: 6, requests: 10 })
    expect(requests.filter((request) => !request.includes('blob'))).toEqual([
      'get head.json',
      'put manifest',
      'put head.json',
      'get head.json',
    ])
    expect(machine.stages.filter(({ stage, bytes }) => stage === 'hash' && bytes !== undefined)).toHaveLength(11)
    expect((await machine.head()).parent?.seq).toBe(1)
  })

  test('tells each of its steps as it begins', async () => {
    const machine = await Machine.create()
    const stages: string[] = []
    machine.onStage = (stage) => stages.push(stage)

    await machine.push()

    expect([...new Set(stages)]).toEqual([
      'read the head',
      'take the snapshot',
      'hash',
      'upload',
      'write the manifest',
      'move the head',
      'read back',
      'record',
    ])
  })

  test('makes a generation of a changed key, and none of a counter that went on by itself', async () => {
    const machine = await Machine.create()
    await machine.push()
    machine.repository.count(0x5000)
    const counted = await machine.push()
    machine.repository.configure('second key')

    const rekeyed = await machine.push()

    expect(counted.outcome).toBe('unchanged')
    expect(rekeyed).toMatchObject({ outcome: 'pushed', seq: 2, objects: 2 })
  })

  test('notices a segment that was changed under the same name, size and time', async () => {
    const machine = await Machine.create()
    await machine.push()
    const { directory } = machine.repository
    machine.repository.write('data/0/0', readFileSync(join(directory, 'data/0/0'), 'latin1').replace('first', 'FIRST'))

    const result = await machine.push()

    expect(result).toMatchObject({ outcome: 'pushed', seq: 2, objects: 1 })
  })

  test('leaves the index out above the size that is wanted', async () => {
    const machine = await Machine.create()

    await machine.push({ auxMaxBytes: 5 })

    expect((await machine.head()).files.filter(({ role }) => role === 'aux')).toEqual([])
  })

  test('reads nothing again that it knows, also after its links came and went', async () => {
    const machine = await Machine.create()
    await machine.push()
    machine.repository.configure('second key')

    await machine.push()

    const read = machine.stages.filter(({ stage, bytes }) => stage === 'hash' && bytes !== undefined)
    expect(read).toHaveLength(5)
  })

  test('reads again what was written moments before it was looked at', async () => {
    const machine = await Machine.create()
    machine.clock.advance(1_600_000_000_000 - machine.clock.now().getTime())
    await machine.push()
    const second = await machine.push()
    machine.clock.advance(10_000)
    await machine.push()

    const fourth = await machine.push()

    expect(second).toMatchObject({ outcome: 'unchanged', requests: ['get head.json'] })
    const hashed = machine.stages.filter(({ stage, bytes }) => stage === 'hash' && bytes !== undefined)
    expect(hashed).toHaveLength(15)
    expect(fourth.outcome).toBe('unchanged')
  })
})

describe('a repository that is being written', () => {
  test('is copied when the index is there, and refused while it is not', async () => {
    const machine = await Machine.create()
    const { repository } = machine
    await machine.push()
    repository.write('lock.exclusive/host@1.1-0', '')
    repository.append('second')
    repository.write(
      repository.segment(++repository.transactionId),
      Buffer.from('BORG_SEG@\xf4<%\t\0\0\0\x02', 'latin1'),
    )

    await expect(machine.push()).rejects.toMatchObject({ code: 'locked', exitCode: 11 })
    repository.index(1)
    const done = await machine.push()

    expect(done).toMatchObject({ outcome: 'pushed', seq: 2 })
    expect(machine.leftovers()).toEqual([])
  })

  test('is copied without an index when Borg was killed before it wrote one', async () => {
    const machine = await Machine.create()
    const { repository } = machine
    for (const name of ['index.1', 'hints.1', 'integrity.1']) repository.remove(name)

    await machine.push()

    expect((await machine.head()).files.map(({ role }) => role)).not.toContain('aux')
  })

  test('starts over when a file is compacted away between two looks', async () => {
    const machine = await Machine.create()
    const { repository } = machine
    repository.commit('second')
    let compacted = false
    machine.onStage = (stage) => {
      if (stage !== 'hash' || compacted) return
      compacted = true
      repository.commit('first and second')
      repository.remove('data/0/0')
    }

    const first = await machine.push()
    const second = await machine.push()

    expect(first).toMatchObject({ outcome: 'pushed', seq: 1 })
    expect(second).toMatchObject({ outcome: 'pushed', seq: 2 })
    expect((await machine.head()).files.map(({ path }) => path)).not.toContain('data/0/0')
  })
})

describe('damage in the repository', () => {
  test('refuses a new segment that is none, and sends nothing', async () => {
    const machine = await Machine.create()
    await machine.push()
    machine.repository.commit('second')
    machine.repository.write('data/0/2', Buffer.alloc(100))

    await expect(machine.push()).rejects.toMatchObject({ code: 'repository-damaged', exitCode: 13 })
    expect(await machine.head()).toMatchObject({ seq: 1 })
    expect(machine.leftovers()).toEqual([])
  })

  test('refuses a repository whose last commit is missing', async () => {
    const machine = await Machine.create()
    machine.repository.commit('second')
    machine.repository.remove('data/0/3')

    await expect(machine.push()).rejects.toMatchObject({ code: 'repository-damaged' })
  })

  test('refuses another repository, and a directory that is none', async () => {
    const machine = await Machine.create()
    machine.repository.write('config', `[repository]\nid = ${'cd'.repeat(32)}\n`)

    await expect(machine.push()).rejects.toMatchObject({ code: 'repository-moved' })
    machine.repository.remove('.')
    await expect(machine.push()).rejects.toMatchObject({ code: 'repository-missing', exitCode: 10 })
    expect(machine.vault.objects.size).toBe(0)
  })

  test('marks a loss of most of the data until a person says that it is meant', async () => {
    const machine = await Machine.create()
    machine.repository.commit('second'.repeat(500_000))
    await machine.push()
    machine.repository.commit('third')
    machine.repository.remove('data/0/2')

    const planned = await machine.push()
    machine.repository.commit('fourth')
    const later = await machine.push()
    const meant = await machine.push({ acceptLoss: true })
    const next = await machine.push()

    expect(planned.suspicious).toMatch(/fell from 3.00 MB to \d+ B/)
    expect(later.suspicious).toBe(planned.suspicious)
    expect(machine.warnings).toMatchObject([
      { message: expect.stringMatching(/generation 2 .*--accept-loss/) },
      { message: expect.stringContaining('generation 3') },
    ])
    expect(meant).toMatchObject({ outcome: 'pushed', seq: 4 })
    expect(meant.suspicious).toBeUndefined()
    expect(next.outcome).toBe('unchanged')
  })

  test('refuses a repository that is older than its copy, by transaction or by counter', async () => {
    const machine = await Machine.create()
    machine.repository.commit('second')
    await machine.push()
    machine.repository.commit('third')
    machine.repository.count(0x10)

    await expect(machine.push()).rejects.toMatchObject({ code: 'chain-backwards', reason: /counter/ })
    for (const number of [2, 3, 4, 5]) machine.repository.remove(machine.repository.segment(number))
    machine.repository.transactionId = 1
    machine.repository.index(5)
    machine.repository.count(0x9000)
    await expect(machine.push()).rejects.toMatchObject({ code: 'chain-backwards', reason: /transaction is 1/ })
  })
})
