// Small trees on disk from a description, and a description of what is there. Names and link targets are bytes, written
// as Latin-1.

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'

interface Attributes {
  readonly mode?: number
  /** Seconds since 1970. */
  readonly mtime?: number
}

export type Entry =
  | ({ readonly file: string } & Attributes)
  | ({ readonly entries: Tree } & Attributes)
  | { readonly link: string }
  /** Another name of a file at this path from the root of the tree. */
  | { readonly sameAs: string }
  | { readonly pipe: true }

export interface Tree {
  readonly [name: string]: Entry
}

const OLD_SECONDS = 1_500_000_000

/** Makes the tree in `root`. Directories are dated long ago unless they say otherwise; `undated` leaves them as made. */
export async function growTree(root: string, tree: Tree, directories: 'dated' | 'undated' = 'dated'): Promise<void> {
  const rootPath = Buffer.from(root)
  mkdirSync(rootPath, { recursive: true, mode: 0o755 })
  grow(rootPath, tree)

  function grow(directory: Buffer, entries: Tree): void {
    for (const [name, entry] of Object.entries(entries)) {
      const path = below(directory, name)
      if ('link' in entry) symlinkSync(Buffer.from(entry.link, 'latin1'), path)
      else if ('sameAs' in entry) linkSync(below(rootPath, entry.sameAs), path)
      else if ('pipe' in entry) execFileSync('mkfifo', [path.toString()])
      else if ('file' in entry) {
        writeFileSync(path, entry.file)
        finish(path, entry.mode ?? 0o644, entry.mtime ?? OLD_SECONDS)
      } else {
        mkdirSync(path, { recursive: true })
        grow(path, entry.entries)
        finish(path, entry.mode ?? 0o755, directories === 'undated' ? undefined : (entry.mtime ?? OLD_SECONDS))
      }
    }
  }
}

function finish(path: Buffer, mode: number, mtime: number | undefined): void {
  if (mtime !== undefined) utimesSync(path, mtime, mtime)
  chmodSync(path, mode)
}

export interface EntryFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly mode: number
  /** To the microsecond; absent for links. */
  readonly mtimeMs?: number
  readonly content?: string
  readonly target?: string
  readonly inode?: number
}

/** Every entry below `root` by its path, in order. */
export async function treeAt(root: string): Promise<Record<string, EntryFacts>> {
  const facts: Record<string, EntryFacts> = {}
  walk(Buffer.from(root), '')
  return facts

  function walk(directory: Buffer, prefix: string): void {
    for (const name of readdirSync(directory, { encoding: 'latin1' }).toSorted()) {
      const path = below(directory, name)
      const { mode, mtimeMs, ino, ...stats } = describe(path)
      facts[prefix + name] = {
        mode: mode & 0o7777,
        ...stats,
        ...(stats.kind === 'link' ? {} : { mtimeMs }),
        ...(stats.kind === 'file' ? { inode: ino } : {}),
      }
      if (stats.kind === 'directory') walk(path, `${prefix}${name}/`)
    }
  }
}

function describe(path: Buffer) {
  const stats = lstatSync(path)
  const common = { mode: stats.mode, mtimeMs: Math.round(stats.mtimeMs * 1000) / 1000, ino: stats.ino }
  if (stats.isSymbolicLink())
    return { ...common, kind: 'link' as const, target: readlinkSync(path, { encoding: 'latin1' }) }
  if (stats.isFile()) return { ...common, kind: 'file' as const, content: readFileSync(path, 'utf8') }
  return { ...common, kind: stats.isDirectory() ? ('directory' as const) : ('other' as const) }
}

function below(directory: Buffer, name: string): Buffer {
  return Buffer.concat([directory, Buffer.from('/'), Buffer.from(name, 'latin1')])
}

/** As `treeAt`, without what tells a file from a copy of it. */
export async function copiedTreeAt(root: string): Promise<Record<string, Omit<EntryFacts, 'inode'>>> {
  const tree = Object.entries(await treeAt(root))
  return Object.fromEntries(tree.map(([path, { inode: _inode, ...facts }]) => [path, facts]))
}
