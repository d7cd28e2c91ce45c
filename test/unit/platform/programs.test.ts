import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findProgram } from '../../../src/platform/programs.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function program(path: string, mode = 0o755): Promise<string> {
  await writeFile(path, '#!/bin/sh\n')
  await chmod(path, mode)
  return path
}

it('a name is found in the first directory of PATH that has an executable of it', async () => {
  const [one, two, three] = [await tempDir(), await tempDir(), await tempDir()]
  await program(join(one, 'tool'), 0o644)
  await mkdir(join(two, 'tool'))
  const expected = await program(join(three, 'tool'))

  const found = await findProgram('tool', { PATH: `/nonexistent::${one}:${two}:${three}` })

  expect(found).toEqual({ path: expected, mtimeMs: (await stat(expected)).mtimeMs })
})

it('a path is taken as it is, through links', async () => {
  const directory = await tempDir()
  const target = await program(join(directory, 'real'))
  const path = join(directory, 'link')
  await symlink(target, path)

  expect((await findProgram(path, { PATH: '/nonexistent' }))?.path).toBe(path)
})

it('nothing is found where there is nothing that can be executed', async () => {
  const directory = await tempDir()
  await program(join(directory, 'tool'), 0o644)

  expect(await findProgram('tool', { PATH: directory })).toBeUndefined()
  expect(await findProgram(join(directory, 'tool'), {})).toBeUndefined()
  expect(await findProgram(join(directory, 'none'), {})).toBeUndefined()
  expect(await findProgram(directory, {})).toBeUndefined()
})

it('without a PATH the usual directories are searched', async () => {
  expect((await findProgram('sh', {}))?.path).toMatch(/^\/(usr\/)?bin\/sh$/)
})
