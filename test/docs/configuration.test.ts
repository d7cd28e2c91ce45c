import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { FileConfigSource } from '../../src/config/config-source.ts'
import { CONFIG_KEYS, type ConfigKey, environmentName, KEYS } from '../../src/config/schema.ts'
import { tempDir } from '../support/temp-dir.ts'

const page = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8')

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

it('every variable the page names belongs to a key or to the place of the file', () => {
  const known = [...CONFIG_KEYS.map((key: ConfigKey) => environmentName(key)), 'BORGBOI_HOME', 'BORGBOI_CONFIG']

  const named = page.match(/BORGBOI_\w+/g) ?? []

  expect(named.filter((variable) => !known.includes(variable))).toEqual([])
})

it('the example on the page loads', async () => {
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? expect.unreachable('there is no example')
  const home = await tempDir()
  const source = new FileConfigSource({ home, cwd: home, env: {}, flags: {} })
  await writeFile(source.path, example)

  const config = await source.load()

  expect(config.borg.retention).toEqual({ within: '2d', daily: 14, weekly: 4, monthly: 6, yearly: 2 })
})
