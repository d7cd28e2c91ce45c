import { describe, expect, it } from 'vitest'
import { findRecord, findRecords } from '../../../../src/workflows/shared/find-record.ts'
import { MemoryRepoStore } from '../../../fakes/memory-repo-store.ts'
import { sampleRecord } from '../../../support/store-samples.ts'

async function storeOf(...names: string[]) {
  const repos = new MemoryRepoStore()
  for (const name of names) await repos.add(sampleRecord(name))
  return { repos }
}

describe('one repo', () => {
  it('is found by name, by path, or as the only one', async () => {
    const one = await storeOf('docs')

    for (const target of [{ name: 'docs' }, { path: '/srv/borg/docs' }, {}]) {
      expect((await findRecord(one, target)).name).toBe('docs')
    }
  })

  it('is found by a name in any Unicode form', async () => {
    const deps = await storeOf('münchen')

    expect((await findRecord(deps, { name: 'mu\u0308nchen' })).name).toBe('münchen')
  })

  it('has to be named when there are more', async () => {
    await expect(findRecord(await storeOf('docs', 'pics'), {})).rejects.toMatchObject({
      code: 'usage-invalid',
      reason: 'recorded: docs, pics',
      hint: 'name one with --name',
    })
  })

  it('is not guessed from both a name and a path', async () => {
    const target = { name: 'docs', path: '/srv/borg/docs' }

    await expect(findRecord(await storeOf('docs'), target)).rejects.toMatchObject({ code: 'usage-invalid' })
  })

  it.each([{ name: 'other' }, { path: '/elsewhere' }])(
    'that is not recorded is told with those that are: %j',
    async (target) => {
      const many = await storeOf(...Array.from({ length: 10 }, (_, index) => `repo${index}`))

      await expect(findRecord(many, target)).rejects.toMatchObject({
        code: 'repo-unknown',
        exitCode: 2,
        reason: expect.stringMatching(/^recorded: repo0, .*, repo7 and 2 more$/),
      })
    },
  )

  it('cannot be found where there is none', async () => {
    for (const target of [{}, { name: 'docs' }]) {
      await expect(findRecord(await storeOf(), target)).rejects.toMatchObject({ code: 'repo-unknown' })
    }
  })

  it('is not looked for by an impossible name', async () => {
    await expect(findRecord(await storeOf('docs'), { name: '../docs' })).rejects.toMatchObject({
      code: 'value-invalid',
    })
  })
})

describe('all repos', () => {
  it('are given in the order of their names', async () => {
    const found = await findRecords(await storeOf('pics', 'docs'), { all: true })

    expect(found.map(({ name }) => name)).toEqual(['docs', 'pics'])
  })

  it.each([{ name: 'docs' }, { path: '/srv/borg/docs' }])('are not meant together with one: %j', async (target) => {
    const selection = { all: true, ...target }

    await expect(findRecords(await storeOf('docs'), selection)).rejects.toMatchObject({ code: 'usage-invalid' })
  })

  it('are told to be none', async () => {
    await expect(findRecords(await storeOf(), { all: true })).rejects.toMatchObject({ code: 'repo-unknown' })
  })
})
