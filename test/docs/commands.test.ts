import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generatedFiles } from '../../scripts/command-docs.ts'
import { COMMANDS } from '../../src/cli/commands.ts'

const root = join(import.meta.dirname, '../..')

describe('files generated from the commands', () => {
  it.each(Object.entries(generatedFiles()))('%s is up to date (node scripts/command-docs.ts)', async (path, text) => {
    expect(await readFile(join(import.meta.dirname, '../..', path), 'utf8')).toBe(text)
  })
})

describe('commands that are named to a person', () => {
  const known = COMMANDS.flatMap((command) => (command.paths ?? []).map((path) => path.join(' ')))
  const groups = [...new Set(known.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0]))].filter(
    (group) => !known.includes(group ?? ''),
  )
  const named = new RegExp(`borgboi ((?:${groups.join('|')}) [a-z][a-z-]+)`, 'g')

  it.each(['src', 'docs'])('in %s are commands there are', async (directory) => {
    const files = (await readdir(join(root, directory), { recursive: true })).filter((file) => /\.(ts|md)$/.test(file))
    const texts = await Promise.all(files.map((file) => readFile(join(root, directory, file), 'utf8')))

    const found = new Set(texts.flatMap((text) => [...text.matchAll(named)].map(([, name]) => name ?? '')))

    expect(found.size).toBeGreaterThan(15)
    expect([...found].filter((name) => !known.some((path) => path === name || path.startsWith(`${name} `)))).toEqual([])
  })
})
