// `backup mount` with the real Borg, where the machine has FUSE.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { setUpDocs, succeed } from '../support/cli-stage.ts'
import { tempDir } from '../support/temp-dir.ts'

/** What Borg says of its FUSE library; undefined where it has one. */
function problem(): string | undefined {
  if (testBorgVersion === undefined) return 'there is no Borg'
  if (!existsSync('/dev/fuse')) return 'there is no /dev/fuse'
  try {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', BORG_BASE_DIR: '/nonexistent' }
    execFileSync(testBorg, ['mount', '/nonexistent', '/'], { env, stdio: 'pipe' })
  } catch (error) {
    const { stderr } = error as { readonly stderr?: Buffer }
    return /no FUSE support/.test(String(stderr)) ? 'this Borg has no FUSE library' : undefined
  }
  return undefined
}

const missing = problem()
if (missing !== undefined) console.warn(`\n!!! SKIPPED: archives cannot be mounted here: ${missing}\n`)

describe.skipIf(missing !== undefined)('archives', () => {
  it('are shown as directories until they are unmounted', async () => {
    const stage = await setUpDocs(await tempDir())
    await succeed(stage.run('backup', 'run'))
    const look = join(stage.root, 'look')

    const mounted = await succeed(stage.run('backup', 'mount', '--archive', 'latest', look))
    const read = await readFile(join(look, stage.source, 'a.txt'), 'utf8').finally(async () => {
      await succeed(stage.run('backup', 'umount', look))
    })

    expect(mounted.stdout).toContain(`borgboi backup umount ${look}`)
    expect(read).toBe('alpha')
    expect(await readdir(look)).toEqual([])
    expect((await stage.run('backup', 'umount', look)).exitCode).toBe(1)
    await succeed(stage.run('backup', 'check'))
  })
})
