import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { type AskSettingsInput, askSettings } from '../../../../src/workflows/repo/ask-settings.ts'
import { createRepo } from '../../../../src/workflows/repo/create-repo.ts'
import { installSchedule } from '../../../../src/workflows/schedule/install-schedule.ts'
import { FakeAsker } from '../../../fakes/fake-asker.ts'
import { FakeBorg } from '../../../fakes/fake-borg.ts'
import { FakeScheduler } from '../../../fakes/fake-scheduler.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

async function settle(world: World, answers: readonly string[], given: Partial<AskSettingsInput> = {}) {
  const asker = new FakeAsker(...answers)
  const settings = await askSettings(world.deps, {
    sources: [],
    passphrase: {},
    workingDirectory: world.root,
    homeDirectory: world.root,
    ask: asker.ask,
    ...given,
  })
  return { settings, heard: asker.heard }
}

const NO_CONDITIONS = { network: false, volume: false, mains: false, waitMs: 0 }

const missing = async () => {
  throw new AppError('borg-missing', 'cannot run borg')
}

describe('asking for what a new repo needs', () => {
  it('ends in settings that a repo can be made with', async () => {
    const world = await buildWorld()
    await world.addVault('nas')

    const { settings } = await settle(world, [
      '~/source',
      '',
      'backups/docs',
      '',
      'nas',
      'daily=3',
      'Mon..Fri 18:00',
      'y',
    ])

    expect(settings).toMatchObject({
      name: 'source',
      path: join(world.root, 'backups/docs'),
      sources: [world.source],
      vault: 'nas',
      retention: 'daily=3',
      schedule: 'Mon..Fri 18:00',
    })
    expect(await createRepo(world.deps, settings)).toMatchObject({ record: { name: 'source', vault: 'nas' } })
  })

  it('asks only for what was not given, and for no vault where none is configured', async () => {
    const world = await buildWorld()
    const given = { name: 'docs', sources: ['source'], retention: 'daily=3', compression: 'lz4' }

    const { settings, heard } = await settle(world, ['repository', 'none', ''], given)

    expect(settings).toMatchObject({
      ...given,
      path: join(world.root, 'repository'),
      vault: undefined,
      schedule: undefined,
    })
    expect(heard).toEqual([
      'Where to keep it? (a new directory, best on another disk)',
      'When to back it up by itself? (none: only when you say so)',
      `Back up source into ${join(world.root, 'repository')}: set it up?`,
    ])
  })

  it('takes the configuration for what is to be kept, and says nothing of it in the repo', async () => {
    const { settings } = await settle(await buildWorld(), ['', '', ''], { name: 'd', path: 'd', sources: ['source'] })

    expect(settings.retention).toBeUndefined()
  })

  it('tells what is wrong with an answer, and asks again', async () => {
    const world = await buildWorld()
    await world.addRepo('docs')
    await mkdir(join(world.root, 'full/of'), { recursive: true })
    const answers = [
      'nowhere',
      'source',
      '',
      'source/in',
      'docs',
      'full',
      'new',
      'docs',
      'a/b',
      'mine',
      'x',
      '',
      'now',
      'none',
      'y',
    ]

    const { settings, heard } = await settle(world, answers)

    expect(settings).toMatchObject({ name: 'mine', path: join(world.root, 'new') })
    expect(heard.filter((line) => line.startsWith('!'))).toEqual([
      `! cannot back up ${join(world.root, 'nowhere')}`,
      `! repository path "${join(world.root, 'source/in')}" is not usable`,
      `! cannot record ${join(world.root, 'docs')}`,
      `! cannot create a repository at ${join(world.root, 'full')}`,
      '! cannot record docs',
      '! repo name "a/b" is not usable',
      '! retention policy "x" is not usable',
      '! time "now" is not usable',
    ])
  })

  it('asks for no vault for a repository on another machine', async () => {
    const world = await buildWorld()
    await world.addVault('nas')

    const { settings } = await settle(world, ['ssh://nas/./docs', '', '', ''], { name: 'docs', sources: ['source'] })

    expect(settings).toMatchObject({ path: 'ssh://nas/./docs', vault: undefined })
  })

  it('does not ask when, where every repo is backed up by itself already or nothing could do it', async () => {
    const world = await buildWorld()
    const given = { name: 'd', path: 'd', sources: ['source'], retention: 'daily=3' }
    const missing = async () => {
      throw new AppError('scheduler-missing', 'nothing can')
    }
    const scheduler = Object.assign(new FakeScheduler(world.deps.clock), { install: missing })

    const nothing = await settle({ ...world, deps: { ...world.deps, scheduler } }, [''], given)
    await world.addRepo('docs')
    await installSchedule(world.deps, { all: true, at: 'daily', jitterMs: 0, conditions: NO_CONDITIONS, dryRun: false })
    const already = await settle(world, [''], given)

    expect([nothing.settings.schedule, already.settings.schedule]).toEqual([undefined, undefined])
  })

  it('completes directories, those of the home too', async () => {
    const world = await buildWorld()
    await mkdir(join(world.root, 'source/sub'))
    const completed: (readonly string[])[] = []
    const ask: AskSettingsInput['ask'] = async ({ complete }) => {
      for (const begun of ['so', '~/so', 'source/', 'no/']) completed.push((await complete?.(begun)) ?? [])
      throw new AppError('interrupted', 'left')
    }

    await expect(settle(world, [], { ask })).rejects.toMatchObject({ code: 'interrupted' })
    expect(completed).toEqual([['source/'], ['~/source/'], ['source/sub/'], []])
  })

  it.each([
    ['a Borg that is missing', 'borg-missing', {}],
    ['a name that is taken', 'repo-exists', { name: 'docs' }],
    ['a source that is not there', 'source-missing', { sources: ['nowhere'] }],
    ['a path that is not free', 'repository-exists', { path: 'source' }],
  ] as const)('asks nothing with %s', async (_title, code, given) => {
    const world = await buildWorld()
    await world.addRepo('docs')
    const { deps } = world
    const borg = code === 'borg-missing' ? Object.assign(new FakeBorg(), { version: missing }) : deps.borg

    await expect(settle({ ...world, deps: { ...deps, borg } }, [], given)).rejects.toMatchObject({ code })
  })

  it('ends without effect where the last answer is no', async () => {
    const world = await buildWorld()

    const answer = settle(world, ['', '', 'n'], { name: 'd', path: 'd', sources: ['source'] })

    await expect(answer).rejects.toMatchObject({ code: 'interrupted', hint: expect.stringContaining('nothing') })
    expect(await world.deps.repos.list()).toEqual([])
  })
})
