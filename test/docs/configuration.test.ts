import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FileConfigSource } from '../../src/config/config-source.ts'
import { CONFIG_KEYS, environmentName, KEYS } from '../../src/config/schema.ts'
import { keysOfThing, SECTIONS } from '../../src/config/sections.ts'
import { tempDir } from '../support/temp-dir.ts'

const docs = join(import.meta.dirname, '../../docs')
const page = await readFile(join(docs, 'configuration.md'), 'utf8')

/** The rows of a table as docs/configuration.md has them. */
function rows(hasEffect: boolean): string[] {
  return CONFIG_KEYS.filter((key) => KEYS[key].hasEffect === hasEffect).map((key) => {
    const { fallback, description } = KEYS[key]
    return hasEffect
      ? `| \`${key}\` | ${fallback === undefined ? 'none' : `\`${fallback}\``} | ${description} |`
      : `| \`${key}\` | ${description} |`
  })
}

function rowsAfter(heading: string): string[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section.split('\n').filter((line) => line.startsWith('| `'))
}

it('the table of keys is the schema', () => {
  expect(rowsAfter('Keys')).toEqual(rows(true))
})

it('the table of keys without effect is the schema', () => {
  expect(rowsAfter('Keys of BorgBoi 1.x without effect')).toEqual(rows(false))
})

it.each([
  ['vaults', 'Keys of a vault'],
  ['repos', 'Keys of one repo'],
  ['notify', 'Keys of a notifier'],
] as const)('the table of the keys in %s is the schema', (section, heading) => {
  const expected = Object.entries(SECTIONS[section].keys).map(
    ([leaf, { fallback, description }]) =>
      `| \`${leaf}\` | ${fallback === undefined ? 'none' : `\`${fallback}\``} | ${description} |`,
  )

  expect(rowsAfter(heading)).toEqual(expected)
})

it('every variable the page names belongs to a key or to the place of the file', () => {
  const keys = [...CONFIG_KEYS, ...keysOfThing('vaults', 's3main')]
  const known = [...keys.map(environmentName), 'BORGBOI_HOME', 'BORGBOI_CONFIG']

  const named = page.match(/BORGBOI_\w+/g) ?? []

  expect(named.filter((variable) => !known.includes(variable))).toEqual([])
})

it('the examples on the page load', async () => {
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text).join('')
  const home = await tempDir()
  const source = new FileConfigSource({ home, cwd: home, env: {}, flags: {} })
  await writeFile(source.path, examples)

  const config = await source.load()

  expect(config.borg.retention).toEqual({ within: '2d', daily: 14, weekly: 4, monthly: 6, yearly: 2 })
  expect(config.vaults['s3main']?.retention).toEqual({ within: '60d', last: 1 })
})

it('every example on the other pages loads', async () => {
  const pages = (await readdir(docs)).filter((name) => name.endsWith('.md'))
  const texts = await Promise.all(pages.map(async (name) => [name, await readFile(join(docs, name), 'utf8')] as const))
  const examples = texts.flatMap(([name, text]) =>
    [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => ({ name, yaml })),
  )
  // Rules of Prometheus are no configuration of ours.
  const ours = examples.filter(({ yaml }) => !yaml.startsWith('groups:'))
  const home = await tempDir()

  for (const { name, yaml } of ours) {
    const source = new FileConfigSource({ home, cwd: home, env: {}, flags: {} })
    await writeFile(source.path, yaml)
    await expect(source.load(), `${name}:\n${yaml}`).resolves.toBeDefined()
  }
  expect(ours.length).toBeGreaterThan(10)
})
