// What workflows ask of the file system, for this machine. Merging a restored tree into place is in merge-tree.ts.

import { chmod, mkdir, mkdtemp, opendir, readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Files } from '../deps.ts'
import { AppError } from '../errors.ts'
import { STAGING_PREFIX } from '../model/overwrite.ts'
import { changedSince } from './changed-since.ts'
import { lstatIfAny, statIfAny, systemCode, toFileError } from './files.ts'
import { mergeTree, previewMergeTree } from './merge-tree.ts'
import { entriesOf, joinRaw } from './raw-paths.ts'
import { createSecretFile } from './secret-file.ts'
import { diskSpace } from './trees.ts'

export const machineFiles: Files = {
  resolve,

  async kind(path) {
    const facts = await statIfAny(path)
    if (facts === undefined) return undefined
    if (facts.isFile()) return 'file'
    return facts.isDirectory() ? 'directory' : 'other'
  },

  async isEmptyDirectory(path) {
    try {
      const directory = await opendir(path)
      const entry = await directory.read()
      await directory.close()
      return entry === null
    } catch (error) {
      throw toFileError(error, 'list the directory', path)
    }
  },

  async isReadable(path) {
    try {
      // Tried rather than asked: `access` answers for the real user, and may be wrong on network file systems.
      await (await opendir(path)).close()
      await stat(`${path}/.`)
      return true
    } catch (error) {
      if (['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false
      throw toFileError(error, 'list the directory', path)
    }
  },

  async directoriesIn(path) {
    // Only offered to a person who is typing: whatever is wrong there shows when it is used.
    const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  },

  async makeDirectory(path) {
    try {
      await mkdir(path, { recursive: true })
    } catch (error) {
      throw toFileError(error, 'make the directory', path)
    }
  },

  async removeTree(path) {
    try {
      try {
        await rm(path, { recursive: true, force: true })
      } catch (error) {
        if (systemCode(error) !== 'EACCES' && systemCode(error) !== 'EPERM') throw error
        // A restored directory may be one that its owner cannot write to.
        await unlockDirectories(Buffer.from(path))
        await rm(path, { recursive: true, force: true })
      }
    } catch (error) {
      throw toFileError(error, 'remove', path)
    }
  },

  async makeStaging(parent) {
    try {
      return await mkdtemp(join(parent, STAGING_PREFIX))
    } catch (error) {
      throw toFileError(error, 'make a directory for restored files in', parent)
    }
  },

  changedSince,
  space: diskSpace,
  async digest(path) {
    try {
      const before = await lstatIfAny(path)
      if (!before?.isFile()) return undefined
      const { hashFileIfAny } = await import('./file-content.ts')
      const hashed = await hashFileIfAny(path)
      const after = await lstatIfAny(path)
      if (hashed === undefined || after?.ctimeMs !== before.ctimeMs || after.ino !== before.ino) return undefined
      return { sha256: hashed.sha256, sizeBytes: hashed.size, modifiedAtMs: Math.floor(before.mtimeMs) }
    } catch (error) {
      if (error instanceof AppError && error.code === 'file-denied') return undefined
      throw error
    }
  },

  createPrivateFile: createSecretFile,
  merge: mergeTree,
  previewMerge: previewMergeTree,
}

async function unlockDirectories(path: Buffer): Promise<void> {
  await chmod(path, 0o700)
  for await (const entry of entriesOf(path)) {
    if (entry.isDirectory) await unlockDirectories(joinRaw(path, entry.name))
  }
}
