// A migration that fails at any of its writes loses nothing, and the next one ends as if nothing had happened.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { EARLIER_ARCHIVES } from '../../../../src/model/earlier-repo.ts'
import { parseRepoName } from '../../../../src/model/names.ts'
import { migrateHome } from '../../../../src/workflows/migrate/migrate-home.ts'
import { Faults } from '../../../fakes/faults.ts'
import {
  type EarlierSample,
  isDatabase,
  LAYOUTS,
  makeRepositoryConfig,
  writeLayout,
} from '../../../support/earlier-homes.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const SECRET = 'SeNt1neL'

let world: World
let home: string

beforeEach(async () => {
  world = await buildWorld()
  home = join(world.root, '.borgboi')
})

/** Two repos, the second in every layout, with exclusions of their own and for all. */
async function leaveEarlierHome(): Promise<void> {
  const [docs, photos] = await Promise.all([sample('docs', 'ab'), sample('photos', 'cd')])
  await writeLayout(home, 'borgboi.db', [docs, photos])
  await writeLayout(home, '.database/borgboi.db', [photos])
  await writeLayout(home, 'data/repositories', [photos])
  await writeLayout(home, '.borgboi_metadata', [photos])
  await writeFile(join(home, 'docs_excludes.txt'), '*.tmp\n')
  await writeFile(join(home, 'photos_excludes.txt'), '*.cache\n')
  await writeFile(join(home, 'excludes.txt'), '*.bak\n')
}

async function sample(name: string, digits: string): Promise<EarlierSample> {
  const path = join(world.root, name)
  const id = digits.repeat(32)
  await makeRepositoryConfig(path, id)
  return { name, path, backup_target: world.source, hostname: 'anna', passphrase: `${SECRET} ${name}`, id }
}

function faultyDeps(faults: Faults): World['deps'] {
  const { deps } = world
  return {
    ...deps,
    repos: faults.in(deps.repos, ['add']),
    exclusions: faults.in(deps.exclusions, ['write']),
    passphrases: faults.in(deps.passphrases, ['store']),
    earlierHome: faults.in(deps.earlierHome, ['blankPassphrase']),
  }
}

/** 3 exclusions, 2 passphrases, 2 records, 5 old records. */
const WRITES = 12

/** Passphrases that are in no file of their own have to be where they were. */
async function passphraseIsSomewhere(name: string): Promise<boolean> {
  const old = LAYOUTS.map((layout) => join(home, layout, ...(isDatabase(layout) ? [] : [`${name}.json`])))
  const files = [world.deps.passphrases.path(parseRepoName(name)), ...old]
  const texts = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')))
  return texts.some((text) => text.includes(`${SECRET} ${name}`))
}

async function endState() {
  const { deps } = world
  const records = await deps.repos.list()
  const scopes = ['shared' as const, ...records.map(({ name }) => name)]
  return {
    records: records.map(({ name, borgId, sources, archiveGlob }) => ({ name, borgId, sources, archiveGlob })),
    exclusions: await Promise.all(scopes.map((scope) => deps.exclusions.read(scope))),
    passphrases: await Promise.all(records.map(({ name }) => readFile(deps.passphrases.path(name), 'utf8'))),
    left: (
      await Promise.all(LAYOUTS.filter(isDatabase).map((layout) => readFile(join(home, layout), 'latin1')))
    ).filter((text) => text.includes(SECRET)),
  }
}

const ENDED_WELL = {
  records: [
    { name: 'docs', borgId: 'ab'.repeat(32), sources: [expect.any(String)], archiveGlob: EARLIER_ARCHIVES },
    { name: 'photos', borgId: 'cd'.repeat(32), sources: [expect.any(String)], archiveGlob: EARLIER_ARCHIVES },
  ],
  exclusions: ['*.bak\n', '*.tmp\n', '*.cache\n'],
  passphrases: [`${SECRET} docs\n`, `${SECRET} photos\n`],
  left: [],
}

test('it writes as often as the sweep below assumes', async () => {
  await leaveEarlierHome()
  const counter = new Faults(-1, 'before')

  await migrateHome(faultyDeps(counter), { dryRun: false })

  expect(counter.calls).toBe(WRITES)
  expect(await endState()).toEqual(ENDED_WELL)
})

describe.each(['before', 'after'] as const)('a write that fails %s its effect', (when) => {
  test.each(Array.from({ length: WRITES }, (_, index) => index))(
    '(number %i) is made up for by the next run',
    async (at) => {
      await leaveEarlierHome()
      const faults = new Faults(at, when)

      const first = await migrateHome(faultyDeps(faults), { dryRun: false }).catch(() => undefined)

      expect(faults.failed).toBeDefined()
      // The exclusions for all come before any repo: there nothing was done yet.
      if (first !== undefined) expect(first.findings.map(({ level }) => level)).toContain('error')
      expect(await Promise.all(['docs', 'photos'].map(passphraseIsSomewhere))).toEqual([true, true])
      const second = await migrateHome(world.deps, { dryRun: false })
      expect(second.findings.filter(({ level }) => level === 'error')).toEqual([])
      expect(await endState()).toEqual(ENDED_WELL)
    },
  )
})

test('a dry run writes nothing and plans the same', async () => {
  await leaveEarlierHome()
  const counter = new Faults(-1, 'before')

  const planned = await migrateHome(faultyDeps(counter), { dryRun: true })
  const done = await migrateHome(world.deps, { dryRun: false })

  expect(counter.calls).toBe(0)
  const withoutBlanked = done.repos.map((repo) => ({ ...repo, blanked: [] }))
  expect({ ...planned, dryRun: false }).toEqual({ ...done, repos: withoutBlanked })
})
