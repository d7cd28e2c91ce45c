// Exclusions files of BorgBoi 1.x: `<repo>_excludes.txt` in the home or, later, in `data/exclusions`, and `excludes.txt`.

import { join } from 'node:path'
import type { EarlierExclusions } from '../model/earlier-repo.ts'
import type { Finding } from '../model/finding.ts'
import { optional } from '../model/repo.ts'
import { listIfAny, readTextIfAny } from '../platform/files.ts'
import { readOrTell } from './unreadable.ts'

const SHARED = 'excludes.txt'
const OF_REPO = /^(.+)_excludes\.txt$/

/** The newer place first. */
export async function readExclusions(home: string, problems: Finding[]): Promise<EarlierExclusions[]> {
  const found: EarlierExclusions[] = []
  for (const directory of [join(home, 'data', 'exclusions'), home]) {
    const names = (await readOrTell(directory, problems, () => listIfAny(directory))) ?? []
    for (const name of names.sort()) {
      const repo = OF_REPO.exec(name)?.[1]
      if (repo === undefined && (name !== SHARED || directory !== home)) continue
      const file = join(directory, name)
      const text = await readOrTell(file, problems, () => readTextIfAny(file))
      if (text !== undefined) found.push({ file, text, ...optional('repo', repo) })
    }
  }
  return found
}
