import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseRepoName } from '../../../../src/model/names.ts'
import type { SourceTrees } from '../../../../src/model/source-tree.ts'
import { type AuditDeps, auditExclusions } from '../../../../src/workflows/exclusions/audit-exclusions.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

let world: World

beforeEach(async () => {
  world = await buildWorld()
  await world.addRepo('docs')
})

async function file(path: string, bytes: number): Promise<void> {
  const whole = join(world.source, path)
  await mkdir(dirname(whole), { recursive: true })
  await writeFile(whole, Buffer.alloc(bytes))
}

async function audit(text: string, changes: Partial<AuditDeps> = {}) {
  await world.deps.exclusions.write(parseRepoName('docs'), text)
  const progress: string[] = []
  const onProgress = ({ path = '' }) => void progress.push(path)
  return { ...(await auditExclusions({ ...world.deps, ...changes }, { name: 'docs', onProgress })), progress }
}

describe('an audit', () => {
  test('counts what is backed up, and tells how far it is', async () => {
    await file('sub/big.bin', 1000)
    await file('sub/x.tmp', 500)

    const { sources, progress } = await audit('*.tmp\n')

    expect(sources).toEqual([{ path: world.source, files: 2, bytes: 1005 }])
    expect(progress).toEqual([world.source, join(world.source, 'sub')])
  })

  test('tells rules that are used from those that match nothing, and from those that come too late', async () => {
    await file('app/node_modules/x.tmp', 1)
    await file('b.tmp', 1)
    const text = [
      '*.tmp',
      'sh:**/node_modules',
      'sh:**/b.tmp',
      `pp:${world.source}/app/node_modules/deep`,
      '*.bak',
      'app',
      'pp:/somewhere/else',
      're:a++',
    ].join('\n')

    const { rules } = await audit(text)

    expect(rules.map(({ pattern: _, file: __, scope: ___, ...rest }) => rest)).toEqual([
      { line: 1, state: 'used', leftOut: 1 },
      { line: 2, state: 'used', leftOut: 1 },
      { line: 3, state: 'shadowed', leftOut: 0, by: expect.objectContaining({ pattern: '*.tmp' }) },
      { line: 4, state: 'shadowed', leftOut: 0, by: expect.objectContaining({ pattern: 'sh:**/node_modules' }) },
      { line: 5, state: 'unused', leftOut: 0 },
      { line: 6, state: 'unused', leftOut: 0, advice: 'it means /app alone; for any depth write sh:**/app' },
      { line: 7, state: 'unused', leftOut: 0, advice: '/somewhere/else is in no source' },
      { line: 8, state: 'unknown', leftOut: 0, advice: expect.stringContaining('possessive') },
    ])
  })

  test('names the largest directories, but none whose bytes are in one below it', async () => {
    await file('way/to/movies/a', 900)
    await file('way/to/small', 10)
    for (let index = 0; index < 12; index++) await file(`many/${index}/x`, 10 + index)

    const { largest } = await audit('')

    expect(largest.map(({ path, bytes }) => [path.slice(world.source.length), bytes])).toEqual([
      ['/way/to/movies', 900],
      ['/many', 186],
      ...[21, 20, 19, 18, 17, 16, 15, 14].map((bytes) => [`/many/${bytes - 10}`, bytes]),
    ])
  })

  test('leaves out caches, and says how many there are', async () => {
    await file('cache/x', 100)
    await writeFile(join(world.source, 'cache/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55')

    expect(await audit('')).toMatchObject({ cacheDirectories: 1, sources: [{ bytes: 5 }] })
  })

  test('what may not be read is told, and the rest is counted', async () => {
    await file('closed/x', 100)
    const there = world.deps.sourceTrees
    const sourceTrees: SourceTrees = {
      ...there,
      entries: (directory) => {
        if (directory.endsWith('closed')) throw new AppError('file-denied', `cannot list ${directory}`)
        return there.entries(directory)
      },
    }

    const { unreadable, sources } = await audit('', { sourceTrees })

    expect(unreadable).toEqual({ count: 1, paths: [join(world.source, 'closed')] })
    expect(sources).toMatchObject([{ bytes: 5 }])
  })

  test('a source that is not there, or none at all, is an error', async () => {
    await rm(world.source, { recursive: true })
    await expect(audit('')).rejects.toMatchObject({ code: 'source-missing' })

    await world.deps.repos.update(parseRepoName('docs'), (record) => ({ ...record, sources: [] }))
    await expect(audit('')).rejects.toMatchObject({ code: 'source-missing' })
  })

  test('stops when it is asked to', async () => {
    world.stop.abort('SIGINT')

    await expect(audit('')).rejects.toMatchObject({ code: 'interrupted' })
  })
})
