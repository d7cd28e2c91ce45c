// Holds src to the import rules, the sizes and the names of docs/architecture.md. Each rule lists its offenders, and is
// shown here to find one in a small made-up project.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Import, type Module, parseModule, readModules } from './support/module-graph.ts'

const MAX_LINES = 300
const FORBIDDEN_WORDS =
  /(^|-)(utils?|helpers?|common|misc|core|manager|service|processor|impl|base|v2|new|legacy)(-|\.)/
const FORBIDDEN_BUT_NAMED = ['src/cli/base-command.ts']
/** What reaches the machine: only platform may. */
const OUTSIDE_MODULES = ['node:fs', 'node:fs/promises', 'node:child_process', 'node:os', 'execa', 'proper-lockfile']
const OUTSIDE_CALLS = /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\bfetch\(/
/** Versions are as constant as the program itself. */
const PROCESS = /\bprocess\.(?!versions\b)\w+/
const PURE_MODULES = ['node:path', 'fastest-levenshtein']
/** Types that adapters implement and workflows speak in: they say what, not how. */
const CONTRACTS = [
  'src/deps.ts',
  'src/borg/client.ts',
  'src/config/schema.ts',
  'src/store/records.ts',
  'src/hooks/hook-runner.ts',
  'src/notify/notifiers.ts',
  'src/vault/vault.ts',
  'src/replication/replication.ts',
  'src/relocation/relocation.ts',
  'src/rollback/rollback.ts',
  'src/schedule/scheduler.ts',
]

type Layer = 'bin' | 'library' | 'app' | 'cli' | 'orchestrator' | 'workflows' | 'adapter' | 'platform' | 'deps' | 'base'

const ROOT_LAYERS: Record<string, Layer> = {
  'bin.ts': 'bin',
  'main.ts': 'bin',
  'index.ts': 'library',
  'app.ts': 'app',
  'orchestrator.ts': 'orchestrator',
  'deps.ts': 'deps',
  'errors.ts': 'base',
  'version.ts': 'base',
  cli: 'cli',
  workflows: 'workflows',
  platform: 'platform',
  model: 'base',
}

/** Whose values a layer may use at run time; types are freer (`TYPES`). */
const VALUES: Record<Layer, readonly Layer[]> = {
  bin: ['bin', 'cli', 'app', 'platform', 'base'],
  library: ['app', 'orchestrator', 'deps', 'base'],
  app: ['orchestrator', 'adapter', 'platform', 'deps', 'base'],
  cli: ['cli', 'deps', 'base'],
  orchestrator: ['workflows', 'base'],
  workflows: ['workflows', 'deps', 'base'],
  adapter: ['adapter', 'platform', 'deps', 'base'],
  platform: ['platform', 'base'],
  deps: ['base'],
  base: ['base'],
}
const TYPES: Partial<Record<Layer, readonly Layer[]>> = {
  bin: ['app', 'cli'],
  library: ['workflows'],
  cli: ['app', 'orchestrator', 'workflows'],
  orchestrator: ['deps'],
  platform: ['deps'],
}

function layerOf(path: string): Layer {
  return ROOT_LAYERS[path.split('/')[1] ?? ''] ?? 'adapter'
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/')
}

/** `src/store/json/x.ts` belongs to the adapter `src/store`. */
function adapterOf(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

function isInside({ target }: Import): boolean {
  return target.startsWith('src/')
}

/** One line for every import that `isBad` finds. */
function badImports(modules: readonly Module[], isBad: (from: Module, to: Import) => boolean): string[] {
  return modules.flatMap((module) =>
    module.imports
      .filter((imported) => isBad(module, imported))
      .map(({ target, typeOnly }) => `${module.path} imports ${typeOnly ? 'types of ' : ''}${target}`),
  )
}

interface Rule {
  readonly title: string
  readonly find: (modules: readonly Module[]) => string[]
  /** Modules that break the rule, each with the offender that has to be found. */
  readonly broken: readonly { readonly path: string; readonly text: string; readonly offender: string }[]
}

const RULES: readonly Rule[] = [
  {
    title: 'imports run from bin to cli to orchestrator to workflows to adapters to platform',
    find: (modules) =>
      badImports(modules, (from, to) => {
        if (!isInside(to) || (to.typeOnly && CONTRACTS.includes(to.target))) return false
        const layer = layerOf(from.path)
        const allowed = to.typeOnly ? [...VALUES[layer], ...(TYPES[layer] ?? [])] : VALUES[layer]
        return !allowed.includes(layerOf(to.target))
      }),
    broken: [
      broken('src/cli/repo/create.ts', "import { App } from '../../app.ts'", 'src/app.ts'),
      broken('src/cli/x.ts', "export const a = () => import('../workflows/repo/create-repo.ts')", 'src/workflows'),
      broken('src/platform/x.ts', "import { b } from '../borg/run-borg.ts'", 'src/borg/run-borg.ts'),
      broken('src/workflows/repo/x.ts', "import {\n  a,\n  type B,\n} from '../../platform/files.ts'", 'src/platform'),
      broken('src/model/x.ts', "import type { Deps } from '../orchestrator.ts'", 'types of src/orchestrator.ts'),
      broken('src/orchestrator.ts', "export * from './app.ts'", 'src/app.ts'),
    ],
  },
  {
    title: 'adapters never import each other, except for the contracts',
    find: (modules) =>
      badImports(modules, (from, to) => {
        if (layerOf(from.path) !== 'adapter' || !isInside(to) || layerOf(to.target) !== 'adapter') return false
        return adapterOf(from.path) !== adapterOf(to.target) && !(to.typeOnly && CONTRACTS.includes(to.target))
      }),
    broken: [
      broken('src/store/json/x.ts', "import { a } from '../../borg/client.ts'", 'src/borg/client.ts'),
      broken(
        'src/config/x.ts',
        "import type { A } from '../passphrase/secret.ts'",
        'types of src/passphrase/secret.ts',
      ),
    ],
  },
  {
    title: 'only app.ts imports implementations, and bin.ts those of platform',
    find: (modules) =>
      badImports(modules, (from, to) => {
        if (from.path === 'src/app.ts' || to.typeOnly || !isInside(to)) return false
        const [user, used] = [layerOf(from.path), layerOf(to.target)]
        if (used === 'platform') return !['adapter', 'platform', 'bin'].includes(user)
        return used === 'adapter' && adapterOf(from.path) !== adapterOf(to.target)
      }),
    broken: [
      broken('src/orchestrator.ts', "import { systemClock } from './platform/clock.ts'", 'src/platform/clock.ts'),
      broken('src/bin.ts', "import { openStore } from './store/json/x.ts'", 'src/store/json/x.ts'),
      broken('src/workflows/x/y.ts', "import { a } from '../../borg/borg-client.ts'", 'src/borg/borg-client.ts'),
    ],
  },
  {
    title: 'model, errors and version import nothing but each other and arithmetic on paths and words',
    find: (modules) =>
      badImports(
        modules,
        (from, to) => layerOf(from.path) === 'base' && !isInside(to) && !PURE_MODULES.includes(to.target),
      ),
    broken: [broken('src/model/x.ts', "import { z } from 'zod'", 'zod')],
  },
  {
    title: 'workflows share through shared/ and the one-word files of their group, and do not call each other',
    find: (modules) =>
      badImports(modules, (from, to) => {
        if (layerOf(from.path) !== 'workflows' || !to.target.startsWith('src/workflows/')) return false
        const isOfGroup = folderOf(to.target) === folderOf(from.path) && /\/[a-z0-9]+\.ts$/.test(to.target)
        return folderOf(to.target) !== 'src/workflows/shared' && !isOfGroup
      }),
    broken: [
      broken('src/workflows/a/b.ts', "import { c } from './list-c.ts'", 'src/workflows/a/list-c.ts'),
      broken('src/workflows/shared/b.ts', "import { c } from '../a/steps.ts'", 'src/workflows/a/steps.ts'),
    ],
  },
  {
    title: 'only platform imports the file system and child processes, and bin.ts the home directory',
    find: (modules) =>
      badImports(
        modules,
        (from, to) =>
          OUTSIDE_MODULES.includes(to.target) &&
          layerOf(from.path) !== 'platform' &&
          !(from.path === 'src/bin.ts' && to.target === 'node:os'),
      ),
    broken: [
      broken('src/borg/x.ts', "import type { Stats } from 'node:fs'", 'types of node:fs'),
      broken('src/store/x.ts', "const x = await import('node:fs/promises')", 'node:fs/promises'),
    ],
  },
  {
    title: 'only platform reads the clock, random numbers and the network',
    find: (modules) => badCode(modules, OUTSIDE_CALLS, ['platform']),
    broken: [
      broken('src/workflows/x.ts', 'const at = new Date()', 'new Date()'),
      broken('src/store/x.ts', 'const at = Date.now()', 'Date.now'),
    ],
  },
  {
    title: 'only platform and bin.ts touch process',
    find: (modules) => badCode(modules, PROCESS, ['platform', 'bin']),
    broken: [
      broken('src/cli/x.ts', 'const home = process.env.HOME', 'process.env'),
      broken('src/config/x.ts', 'process.exit(1)', 'process.exit'),
    ],
  },
  {
    title: `no file has more than ${MAX_LINES} lines`,
    find: (modules) =>
      modules
        .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
        .filter(({ lines }) => lines > MAX_LINES)
        .map(({ path, lines }) => `${path} has ${lines} lines`),
    broken: [{ path: 'src/x.ts', text: 'a\n'.repeat(301), offender: 'src/x.ts has 301 lines' }],
  },
  {
    title: 'file names say what is in the file, in kebab-case',
    find: (modules) =>
      modules
        .map(({ path }) => path)
        .filter((path) => !FORBIDDEN_BUT_NAMED.includes(path))
        .filter((path) => {
          const name = path.split('/').at(-1) ?? ''
          return FORBIDDEN_WORDS.test(name) || !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name)
        }),
    broken: ['utils.ts', 'file-helpers.ts', 'BorgClient.ts', 'repo_store.ts'].map((name) => ({
      path: `src/x/${name}`,
      text: '',
      offender: name,
    })),
  },
  {
    title: 'every file opens with a comment that says what it owns',
    find: (modules) =>
      modules.filter(({ text }) => !/^(#!.*\n)?(\/\/|\/\*)[^\n]{15,}/.test(text)).map(({ path }) => path),
    broken: [broken('src/x.ts', "import { a } from './a.ts'", 'src/x.ts'), broken('src/y.ts', '// y', 'src/y.ts')],
  },
  {
    title: 'exports have names',
    find: (modules) => badCode(modules, /^export default\b/m, []),
    broken: [broken('src/x.ts', 'export default 1', 'export default')],
  },
]

function broken(path: string, text: string, offender: string) {
  return { path, text, offender }
}

/** One line for every module whose code matches, outside the layers that may. */
function badCode(modules: readonly Module[], pattern: RegExp, mayLayers: readonly Layer[]): string[] {
  return modules
    .filter(({ path }) => !mayLayers.includes(layerOf(path)))
    .flatMap(({ path, code }) => {
      const found = pattern.exec(code)
      return found === null ? [] : [`${path} has ${found[0]}`]
    })
}

const modules = readModules(join(import.meta.dirname, '..'), 'src')

for (const { title, find, broken } of RULES) {
  describe(title, () => {
    test('in src', () => {
      expect(modules.length).toBeGreaterThan(20)

      expect(find(modules)).toEqual([])
    })

    test.each(broken)('finds $offender in $path', ({ path, text, offender }) => {
      const found = find([parseModule(path, text)])

      expect(found).toEqual([expect.stringContaining(offender)])
    })
  })
}

describe('reading modules', () => {
  test('tells types from values, and code from comments and strings', () => {
    const text = [
      "// import { a } from './commented.ts'",
      "import type { B } from './b.ts'",
      "import { type C, type D } from './c.ts'",
      "import e, { type F } from './e.ts'",
      "import './g.ts'",
      "export type { H } from '../h.ts'",
      "type I = typeof import('./i.ts')",
      "/* process.env */ const text = 'process.env'",
    ].join('\n')

    const { imports, code } = parseModule('src/x/y.ts', text)

    expect(imports).toEqual([
      { target: 'src/x/b.ts', typeOnly: true },
      { target: 'src/x/c.ts', typeOnly: true },
      { target: 'src/x/e.ts', typeOnly: false },
      { target: 'src/x/g.ts', typeOnly: false },
      { target: 'src/h.ts', typeOnly: true },
      { target: 'src/x/i.ts', typeOnly: true },
    ])
    expect(code).not.toContain('process.env')
  })
})
