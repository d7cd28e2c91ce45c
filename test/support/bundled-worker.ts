// A worker of the tests in one file: a process starts in half the time then, and hundreds are started.

import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** Resolves to the program. */
export async function bundledWorker(source: URL, directory: string): Promise<string> {
  const outfile = join(directory, `${basename(source.pathname, '.ts')}.mjs`)
  await build({
    entryPoints: [source.pathname],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
  return outfile
}
