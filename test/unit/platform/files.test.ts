// Files of the home: whose they are.

import { chown, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeFileAtomic } from '../../../src/platform/files.ts'
import { createSecretFile } from '../../../src/platform/secret-file.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SOMEBODY = 65534

describe.skipIf(process.geteuid?.() !== 0)('what root makes in the home of another (needs root)', () => {
  test('belongs to the owner of the home: files, directories, passphrases', async () => {
    const home = join(await tempDir(), 'home')
    await mkdir(home)
    await chown(home, SOMEBODY, SOMEBODY)

    await writeFileAtomic(join(home, '.borgboi', 'data', 'repositories.json'), '{}')
    await createSecretFile(join(home, '.borgboi', 'passphrases', 'docs.key'), 'secret\n')

    for (const path of ['', 'data', 'data/repositories.json', 'passphrases', 'passphrases/docs.key']) {
      expect(await stat(join(home, '.borgboi', path)), path).toMatchObject({ uid: SOMEBODY, gid: SOMEBODY })
    }
  })

  test('stays root’s in a home of root', async () => {
    const home = await tempDir()

    await writeFileAtomic(join(home, 'data', 'file'), '{}')

    expect(await stat(join(home, 'data', 'file'))).toMatchObject({ uid: 0 })
  })
})
