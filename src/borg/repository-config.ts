// The repository's own config file, where it is on this machine: what it tells costs no Borg process.
// Source: borg docs internals/data-structures, "Config file": INI, section [repository].

import { join } from 'node:path'
import { readTextIfAny } from '../platform/files.ts'
import type { RepositoryAccess } from './client.ts'
import { isLocal } from './location.ts'

/** 64 hex digits; undefined for a remote repository, or where there is none. @throws AppError `file-denied` */
export async function readRepositoryId(access: RepositoryAccess): Promise<string | undefined> {
  if (!isLocal(access)) return undefined
  const config = await readTextIfAny(join(access.path, 'config'))
  return /^id\s*=\s*([0-9a-f]{64})\s*$/m.exec(config ?? '')?.[1]
}
