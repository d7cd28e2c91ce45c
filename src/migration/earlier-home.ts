// The home of BorgBoi 1.x, in every layout it had, the newest first.

import { join } from 'node:path'
import type { EarlierContents, EarlierHome, EarlierPlace } from '../model/earlier-repo.ts'
import type { Finding } from '../model/finding.ts'
import type { Secret } from '../model/secret.ts'
import { blankInDatabase, readDatabase } from './database.ts'
import { readExclusions } from './exclusions-files.ts'
import { blankInJson, readJsonFolder } from './json-folder.ts'

const DATABASES = [['.database', 'borgboi.db'], ['borgboi.db']]
const FOLDERS = [['data', 'repositories'], ['.borgboi_metadata']]

export class FileEarlierHome implements EarlierHome {
  readonly #home: string

  /** `home`: the `.borgboi` directory; it need not exist. */
  constructor(home: string) {
    this.#home = home
  }

  async read(): Promise<EarlierContents> {
    const problems: Finding[] = []
    const repos = []
    for (const words of DATABASES) repos.push(...(await readDatabase(join(this.#home, ...words), problems)))
    for (const words of FOLDERS) repos.push(...(await readJsonFolder(join(this.#home, ...words), problems)))
    return { repos, exclusions: await readExclusions(this.#home, problems), problems }
  }

  async blankPassphrase(place: EarlierPlace, kept: Secret): Promise<boolean> {
    return await (place.file.endsWith('.json') ? blankInJson(place, kept) : blankInDatabase(place, kept))
  }
}
