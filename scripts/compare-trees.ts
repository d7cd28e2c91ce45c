// Compares two trees byte for byte: names, types, permissions, link targets and contents. Prints what differs and
// exits 1, or the number of files and bytes that are the same. Run: node scripts/compare-trees.ts DIR DIR

import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises'

const CHUNK_BYTES = 1 << 20
const SHOWN_MAX = 20

const same = { files: 0, bytes: 0 }
const differences: string[] = []

/** Names are kept as bytes: not every file name is UTF-8. */
async function compareDirectories(left: Buffer, right: Buffer): Promise<void> {
  const [here, there] = await Promise.all([namesIn(left), namesIn(right)])
  for (const [key, name] of here) {
    const other = there.get(key)
    if (other === undefined) differences.push(`only in ${left}: ${name}`)
    else await compareEntries(join(left, name), join(right, other)).catch(keepFailure)
  }
  for (const [key, name] of there) if (!here.has(key)) differences.push(`only in ${right}: ${name}`)
}

/** A socket exists only while a program listens on it; no backup keeps it. */
async function namesIn(directory: Buffer): Promise<Map<string, Buffer>> {
  const entries = await readdir(directory, { withFileTypes: true, encoding: 'buffer' })
  return new Map(entries.filter((entry) => !entry.isSocket()).map((entry) => [entry.name.toString('hex'), entry.name]))
}

async function compareEntries(left: Buffer, right: Buffer): Promise<void> {
  const [one, two] = await Promise.all([lstat(left), lstat(right)])
  if (one.mode !== two.mode) {
    differences.push(`type or permissions: ${left} ${one.mode.toString(8)}, ${two.mode.toString(8)}`)
    return
  }
  if (one.isDirectory()) return await compareDirectories(left, right)
  if (one.isSymbolicLink()) {
    const [from, to] = await Promise.all([readlink(left, 'buffer'), readlink(right, 'buffer')])
    if (!from.equals(to)) differences.push(`link target: ${left}`)
  } else if (one.isFile()) {
    if (one.size !== two.size || !(await sameContents(left, right))) differences.push(`contents: ${left}`)
    same.bytes += one.size
  }
  same.files += 1
}

/** What cannot be read, or vanished, is not proven to be the same. */
function keepFailure(error: unknown): void {
  differences.push(error instanceof Error ? error.message : String(error))
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

const [left, right] = process.argv.slice(2)
if (left === undefined || right === undefined) {
  console.error('usage: node scripts/compare-trees.ts DIR DIR')
  process.exit(2)
}
await compareDirectories(Buffer.from(left), Buffer.from(right)).catch(keepFailure)
if (differences.length > 0) {
  for (const line of differences.slice(0, SHOWN_MAX)) console.error(line)
  if (differences.length > SHOWN_MAX) console.error(`and ${differences.length - SHOWN_MAX} more`)
  process.exitCode = 1
} else {
  console.log(`${same.files} files, ${same.bytes} bytes`)
}
