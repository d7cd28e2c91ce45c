import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generatedFiles } from '../../scripts/command-docs.ts'

describe('files generated from the commands', () => {
  it.each(Object.entries(generatedFiles()))('%s is up to date (node scripts/command-docs.ts)', async (path, text) => {
    expect(await readFile(join(import.meta.dirname, '../..', path), 'utf8')).toBe(text)
  })
})
