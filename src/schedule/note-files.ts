// Files in a directory of the system's: those with a note of ours are found, written whole, and removed.

import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { removeFileIfAny } from '../platform/entries.ts'
import { listIfAny, readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import type { JobFile } from './back-end.ts'
import { type Note, readNote } from './note.ts'

/** Anybody may read them. */
const MODE = 0o644

/** The files of the directory that are called `borgboi…` and `suffix`, and have a note. */
export async function findNotes(directory: string, suffix: string): Promise<{ id: string; note: Note }[]> {
  const found: { id: string; note: Note }[] = []
  for (const name of (await listIfAny(directory)) ?? []) {
    if (!name.startsWith('borgboi') || !name.endsWith(suffix)) continue
    const note = readNote((await readTextIfAny(join(directory, name))) ?? '')
    if (note !== undefined) found.push({ id: name.slice(0, -suffix.length), note })
  }
  return found
}

export async function toJobFile(path: string, text: string): Promise<JobFile> {
  return { path, text, before: await readTextIfAny(path) }
}

export async function writeJobFiles(files: readonly JobFile[]): Promise<void> {
  for (const { path, text, before } of files) {
    if (text !== before) await onUnits(() => writeFileAtomic(path, text, { mode: MODE }))
  }
}

export async function removeJobFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await onUnits(() => removeFileIfAny(path))
}

async function onUnits(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'file-denied') throw error
    throw new AppError('file-denied', error.message, {
      reason: error.reason,
      hint: 'keep the schedule elsewhere, with --scheduler cron, or run this as the user who may write there',
      cause: error,
    })
  }
}
