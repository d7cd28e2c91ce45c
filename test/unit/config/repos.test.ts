import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { FileConfigSource } from '../../../src/config/config-source.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function open(yaml: string, env: Record<string, string> = {}) {
  const home = await tempDir()
  const source = new FileConfigSource({ home, cwd: home, env, flags: {} })
  await writeFile(source.path, yaml)
  return source
}

describe('a repo in the configuration', () => {
  it('has hooks of its own, also where its name has dots', async () => {
    const source = await open('repos:\n  my.docs:\n    hooks:\n      before: mount /a\n      on_error: wall\n')

    expect((await source.load()).repos).toMatchObject({
      'my.docs': { hooks: { before: 'mount /a', on_error: 'wall' } },
    })
    expect(await source.entries()).toContainEqual(
      expect.objectContaining({ key: 'repos.my.docs.hooks.before', value: 'mount /a' }),
    )
  })

  it('is made by a variable', async () => {
    const source = await open('', { BORGBOI_REPOS__DOCS__HOOKS__BEFORE: 'true' })

    expect((await source.load()).repos).toEqual({ docs: { hooks: { before: 'true' }, schedule: {}, breaker: {} } })
  })

  it('says what scheduled runs prove of it, where that is not as for all', async () => {
    const yaml = 'schedule: {drill_from: vault}\nrepos: {docs: {schedule: {drill_from: repository, verify: false}}}'

    const { schedule, repos } = await (await open(yaml)).load()

    expect(schedule).toEqual({ drill_from: 'vault', verify: true, scratch: '/var/tmp' })
    expect(repos).toEqual({ docs: { hooks: {}, schedule: { drill_from: 'repository', verify: false }, breaker: {} } })
  })

  it('says how much of it may change, as does the key of all repos', async () => {
    const source = await open('breaker: {max_change: 80%}\nrepos: {docs: {breaker: {max_change: none}}}\n')

    const { breaker, repos } = await source.load()

    expect(breaker).toEqual({ max_change: 0.8 })
    expect(repos).toEqual({ docs: { hooks: {}, schedule: {}, breaker: { max_change: 0 } } })
  })

  it('takes no notice of what hooks are told', async () => {
    const source = await open('hooks: {before: "true"}', { BORGBOI_RUN_REPO: 'docs', BORGBOI_RUN_HOOK: 'before' })

    expect((await source.load()).hooks).toEqual({ before: 'true', timeout: 3_600_000 })
  })

  it.each([
    [
      'a mistyped key',
      'repos: {docs: {hooks: {befor: x}}}',
      'no key "repos.docs.hooks.befor"',
      'repos.docs.hooks.before',
    ],
    ['a name no repo can have', 'repos: {"a/b": {hooks: {before: x}}}', 'repo name "a/b"', 'a-b'],
    ['a place of drills that is none', 'repos: {a: {schedule: {drill_from: s3}}}', 'place of drills "s3"', 'vault'],
    ['an empty hook', 'hooks: {before: ""}', 'hooks.before: it is empty', ':1'],
  ])('with %s is told', async (_, yaml, reason, hint) => {
    const error = await (await open(yaml)).load().catch((thrown) => thrown)

    expect(error.code).toBe('config-invalid')
    expect(error.reason).toContain(reason)
    expect(error.hint).toContain(hint)
  })
})
