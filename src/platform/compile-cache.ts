// Node's compile cache: code is compiled once per version and not at every start.

import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** In the user's own cache folder: Node's default is the shared temporary folder, where others could write. */
export function useCompileCache(env: Readonly<Record<string, string | undefined>>): void {
  enableCompileCache(join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'borgboi', 'compiled'))
}
