// Recovery kits as files: made of what is known of a repo, and read back. What they look like is loaded when it is needed.

import { createHash } from 'node:crypto'
import type { Kits } from '../deps.ts'
import { AppError } from '../errors.ts'
import { readTextIfAny, statIfAny } from '../platform/files.ts'

/** A kit has a few thousand bytes; this is something else. */
const MAX_BYTES = 1 << 20

export const fileKits: Kits = {
  async fingerprint(key) {
    return createHash('sha256').update(`${key.trim()}\n`).digest('hex')
  },

  async render(kit) {
    const [{ renderKitText }, { renderKitPage }] = await Promise.all([import('./kit-format.ts'), import('./page.ts')])
    const fingerprint = kit.key && (await fileKits.fingerprint(kit.key.file))
    return { text: renderKitText(kit, fingerprint), page: renderKitPage(kit, fingerprint) }
  },

  async read(path) {
    const facts = await statIfAny(path)
    if (facts === undefined) throw unusable(path, 'there is no such file', 'check the path')
    if (!facts.isFile() || facts.size > MAX_BYTES) {
      throw unusable(path, 'it is no text of that kind', 'name the .txt file that borgboi repo kit create made')
    }
    const { parseKitText } = await import('./kit-format.ts')
    const kit = parseKitText((await readTextIfAny(path)) ?? '')
    if ('problem' in kit) throw unusable(path, kit.problem, kit.hint)
    return kit
  },
}

function unusable(path: string, reason: string, hint: string): AppError {
  return new AppError('file-unusable', `cannot use ${path} as a recovery kit`, { reason, hint })
}
