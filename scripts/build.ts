// Builds dist: the program and the library as bundled ES modules with lazily loaded chunks, then, for a release, the type
// declarations, the manual pages and the licences of what is bundled. Run: node scripts/build.ts [--quick] (the program only)

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const DAY_MS = 86_400_000
const quick = process.argv.includes('--quick')

/**
 * Whatever src loads lazily says that it needs all of main.ts. What it shares with main.ts is then in one chunk with the
 * rest of it: esbuild makes a chunk for every set of modules that share something, and every chunk costs start-up.
 */
const oneChunkForMain: Plugin = {
  name: 'one-chunk-for-main',
  setup({ onResolve, onLoad }) {
    const main = join(root, 'src/main.ts')
    onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
      const target = join(resolveDir, path)
      const isOurs = kind === 'dynamic-import' && resolveDir.startsWith(join(root, 'src')) && target !== main
      return isOurs ? { path: target, namespace: 'lazy' } : undefined
    })
    onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
      contents: `import '${main}'\nexport * from '${path}'`,
      resolveDir: root,
    }))
  },
}

/**
 * To import a name from one of its own modules, Node reads every property of it, and that loads what lies behind some: of
 * node:util 4 ms, of node:http, which has a WebSocket, 30 ms. Taken as an object, nothing is read but what is used. Each
 * importer has its own, or it would be a chunk.
 */
const builtinsAsObjects: Plugin = {
  name: 'builtins-as-objects',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?(util|http)$/ }, ({ path, importer, kind }) =>
      kind === 'require-call' ? undefined : { path: `${path.replace('node:', '')} ${importer}`, namespace: 'builtin' },
    )
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path.split(' ')[0]}')`,
    }))
  },
}

// Apart: what the program and the library share would become chunks of its own, and every chunk costs start-up.
const program = await bundle('src/bin.ts', [oneChunkForMain, builtinsAsObjects])
const library = await bundle('src/index.ts', [])
const outputs = { ...program.outputs, ...library.outputs }
const inputs = { ...program.inputs, ...library.inputs }

// A program that is running loads chunks of the build it was started from: they go after a day, or with a release.
const current = new Set(Object.keys(outputs).map((path) => basename(path)))
for (const file of readdirSync(join(dist, 'chunks'))) {
  const path = join(dist, 'chunks', file)
  if (!current.has(file) && (!quick || statSync(path).mtimeMs < Date.now() - DAY_MS)) rmSync(path)
}
chmodSync(join(dist, 'bin.js'), 0o755)

if (!quick) {
  rmSync(join(dist, 'types'), { recursive: true, force: true })
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'scripts/tsconfig.types.json')], {
    stdio: 'inherit',
  })
  writeFileSync(join(dist, 'LICENSES.txt'), bundledLicences())
  rmSync(join(dist, 'man'), { recursive: true, force: true })
  mkdirSync(join(dist, 'man'))
  const { manPages } = await import('./man-pages.ts')
  for (const [file, text] of Object.entries(manPages())) writeFileSync(join(dist, 'man', file), text)
}
console.log(`dist: ${kilobytes(loadedAtStart(program))} kB loaded at start, ${current.size} files`)

async function bundle(entryPoint: string, plugins: Plugin[]): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Packages that come as ES modules too: what is not used of the AWS SDK is left out, which is half of it.
    mainFields: ['module', 'main'],
    plugins,
    // Dependencies in CommonJS call require for Node's own modules, which ES modules do not have.
    banner: {
      js: "import { createRequire as createRequire_ } from 'node:module'\nconst require = createRequire_(import.meta.url)",
    },
    // Not minified: it would make no difference to start-up that can be measured, and stack traces stay legible.
    metafile: true,
    // Errors are printed as they are found; the exception says the same again.
    logLevel: 'warning',
  }).catch(() => process.exit(1))
  return metafile
}

/** The licence text of every package that went into the bundles. */
function bundledLicences(): string {
  const packages = new Set<string>()
  for (const path of Object.keys(inputs)) {
    // Not what a plugin made for a package: `node-util:…`.
    const found = /^([^:]*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
    if (found !== undefined) packages.add(found)
  }
  return [...packages].sort().map(licenceOf).join('\n\n')
}

function licenceOf(directory: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'))
  const file = readdirSync(join(root, directory)).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file === undefined ? '' : `\n\n${readFileSync(join(root, directory, file), 'utf8').trim()}`
  return `${name} ${version} (${license})${text}`
}

/** Bytes of bin.js and everything it imports before its first line runs. */
function loadedAtStart({ outputs }: Metafile): number {
  const loaded = new Set<string>()
  const load = (path: string) => {
    const output = outputs[path]
    if (output === undefined || loaded.has(path)) return
    loaded.add(path)
    for (const imported of output.imports) if (imported.kind === 'import-statement') load(imported.path)
  }
  load('dist/bin.js')
  return [...loaded].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0)
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1000)
}
