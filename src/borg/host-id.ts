// The id this machine's locks carry in repositories. Borg's own comes from host name and network card, which containers
// change; a stable one lets Borg clear the locks its dead processes left.

import type { Host } from '../deps.ts'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'

/** Read from the file, or made and written there the first time. */
export async function stableHostId(file: string, host: Host): Promise<string> {
  const known = (await readTextIfAny(file))?.trim()
  if (known) return known
  const fresh = `${host.hostname}@${host.newId()}`
  await writeFileAtomic(file, `${fresh}\n`)
  return fresh
}
