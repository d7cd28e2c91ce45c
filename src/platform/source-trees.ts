// Directories as backups read them, on this machine. Each call takes microseconds and is made for every file of a person,
// so most of them give way to nothing else; between two directories something else may happen.

import { closeSync, constants, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { SourceEntry, SourceTrees } from '../model/source-tree.ts'
import { systemCode, toFileError } from './files.ts'
import { entriesOf, joinRaw, toBytes, toText } from './raw-paths.ts'

/** Source: https://bford.info/cachedir/ */
const CACHE_TAG = 'CACHEDIR.TAG'
const CACHE_SIGNATURE = Buffer.from('Signature: 8a477f597d28d172789f06886806bc55')

/** A pipe of that name is not waited for. */
const { O_RDONLY, O_NONBLOCK } = constants

export const machineSourceTrees: SourceTrees = {
  entry: async (path) => entryAt(toBytes(path), path),

  async *entries(directory) {
    const raw = toBytes(directory)
    const prefix = directory === '/' ? '/' : `${directory}/`
    try {
      for await (const { name } of entriesOf(raw)) {
        const entry = entryAt(joinRaw(raw, name), `${prefix}${toText(name)}`)
        if (entry) yield entry
      }
    } catch (error) {
      if (!isGone(error)) throw toFileError(error, 'list the directory', directory)
    }
  },

  async isTaggedCache(directory) {
    try {
      const file = openSync(joinRaw(toBytes(directory), Buffer.from(CACHE_TAG)), O_RDONLY | O_NONBLOCK)
      try {
        const start = Buffer.alloc(CACHE_SIGNATURE.length)
        return readSync(file, start) === start.length && start.equals(CACHE_SIGNATURE)
      } finally {
        closeSync(file)
      }
    } catch {
      // Borg takes a tag that it cannot read for none.
      return false
    }
  },

  async realPath(path) {
    const missing: string[] = []
    for (let there = path; ; there = dirname(there)) {
      const real = await realPathIfAllowed(there)
      if (real !== undefined || there === dirname(there)) return join(real ?? there, ...missing)
      missing.unshift(basename(there))
    }
  },

  // HFS+ writes accents apart; Borg takes them apart on macOS too, in paths and patterns.
  comparable: process.platform === 'darwin' ? (text) => text.normalize('NFD') : (text) => text,
}

function entryAt(raw: Buffer, path: string): SourceEntry | undefined {
  try {
    const facts = lstatSync(raw)
    const { dev, ino, size } = facts
    return { path, kind: kindOf(facts), bytes: size, device: dev, identity: `${dev}:${ino}` }
  } catch (error) {
    if (isGone(error)) return undefined
    throw toFileError(error, 'look at', path)
  }
}

async function realPathIfAllowed(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(systemCode(error) ?? '')) return undefined
    throw toFileError(error, 'look at', path)
  }
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')
}

function kindOf(facts: Stats): SourceEntry['kind'] {
  if (facts.isFile()) return 'file'
  if (facts.isDirectory()) return 'directory'
  if (facts.isSymbolicLink()) return 'link'
  return facts.isSocket() ? 'socket' : 'other'
}
