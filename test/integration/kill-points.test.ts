// Collections of garbage that are killed before or after any request. Pushes, restores, pulls and promotions are killed
// in push.test.ts, restore-generation.test.ts and pull.test.ts.

import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createReplication } from '../../src/replication/replicate.ts'
import { ageVault } from '../support/aged-vault.ts'
import { vaultAt } from '../support/directory-vault.ts'
import { type Fault, machineContext, type Outcome } from '../support/offsite-operation.ts'
import { bundledOffsiteWorker, performApart } from '../support/offsite-process.ts'
import { suiteDir } from '../support/temp-dir.ts'

const FIXTURE = join(import.meta.dirname, '../fixtures/vault/format-1')
const HOUR_MS = 3_600_000
const { repoId: borgId }: { readonly repoId: string } = JSON.parse(readFileSync(join(FIXTURE, 'expected.json'), 'utf8'))

describe('a collection of garbage that is killed', () => {
  let directory: string
  let program: string

  beforeAll(async () => {
    directory = await suiteDir()
    program = await bundledOffsiteWorker(directory)
  })

  test.each(['before', 'after'] as const)(
    '%s any request deletes nothing that is needed, and is over in the end',
    async (when) => {
      const root = join(directory, when)
      cpSync(join(FIXTURE, 'vault'), root, { recursive: true })
      ageVault(root, 100 * HOUR_MS)
      const ends: Outcome['end'][] = []

      for (let call = 0; ends.at(-1) !== 'done'; call++) {
        ends.push((await collect(root, { kind: 'kill', call, when })).end)
        expect(await damagedIn(root)).toEqual([])
        // What killed ones had noted is believed a day later.
        ageVault(root, 25 * HOUR_MS)
      }
      await collect(root)

      expect(ends.length).toBeGreaterThan(10)
      expect(new Set(ends.slice(0, -1))).toEqual(new Set(['killed']))
      expect(await leftIn(root)).toEqual({ generations: [3, 2], unreferenced: 0 })
    },
  )

  /** The two newest generations are to stay; the third has expired. */
  async function collect(vaultRoot: string, fault?: Fault): Promise<Outcome> {
    const input = { borgId, policy: { last: 2 }, graceMs: 72 * HOUR_MS, dryRun: false }
    return await performApart(program, {
      vaultRoot,
      installId: 'anna',
      stateDirectory: join(directory, 'state'),
      operation: { name: 'collect', input },
      ...(fault && { fault }),
    })
  }

  async function verified(root: string) {
    const replication = createReplication(machineContext('anna', join(directory, 'state')))
    return await replication.verify(vaultAt(root), { borgId, level: 3 }, {})
  }

  const damagedIn = async (root: string) => (await verified(root)).damaged

  async function leftIn(root: string) {
    const { generations, unreferenced } = await verified(root)
    return { generations: generations.toSorted((a, b) => b - a), unreferenced: unreferenced.objects }
  }
})
