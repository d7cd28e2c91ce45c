// Evidence of each repo in files of the home, one a kind, so that those who write one never wait for those who write
// another. See docs/formats.md.

import { join } from 'node:path'
import type { EvidenceStore } from '../deps.ts'
import type { RepoEvidence } from '../model/evidence.ts'
import type { RepoName } from '../model/names.ts'
import { listIfAny, readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { shareFilesIn, unshareFilesIn } from '../platform/second-names.ts'

const FORMAT = 1
const NAME = /^([a-z]+)\.json$/i

export class FileEvidenceStore implements EvidenceStore {
  readonly #directory: string

  /** `directory`: `<home>/data`; it need not exist. */
  constructor(directory: string) {
    this.#directory = join(directory, 'evidence')
  }

  async read(repo: RepoName): Promise<RepoEvidence> {
    const directory = join(this.#directory, repo)
    const kinds = ((await listIfAny(directory)) ?? []).flatMap((name) => NAME.exec(name)?.[1] ?? [])
    const read = await Promise.all(
      kinds.map(async (kind) => [kind, parse(await readTextIfAny(join(directory, `${kind}.json`)))] as const),
    )
    return Object.fromEntries(read.filter(([, seen]) => seen !== undefined))
  }

  async keep(repo: RepoName, evidence: RepoEvidence): Promise<void> {
    for (const [kind, seen] of Object.entries(evidence)) {
      const path = join(this.#directory, repo, `${kind}.json`)
      await writeFileAtomic(path, `${JSON.stringify({ format: FORMAT, ...seen })}\n`)
    }
  }

  async share(from: RepoName, to: RepoName): Promise<void> {
    await shareFilesIn(join(this.#directory, from), join(this.#directory, to))
  }

  async unshare(from: RepoName, to: RepoName): Promise<number> {
    return await unshareFilesIn(join(this.#directory, from), join(this.#directory, to))
  }
}

/** Undefined for what is damaged or of a newer format: what nobody can read proves nothing. */
function parse(text: string | undefined): unknown {
  try {
    const { format, ...seen } = JSON.parse(text ?? '{}')
    return format === FORMAT && typeof seen.at === 'string' && typeof seen.repoId === 'string' ? seen : undefined
  } catch {
    return undefined
  }
}
