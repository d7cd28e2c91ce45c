import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manPages } from '../../../scripts/man-pages.ts'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { nameOf } from '../../../src/cli/find-command.ts'
import { tempDir } from '../../support/temp-dir.ts'

const pages = manPages()

it('every command is described on one page, and named on the first', () => {
  const all = Object.values(pages).join('')

  for (const name of COMMANDS.map(nameOf)) {
    const heading = `.SH "${name.toUpperCase().replaceAll('-', '\\-')}"\n`
    expect(all.split(heading), name).toHaveLength(2)
    expect(pages['borgboi.1'], name).toContain(`\n.B ${name.replaceAll('-', '\\-')}\n`)
  }
})

describe.skipIf(!existsSync('/usr/bin/man'))('man', () => {
  it.each(Object.entries(pages))('reads %s without a warning', async (file, text) => {
    const path = join(await tempDir(), file)
    await writeFile(path, text)
    const env = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' }
    const line = 'man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null'

    expect(execFileSync('/bin/sh', ['-c', line, 'sh', path], { env }).toString()).toBe('')
  })
})
