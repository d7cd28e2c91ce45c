// What the configuration file says of a repo follows it when it gets another name.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileConfigSource } from '../../../src/config/config-source.ts'
import { parseRepoName } from '../../../src/model/names.ts'
import { tempDir } from '../../support/temp-dir.ts'

const [DOCS, PAPERS] = [parseRepoName('docs'), parseRepoName('papers')]
const YAML = `# mine
repos:
  # before the disk sleeps
  docs:
    hooks:
      before: wake /mnt/nas
notify:
  phone:
    type: ntfy
    url: https://ntfy.sh/topic
    repos: pics, docs
`

async function open(text: string | undefined) {
  const home = await tempDir()
  if (text !== undefined) await writeFile(join(home, 'config.yaml'), text)
  const source = new FileConfigSource({ home, file: undefined, cwd: home, env: {}, flags: {} })
  return { source, read: () => readFile(source.path, 'utf8') }
}

describe('the configuration of a repo that is renamed', () => {
  it('holds for both names, and then for the new one', async () => {
    const { source, read } = await open(YAML)

    await source.share(DOCS, PAPERS)
    const both = await source.load()
    expect(await source.unshare(DOCS, PAPERS)).toBe(1)
    const { repos, notify } = await source.load()

    expect(both.repos['papers']).toEqual(both.repos['docs'])
    expect(both.notify['phone']?.repos).toEqual(['pics', 'docs', 'papers'])
    expect(Object.keys(repos)).toEqual(['papers'])
    expect(notify['phone']?.repos).toEqual(['pics', 'papers'])
    expect(await read()).toContain('# mine\n')
  })

  it('is as it was where the new name is taken back', async () => {
    const { source } = await open(YAML)
    const before = await source.load()

    await source.share(DOCS, PAPERS)
    await source.unshare(PAPERS, DOCS)

    expect(await source.load()).toEqual(before)
  })

  it.each([undefined, 'offline: true # for now\n', 'repos:\nnotify:\n'])('of %j is left alone', async (text) => {
    const { source, read } = await open(text)

    await source.share(DOCS, PAPERS)
    expect(await source.unshare(DOCS, PAPERS)).toBe(0)

    if (text !== undefined) expect(await read()).toBe(text)
  })

  it('is not mixed with that of another repo of the name', async () => {
    const text = `${YAML.replace('notify:', '  papers:\n    hooks:\n      before: another\nnotify:')}`
    const { source, read } = await open(text)

    await expect(source.share(DOCS, PAPERS)).rejects.toMatchObject({ code: 'file-unusable' })
    expect(await source.unshare(DOCS, PAPERS)).toBe(0)

    expect(await read()).toBe(text)
  })
})
