import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { parseRepoName } from '../../../../src/model/names.ts'
import type { SourceTrees } from '../../../../src/model/source-tree.ts'
import { explainExclusions } from '../../../../src/workflows/exclusions/explain-exclusions.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

let world: World

beforeEach(async () => {
  world = await buildWorld()
  await world.addRepo('docs')
})

async function explain(...paths: string[]) {
  return await explainExclusions(world.deps, { paths: paths.map((path) => join(world.source, path)) })
}

async function leaveOut(scope: 'docs' | 'shared', text: string): Promise<void> {
  await world.deps.exclusions.write(scope === 'shared' ? scope : parseRepoName(scope), text)
}

describe('explaining', () => {
  test('what is in a source is backed up, there or not', async () => {
    const found = await explain('.', 'a.txt', 'none/yet')

    expect(found).toMatchObject([
      { verdict: 'backed-up', exists: true, source: world.source },
      { verdict: 'backed-up', exists: true },
      { verdict: 'backed-up', exists: false },
    ])
  })

  test('what is in no source is said to be, for every repo', async () => {
    await world.addRepo('pics')

    const found = await explain('../elsewhere')

    expect(found).toMatchObject([
      { repo: 'docs', verdict: 'no-source', exists: false },
      { repo: 'pics', verdict: 'no-source' },
    ])
  })

  test('a rule is named with its file and line, and the directory it leaves out', async () => {
    await leaveOut('docs', '# notes\n\nsh:**/node_modules\n')
    await leaveOut('shared', '*.tmp\n')

    const [inside, file] = await explain('app/node_modules/x/i.js', 'b.tmp')

    expect(inside).toMatchObject({
      verdict: 'left-out',
      at: join(world.source, 'app/node_modules'),
      because: { kind: 'rule', rule: { pattern: 'sh:**/node_modules', scope: 'docs', line: 3 } },
    })
    expect(file).toMatchObject({
      because: { rule: { scope: 'shared', line: 1, file: world.deps.exclusions.path('shared') } },
    })
  })

  test('what a killed restore left behind is left out by borgboi itself', async () => {
    const [found] = await explain('.borgboi-restore-x/file')

    expect(found).toMatchObject({ verdict: 'left-out', because: { rule: { scope: 'borgboi' } } })
  })

  test('a rule that only Borg can read leaves it open', async () => {
    await leaveOut('docs', 're:z++\n')

    expect(await explain('a.txt')).toMatchObject([{ verdict: 'unknown', because: { rule: { pattern: 're:z++' } } }])
  })

  test('a directory that is tagged as a cache goes with all that is in it, unless that is switched off', async () => {
    await mkdir(join(world.source, 'cache/sub'), { recursive: true })
    await writeFile(join(world.source, 'cache/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55')

    expect(await explain('cache/sub')).toMatchObject([
      { verdict: 'left-out', at: join(world.source, 'cache'), because: { kind: 'cache-directory' } },
    ])

    const off = await buildWorld({ 'borg.exclude_caches': 'false' })
    const deps = { ...world.deps, config: off.deps.config }
    const [found] = await explainExclusions(deps, { paths: [join(world.source, 'cache/sub')] })
    expect(found).toMatchObject({ verdict: 'backed-up' })
  })

  test("the repository and Borg's cache are never in an archive", async () => {
    await world.deps.repos.update(parseRepoName('docs'), (record) => ({ ...record, sources: [world.root] }))
    const cache = await world.deps.borg.cacheDirectory()
    await mkdir(cache, { recursive: true })

    const found = await explainExclusions(world.deps, { paths: [join(world.root, 'docs/README'), join(cache, 'x')] })

    expect(found).toMatchObject([{ because: { kind: 'repository' } }, { because: { kind: 'borg-cache' } }])
  })

  test('behind a link there is nothing for Borg; through one, a path is what it leads to', async () => {
    await symlink('/etc', join(world.source, 'link'))
    await symlink(world.source, join(world.root, 'way'))

    const [link, behind] = await explain('link', 'link/passwd')
    const [through] = await explainExclusions(world.deps, { paths: [join(world.root, 'way/a.txt')] })

    expect(link).toMatchObject({ verdict: 'backed-up' })
    expect(behind).toMatchObject({ verdict: 'left-out', because: { kind: 'link' }, exists: true })
    expect(through).toMatchObject({ verdict: 'backed-up', realPath: join(world.source, 'a.txt') })
  })

  test('another file system is stored as a directory, with nothing in it', async () => {
    const beyond = join(world.source, 'mnt')
    await mkdir(join(beyond, 'x'), { recursive: true })
    const there = world.deps.sourceTrees
    const sourceTrees: SourceTrees = {
      ...there,
      entry: async (path) => {
        const entry = await there.entry(path)
        return entry?.path.startsWith(beyond) ? { ...entry, device: entry.device + 1 } : entry
      },
    }
    const one = await buildWorld({ 'borg.one_file_system': 'true' })
    const deps = { ...world.deps, config: one.deps.config, sourceTrees }

    const found = await explainExclusions(deps, { paths: [beyond, join(beyond, 'x')] })

    expect(found).toMatchObject([
      { verdict: 'backed-up' },
      { verdict: 'left-out', at: beyond, because: { kind: 'other-file-system' } },
    ])
  })

  test('a path in two sources is backed up when one of them has it', async () => {
    await leaveOut('docs', `pp:${world.source}/sub\n`)
    await mkdir(join(world.source, 'tagged/sub'), { recursive: true })
    await writeFile(join(world.source, 'tagged/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55')
    await world.deps.repos.update(parseRepoName('docs'), (record) => ({
      ...record,
      sources: [world.source, join(world.source, 'tagged/sub')],
    }))

    expect(await explain('tagged/sub/x')).toMatchObject([
      { verdict: 'backed-up', source: join(world.source, 'tagged/sub') },
    ])
    expect(await explain('sub')).toMatchObject([{ verdict: 'left-out' }])
  })

  test('exclusions that no backup could use are an error, as they are for a backup', async () => {
    await leaveOut('docs', 'xx:bad\n')

    await expect(explain('a.txt')).rejects.toMatchObject({ code: 'value-invalid' })
  })

  test('one repo or all: not both a name and a path, nor one that is unknown', async () => {
    const paths = [world.source]

    await expect(explainExclusions(world.deps, { paths, name: 'x' })).rejects.toMatchObject({ code: 'repo-unknown' })
    await expect(explainExclusions(world.deps, { paths, name: 'docs', path: '/x' })).rejects.toMatchObject({
      code: 'usage-invalid',
    })
  })
})
