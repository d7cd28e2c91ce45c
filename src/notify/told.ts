// What each notifier has heard last, of each repo: one small file for every two of them, so that no writer waits for
// another. A file that is damaged or gone costs one message too many.

import { join } from 'node:path'
import type { Told, ToldObjectives } from '../model/notifier.ts'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'

const FORMAT = 1
/** No repo can have this name. */
const DIGEST = '_digest'
/** No workflow has this name. */
const OBJECTIVES = 'objectives'

type Document = Readonly<Record<string, unknown>>

export class ToldStore {
  readonly #directory: string

  /** `directory`: `<home>/data`; it need not exist. */
  constructor(directory: string) {
    this.#directory = join(directory, 'notify')
  }

  async last(notifier: string, repo: string, workflow: string): Promise<Told | undefined> {
    const found = (await this.#read(notifier, repo))[workflow] as Partial<Told> | undefined
    return typeof found?.state === 'string' && typeof found.at === 'string' ? (found as Told) : undefined
  }

  /** @throws AppError `disk-full`, `file-denied`, `file-unusable` */
  async keep(notifier: string, repo: string, workflow: string, told: Told): Promise<void> {
    await this.#write(notifier, repo, { ...(await this.#read(notifier, repo)), [workflow]: told })
  }

  async lastObjectives(notifier: string, repo: string): Promise<ToldObjectives | undefined> {
    const found = (await this.#read(notifier, repo))[OBJECTIVES] as Partial<ToldObjectives> | undefined
    return Array.isArray(found?.broken) && typeof found.at === 'string' ? (found as ToldObjectives) : undefined
  }

  /** @throws AppError `disk-full`, `file-denied`, `file-unusable` */
  async keepObjectives(notifier: string, repo: string, told: ToldObjectives): Promise<void> {
    await this.#write(notifier, repo, { ...(await this.#read(notifier, repo)), [OBJECTIVES]: told })
  }

  /** When the notifier got its last digest. */
  async lastDigest(notifier: string): Promise<Date | undefined> {
    const at = Date.parse(String((await this.#read(notifier, DIGEST))['at']))
    return Number.isNaN(at) ? undefined : new Date(at)
  }

  /** @throws AppError `disk-full`, `file-denied`, `file-unusable` */
  async keepDigest(notifier: string, at: Date): Promise<void> {
    await this.#write(notifier, DIGEST, { at: at.toISOString() })
  }

  #path(notifier: string, subject: string): string {
    return join(this.#directory, notifier, `${subject}.json`)
  }

  async #read(notifier: string, subject: string): Promise<Document> {
    try {
      const { format, told } = JSON.parse((await readTextIfAny(this.#path(notifier, subject))) ?? '{}') as {
        readonly format?: unknown
        readonly told?: unknown
      }
      return format === FORMAT && typeof told === 'object' && told !== null ? (told as Document) : {}
    } catch {
      return {}
    }
  }

  async #write(notifier: string, subject: string, told: Document): Promise<void> {
    await writeFileAtomic(this.#path(notifier, subject), `${JSON.stringify({ format: FORMAT, told })}\n`)
  }
}
