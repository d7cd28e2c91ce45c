// Makes and changes trees of files for measurements: the same arguments give the same names, bytes and times on every machine. Run: node scripts/gen-tree.ts DIR [--files N] [--bytes N] [--seed TEXT] makes a tree,
// node scripts/gen-tree.ts DIR --round N [--percent N] changes, adds and removes files in one, differently each round.

import { createCipheriv, createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'

const FILES_PER_DIRECTORY = 50
const DIRECTORIES_PER_SECTION = 20
const KINDS = ['txt', 'json', 'jpg', 'log', 'bin']
const BASE_TIME_SECONDS = Date.UTC(2024, 0, 1) / 1000
const DAY_SECONDS = 86_400

export interface TreeOptions {
  readonly files: number
  /** Of all files together, exactly. */
  readonly bytes: number
  readonly seed?: string
}

/** Makes the tree in `root`, which must not exist yet. Names have spaces and letters beyond ASCII in them. */
export function generateTree(root: string, { files, bytes, seed = '' }: TreeOptions): void {
  if (existsSync(root)) throw new Error(`${root} exists already`)
  const sizes = sizesOf(files, bytes, seed)
  for (const [index, size] of sizes.entries()) {
    const path = pathOf(index, seed)
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFile(join(root, path), content(`${seed}/${path}`, size), BASE_TIME_SECONDS + index)
  }
  settleDirectories(root)
}

/** Of `percent` of the files, six in ten get new contents, two are removed, and two new ones stand beside two others. */
export function changeTree(root: string, round: number, percent: number): void {
  const paths = listFiles(root)
  const chosen = paths
    .map((path) => ({ path, rank: fraction(`${round}/${path}`) }))
    .sort((one, two) => one.rank - two.rank)
    .slice(0, Math.ceil((paths.length * percent) / 100))
  for (const [index, { path }] of chosen.entries()) {
    const file = join(root, path)
    const seconds = BASE_TIME_SECONDS + round * DAY_SECONDS + index
    const { size } = statSync(file)
    if (index % 5 === 3) rmSync(file)
    else if (index % 5 === 4) writeFile(`${file}.round-${round}`, content(`new ${round}/${path}`, size), seconds)
    else writeFile(file, content(`${round}/${path}`, size + index), seconds)
  }
  settleDirectories(root)
}

/** Most files small, some large, as in a home directory; together exactly `bytes`. */
function sizesOf(files: number, bytes: number, seed: string): number[] {
  const weights = Array.from({ length: files }, (_, index) => Math.exp(6 * fraction(`${seed} size ${index}`)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const sizes = weights.map((weight) => Math.floor((bytes * weight) / total))
  const rest = bytes - sizes.reduce((sum, size) => sum + size, 0)
  return sizes.map((size, index) => (index === 0 ? size + rest : size))
}

function pathOf(index: number, seed: string): string {
  const directory = Math.floor(index / FILES_PER_DIRECTORY)
  const section = Math.floor(directory / DIRECTORIES_PER_SECTION)
  const kind = KINDS[Math.floor(fraction(`${seed} kind ${index}`) * KINDS.length)]
  return `section ${section}/año-${directory}/file-${index}.${kind}`
}

/** Texts compress to about three quarters, every other kind not at all. */
function content(label: string, size: number): Buffer {
  const bytes = pseudoRandom(label, size)
  return /\.(txt|json|log)$/.test(label) ? Buffer.from(bytes.toString('base64').slice(0, size)) : bytes
}

/** The key stream of a cipher: fast, the same everywhere, and like noise to a compressor. */
function pseudoRandom(label: string, size: number): Buffer {
  const key = createHash('sha256').update(label).digest()
  return createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16)).update(Buffer.alloc(size))
}

/** From 0 up to 1. */
function fraction(label: string): number {
  return createHash('sha256').update(label).digest().readUInt32BE(0) / 2 ** 32
}

function writeFile(path: string, bytes: Buffer, seconds: number): void {
  writeFileSync(path, bytes, { mode: 0o644 })
  utimesSync(path, seconds, seconds)
}

/** Files, relative to `root`, in the order of their names as bytes. */
function listFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

/** A directory's time changes with what is put into it; the deepest go first. */
function settleDirectories(root: string): void {
  const directories = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const directory of [...directories.sort().reverse(), root]) {
    utimesSync(directory, BASE_TIME_SECONDS, BASE_TIME_SECONDS)
  }
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      files: { type: 'string', default: '20000' },
      bytes: { type: 'string', default: '256000000' },
      seed: { type: 'string', default: '' },
      round: { type: 'string' },
      percent: { type: 'string', default: '1' },
    },
  })
  const [root] = positionals
  if (root === undefined) throw new Error('say which directory: node scripts/gen-tree.ts DIR')
  if (values.round === undefined) {
    generateTree(root, { files: Number(values.files), bytes: Number(values.bytes), seed: values.seed })
  } else {
    changeTree(root, Number(values.round), Number(values.percent))
  }
}
