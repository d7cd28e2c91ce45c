// A text file that lines are added to: when it is full it is renamed, and the oldest of those renamed goes.

import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { giveToOwnerOf, makePrivateDirectory, statIfAny, systemCode, toFileError } from './files.ts'

export interface Rotation {
  /** A file that would get larger is renamed first; one batch of lines may be larger. */
  readonly maxBytes: number
  /** How many renamed files are kept: `<path>.1` is the newest. */
  readonly keep: number
}

/**
 * Adds whole lines to a private file, which is made when it is missing. A line that an earlier writer could not finish
 * is closed first. @throws AppError `disk-full`, `file-denied`, `file-unusable`
 */
export async function appendLines(path: string, lines: string, { maxBytes, keep }: Rotation): Promise<void> {
  try {
    await makePrivateDirectory(dirname(path))
    const sizeBytes = (await statIfAny(path))?.size ?? 0
    if (sizeBytes > 0 && sizeBytes + Buffer.byteLength(lines) > maxBytes) await rotate(path, keep)
    const file = await open(path, 'a+', 0o600)
    try {
      const { size } = await file.stat()
      if (size === 0) await giveToOwnerOf(dirname(path), [path])
      const last = size === 0 ? undefined : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString()
      await file.appendFile(last === undefined || last === '\n' ? lines : `\n${lines}`)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw toFileError(error, 'write', path)
  }
}

async function rotate(path: string, keep: number): Promise<void> {
  if (keep < 1) return await rm(path, { force: true })
  for (let number = keep; number > 1; number--) await renameIfAny(`${path}.${number - 1}`, `${path}.${number}`)
  await renameIfAny(path, `${path}.1`)
}

async function renameIfAny(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}
