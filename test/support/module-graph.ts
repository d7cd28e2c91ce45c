// Reads TypeScript modules as a graph for the architecture test: who imports what, as a type or as a value, and the
// code without comments and strings. Good for code in Biome's format, where statements start in the first column.

import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export interface Import {
  /** A path such as `src/errors.ts`, or the name of a package or Node module. */
  readonly target: string
  /** Gone when the program runs: `import type`, `export type`, or every name marked `type`. */
  readonly typeOnly: boolean
}

export interface Module {
  readonly path: string
  readonly text: string
  /** The text without comments and without the insides of strings. */
  readonly code: string
  readonly imports: readonly Import[]
}

/** Every module below `root`'s `folder`, by paths relative to `root`. */
export function readModules(root: string, folder: string): Module[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join(folder, name))
    .sort()
    .map((path) => parseModule(path, readFileSync(join(root, path), 'utf8')))
}

export function parseModule(path: string, text: string): Module {
  const code = text.replace(STRING_OR_COMMENT, (found) => (isComment(found) ? '' : found))
  return {
    path,
    text,
    code: code.replace(STRING_OR_COMMENT, (found) => (found.startsWith('`') ? found : "''")),
    imports: [...statements(code), ...dynamicImports(code)].map(({ specifier, typeOnly }) => ({
      target: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier,
      typeOnly,
    })),
  }
}

const STRING_OR_COMMENT = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:([^;'"()]*?)\s*\bfrom\s*)?['"]([^'"]+)['"]/gm
const DYNAMIC = /(\btypeof\s+)?\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

function isComment(found: string): boolean {
  return found.startsWith('//') || found.startsWith('/*')
}

function statements(code: string) {
  return [...code.matchAll(STATEMENT)].map(([, type, clause = '', specifier = '']) => ({
    specifier,
    typeOnly: type !== undefined || everyNameIsAType(clause),
  }))
}

/** `{ type A, type B }`: nothing is left of it at run time. */
function everyNameIsAType(clause: string): boolean {
  const names = /^\{([^}]*)\}$/
    .exec(clause.trim())?.[1]
    ?.split(',')
    .filter((name) => name.trim() !== '')
  return names !== undefined && names.length > 0 && names.every((name) => name.trim().startsWith('type '))
}

function dynamicImports(code: string) {
  return [...code.matchAll(DYNAMIC)].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined }))
}
