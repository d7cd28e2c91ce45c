// Reports of finished runs, one small file each, named by time: the newest are found by name, and only they are read.

import { join } from 'node:path'
import type { RunHistory } from '../deps.ts'
import type { RepoName } from '../model/names.ts'
import type { RunReport } from '../model/run.ts'
import { listIfAny, readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { removeIfEmpty, sameNamesIn, shareFiles, unshareFiles } from '../platform/second-names.ts'

const FORMAT = 1
const REPORT_FILE = /^\d{8}T\d{6,9}Z-[^.]+\.json$/

export class FileRunHistory implements RunHistory {
  readonly #directory: string

  /** `directory`: `<home>/data`; it need not exist. */
  constructor(directory: string) {
    this.#directory = join(directory, 'runs')
  }

  async append(report: RunReport): Promise<void> {
    const name = `${report.startedAt.replace(/[-:.]/g, '')}-${report.id}.json`
    await writeFileAtomic(
      join(this.#directory, report.repo, name),
      `${JSON.stringify({ format: FORMAT, ...report })}\n`,
    )
  }

  async list(repo: RepoName, limit: number): Promise<readonly RunReport[]> {
    const directory = join(this.#directory, repo)
    const names = ((await listIfAny(directory)) ?? []).filter((name) => REPORT_FILE.test(name))
    const reports: RunReport[] = []
    for (const name of names.sort().reverse()) {
      if (reports.length >= limit) break
      const report = parseReport(await readTextIfAny(join(directory, name)))
      if (report) reports.push({ ...report, repo })
    }
    return reports
  }

  async share(from: RepoName, to: RepoName): Promise<void> {
    await shareFiles(await sameNamesIn(join(this.#directory, from), join(this.#directory, to)))
  }

  async unshare(from: RepoName, to: RepoName): Promise<number> {
    const directory = join(this.#directory, from)
    const removed = await unshareFiles(await sameNamesIn(directory, join(this.#directory, to)))
    await removeIfEmpty(directory)
    return removed
  }
}

/** Undefined for what is damaged or of a newer format: history is worth having, not worth failing for. */
function parseReport(text: string | undefined): RunReport | undefined {
  try {
    const { format, ...report } = JSON.parse(text ?? '{}') as Partial<RunReport> & { readonly format?: unknown }
    const whole = format === FORMAT && typeof report.id === 'string' && Array.isArray(report.steps)
    return whole ? (report as RunReport) : undefined
  } catch {
    return undefined
  }
}
