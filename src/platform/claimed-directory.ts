// Directories that stand for somebody by a file in them: made whole, in place of nothing or of an empty one.

import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode, toFileError } from './files.ts'

/** False where there is one with something in it. @throws AppError `file-denied`, `disk-full`, `file-unusable` */
export async function claimDirectory(path: string, entry: string): Promise<boolean> {
  const staging = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(staging, { mode: 0o700 })
    await writeFile(join(staging, entry), '')
    await rename(staging, path)
    return true
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false
    throw toFileError(error, 'make the directory', path)
  }
}
