// Compares two trees byte for byte: names, types, permissions, link targets and contents. Run: node
// scripts/compare-trees.ts DIR DIR prints the number of files and bytes that are the same, or what differs and exits 1.

import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises'

const CHUNK_BYTES = 1 << 20
const SHOWN_MAX = 20

export interface Comparison {
  /** Entries other than directories, and the bytes of the files among them, on the left. */
  files: number
  bytes: number
  /** Empty when the trees are the same. */
  readonly differences: string[]
}

export async function compareTrees(left: string, right: string): Promise<Comparison> {
  const result: Comparison = { files: 0, bytes: 0, differences: [] }
  await compareDirectories(result, Buffer.from(left), Buffer.from(right)).catch(keepFailureIn(result))
  return result
}

/** Names are kept as bytes: not every file name is UTF-8. */
async function compareDirectories(result: Comparison, left: Buffer, right: Buffer): Promise<void> {
  const [here, there] = await Promise.all([namesIn(left), namesIn(right)])
  for (const [key, name] of here) {
    const other = there.get(key)
    if (other === undefined) result.differences.push(`only in ${left}: ${name}`)
    else await compareEntries(result, join(left, name), join(right, other)).catch(keepFailureIn(result))
  }
  for (const [key, name] of there) if (!here.has(key)) result.differences.push(`only in ${right}: ${name}`)
}

/** A socket exists only while a program listens on it; no backup keeps it. */
async function namesIn(directory: Buffer): Promise<Map<string, Buffer>> {
  const entries = await readdir(directory, { withFileTypes: true, encoding: 'buffer' })
  return new Map(entries.filter((entry) => !entry.isSocket()).map((entry) => [entry.name.toString('hex'), entry.name]))
}

async function compareEntries(result: Comparison, left: Buffer, right: Buffer): Promise<void> {
  const [one, two] = await Promise.all([lstat(left), lstat(right)])
  if (one.mode !== two.mode) {
    result.differences.push(`type or permissions: ${left} ${one.mode.toString(8)}, ${two.mode.toString(8)}`)
    return
  }
  if (one.isDirectory()) return await compareDirectories(result, left, right)
  if (one.isSymbolicLink()) {
    const [from, to] = await Promise.all([readlink(left, 'buffer'), readlink(right, 'buffer')])
    if (!from.equals(to)) result.differences.push(`link target: ${left}`)
  } else if (one.isFile()) {
    if (one.size !== two.size || !(await sameContents(left, right))) result.differences.push(`contents: ${left}`)
    result.bytes += one.size
  }
  result.files += 1
}

/** What cannot be read, or vanished, is not proven to be the same. */
function keepFailureIn(result: Comparison) {
  return (error: unknown) => void result.differences.push(error instanceof Error ? error.message : String(error))
}

async function sameContents(left: Buffer, right: Buffer): Promise<boolean> {
  await using one = await open(left, constants.O_RDONLY)
  await using two = await open(right, constants.O_RDONLY)
  const [from, to] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)]
  for (;;) {
    const [read, expected] = await Promise.all([fill(one, from), fill(two, to)])
    if (read !== expected || !from.subarray(0, read).equals(to.subarray(0, read))) return false
    if (read === 0) return true
  }
}

/** As many bytes as fit, fewer only at the end of the file: a single read may return less. */
async function fill(file: FileHandle, buffer: Buffer): Promise<number> {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

function join(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from('/'), name])
}

if (import.meta.main) {
  const [left, right] = process.argv.slice(2)
  if (left === undefined || right === undefined) throw new Error('give two directories')
  const { files, bytes, differences } = await compareTrees(left, right)
  for (const line of differences.slice(0, SHOWN_MAX)) console.error(line)
  if (differences.length > SHOWN_MAX) console.error(`and ${differences.length - SHOWN_MAX} more`)
  if (differences.length === 0) console.log(`${files} files, ${bytes} bytes`)
  else process.exitCode = 1
}
