import { chmod, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseRepoName } from '../../../../src/model/names.ts'
import { systemClock } from '../../../../src/platform/clock.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import type { DoctorDeps } from '../../../../src/workflows/doctor/check.ts'
import { runDoctor } from '../../../../src/workflows/doctor/run-doctor.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

let world: World

beforeEach(async () => {
  world = await buildWorld()
  const kit = { path: join(world.root, 'docs'), madeAt: '2026-11-20T02:30:00Z' }
  await world.addRepo('docs', { kits: [kit] })
})

const doctor = (changes: Partial<DoctorDeps> = {}, target = {}) => runDoctor({ ...world.deps, ...changes }, target)

/** What is not well, as `check level`. */
async function complaints(changes: Partial<DoctorDeps> = {}): Promise<string[]> {
  const { findings } = await doctor(changes)
  return findings
    .filter(({ level }) => level !== 'ok' && level !== 'skipped')
    .map(({ check, level }) => `${check} ${level}`)
}

async function fingerprint(): Promise<string[]> {
  const names = (await readdir(world.root, { recursive: true })).sort()
  return await Promise.all(names.map(async (name) => `${name} ${(await stat(join(world.root, name))).mtimeMs}`))
}

describe('doctor', () => {
  test('finds nothing wrong where nothing is, and changes nothing', async () => {
    await runBackup(world.deps, { name: 'docs', passphrase: {} })
    const before = await fingerprint()

    const { level, findings } = await doctor()

    expect(level).toBe('ok')
    expect(findings.filter((finding) => finding.repo === undefined).map(({ check }) => check)).toEqual([
      'Borg',
      'configuration',
      'passphrase files',
      'records',
      'clock',
      'schedule',
    ])
    expect(findings.filter((finding) => finding.repo === 'docs').map(({ check }) => check)).toEqual([
      'repository',
      'sources',
      'passphrase',
      'recovery kit',
      'lock',
      'space',
      'vault',
      'last backup',
    ])
    expect(await fingerprint()).toEqual(before)
  })

  test('looks at one repo where one is named', async () => {
    await world.addRepo('pics')

    const { findings } = await doctor({}, { name: 'pics' })

    expect(new Set(findings.map(({ repo }) => repo))).toEqual(new Set([undefined, 'pics']))
    await expect(doctor({}, { name: 'none' })).rejects.toMatchObject({ code: 'repo-unknown' })
    await expect(doctor({}, { name: 'docs', path: '/x' })).rejects.toMatchObject({ code: 'usage-invalid' })
  })

  test('sees what is gone', async () => {
    await rm(join(world.root, 'docs'), { recursive: true })
    world.borg.repositories.clear()
    await rm(world.source, { recursive: true })
    await rm(world.deps.passphrases.path(parseRepoName('docs')))

    expect(await complaints()).toEqual(['repository error', 'sources error', 'passphrase error'])
    expect((await doctor()).level).toBe('error')
  })

  test('sees a source that became a link, and one that is empty', async () => {
    await rm(world.source, { recursive: true })
    await mkdir(join(world.root, 'real'))
    await mkdir(join(world.root, 'empty'))
    await symlink('real', world.source)
    await world.deps.repos.update(parseRepoName('docs'), (record) => ({
      ...record,
      sources: [world.source, join(world.root, 'empty')],
    }))

    expect(await complaints()).toEqual(['sources error', 'sources warning'])
  })

  test('sees files that others may read, and a passphrase that is half changed', async () => {
    const file = world.deps.passphrases.path(parseRepoName('docs'))
    await chmod(file, 0o644)
    await writeFile(`${file}.new`, 'next', { mode: 0o600 })

    const { findings } = await doctor()

    expect(findings.filter(({ check }) => check === 'passphrase files')).toEqual([
      expect.objectContaining({ hint: 'finish it with: borgboi repo passphrase change --name docs' }),
      expect.objectContaining({ hint: `close it with: chmod 600 ${file}` }),
    ])
  })

  test('sees a clock that went backwards', async () => {
    await runBackup(world.deps, { name: 'docs', passphrase: {} })
    world.deps.clock.advance(-86_400_000)

    expect(await complaints()).toEqual(['clock error'])
  })

  test('sees a vault without a copy, and one that does not answer', async () => {
    await world.addVault('nas')
    await world.deps.repos.update(parseRepoName('docs'), (record) => ({ ...record, vault: 'nas' as never }))
    const down = new AppError('vault-unreachable', 'cannot reach it', { reason: 'timeout', hint: 'is it on?' })
    const vaults = { ...world.deps.vaults, lastProbe: async () => undefined, open: () => Promise.reject(down) }

    expect(await complaints()).toEqual(['recovery kit warning', 'vault warning'])
    expect((await doctor({ vaults } as never)).findings.filter(({ check }) => check === 'vault')).toEqual([
      { check: 'vault', repo: 'docs', level: 'error', message: 'cannot reach it: timeout', hint: 'is it on?' },
    ])
  })

  test('sees a backup that failed', async () => {
    world.borg.failures.set('create', new AppError('disk-full', 'no space'))
    await runBackup(world.deps, { name: 'docs', passphrase: {} })

    expect(await complaints()).toEqual(['last backup error'])
  })

  test('is not kept by what hangs', async () => {
    const files = { ...world.deps.files, kind: () => new Promise<never>(() => {}) }
    const clock = {
      ...systemClock,
      now: () => world.deps.clock.now(),
      within: <T>(_: number, act: Promise<T>) => systemClock.within(50, act),
    }

    const { findings } = await doctor({ files, clock })

    expect(findings.filter(({ level }) => level === 'error').map(({ check, message }) => [check, message])).toEqual(
      ['repository', 'sources', 'passphrase', 'space'].map((check) => [check, 'no answer within 15 s']),
    )
  })

  test('says what is wrong with the configuration, and what needs it is left out', async () => {
    const broken = await buildWorld({ 'borg.compression': 'zip' })

    const { level, findings } = await runDoctor({ ...world.deps, config: broken.deps.config }, {})

    expect(level).toBe('error')
    expect(findings.find(({ check }) => check === 'configuration')).toMatchObject({ level: 'error' })
    expect(findings.some(({ repo }) => repo !== undefined)).toBe(false)
  })

  test('says what is wrong with records that cannot be read', async () => {
    const repos = Object.assign(Object.create(world.deps.repos), {
      list: () => Promise.reject(new AppError('store-damaged', 'cannot read the records')),
      check: async () => ({ path: world.root, revision: 0, repos: 0, problems: ['it is damaged'], waiting: 0 }),
    })

    const { findings } = await doctor({ repos })

    expect(findings.find(({ check }) => check === 'records')).toMatchObject({
      level: 'error',
      message: 'it is damaged',
    })
  })
})
