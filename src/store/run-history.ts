// Reports of runs, one small file each, named by time: the newest are found by name, and only they are read. A run that
// is under way has a file too, which its report replaces; what a killed one leaves tells how far it was.

import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { Clock, RunHistory } from '../deps.ts'
import type { RepoName } from '../model/names.ts'
import type { RunReport, RunUnderWay } from '../model/run.ts'
import { removeFileIfAny } from '../platform/entries.ts'
import { listIfAny, readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { shareFilesIn, unshareFilesIn } from '../platform/second-names.ts'

const FORMAT = 1
/** When it began, its id, and whether it is a report or what is noted of a run under way. */
const NAME = /^\d{8}T\d{6,9}Z-([^.]+)\.(json|open)$/
/** These stay however old they are: one run with a clock that is wrong must not take the history away. */
const ALWAYS_KEPT = 100

/** A clock that is set by the network moves by less. */
const CLOCK_SLACK_MS = 300_000

export interface RunHistoryOptions {
  /** `<home>/data`; it need not exist. */
  readonly directory: string
  readonly clock: Pick<Clock, 'now'>
  readonly config: { load(): Promise<Pick<Config, 'history'>> }
}

interface HistoryFile {
  readonly repo: string
  readonly name: string
  readonly id: string
  readonly kind: 'json' | 'open'
}

export class FileRunHistory implements RunHistory {
  readonly #directory: string
  readonly #options: RunHistoryOptions

  constructor(options: RunHistoryOptions) {
    this.#directory = join(options.directory, 'runs')
    this.#options = options
  }

  async note(run: RunUnderWay): Promise<void> {
    await this.#write(run, 'open')
  }

  async append(report: RunReport): Promise<void> {
    await this.#write(report, 'json')
    await removeFileIfAny(this.#path(report.repo, fileName(report, 'open')))
    await this.#removeOld(report.repo)
  }

  async list(repo: string | undefined, limit: number): Promise<readonly RunReport[]> {
    const reports: RunReport[] = []
    for (const file of await this.#files(repo)) {
      if (reports.length >= limit) break
      const report = file.kind === 'json' ? await this.#read<RunReport>(file) : undefined
      if (report) reports.push(report)
    }
    return reports
  }

  async underWay(repo: string | undefined): Promise<readonly RunUnderWay[]> {
    const files = await this.#files(repo)
    const ended = new Set(files.filter(({ kind }) => kind === 'json').map(({ id }) => id))
    const open = files.filter(({ kind, id }) => kind === 'open' && !ended.has(id))
    return (await Promise.all(open.map((file) => this.#read<RunUnderWay>(file)))).filter((run) => run !== undefined)
  }

  async find(id: string): Promise<readonly RunReport[]> {
    const wanted = id.toUpperCase()
    const files = (await this.#files(undefined)).filter(
      (file) => file.kind === 'json' && (file.id.startsWith(wanted) || file.id.endsWith(wanted)),
    )
    return (await Promise.all(files.map((file) => this.#read<RunReport>(file)))).filter((run) => run !== undefined)
  }

  async share(from: RepoName, to: RepoName): Promise<void> {
    await shareFilesIn(join(this.#directory, from), join(this.#directory, to))
  }

  async unshare(from: RepoName, to: RepoName): Promise<number> {
    return await unshareFilesIn(join(this.#directory, from), join(this.#directory, to))
  }

  async #write(run: RunReport | RunUnderWay, kind: HistoryFile['kind']): Promise<void> {
    await writeFileAtomic(this.#path(run.repo, fileName(run, kind)), `${JSON.stringify({ format: FORMAT, ...run })}\n`)
  }

  async #removeOld(repo: string): Promise<void> {
    const { history } = await this.#options.config.load()
    const oldest = new Date(this.#options.clock.now().getTime() - history.max_age)
    const tooOld = stampOf(oldest.toISOString())
    for (const [place, { name }] of (await this.#files(repo)).entries()) {
      if (place >= history.max_runs || (place >= ALWAYS_KEPT && name < tooOld)) {
        await removeFileIfAny(this.#path(repo, name))
      }
    }
  }

  /** Newest first; behind them what is of a time to come, because a clock was wrong: it hides nothing that came since. */
  async #files(repo: string | undefined): Promise<HistoryFile[]> {
    const repos = repo === undefined ? ((await listIfAny(this.#directory)) ?? []) : [repo]
    const found = await Promise.all(
      repos.map(async (of) =>
        ((await listIfAny(join(this.#directory, of))) ?? []).flatMap((name) => {
          const [, id, kind] = NAME.exec(name) ?? []
          return id === undefined ? [] : [{ repo: of, name, id, kind: kind as HistoryFile['kind'] }]
        }),
      ),
    )
    const files = found.flat().sort((one, other) => (one.name < other.name ? 1 : -1))
    const now = stampOf(new Date(this.#options.clock.now().getTime() + CLOCK_SLACK_MS).toISOString())
    const toCome = files.findIndex(({ name }) => name < now)
    return toCome <= 0 ? files : [...files.slice(toCome), ...files.slice(0, toCome)]
  }

  /** Undefined for what is gone, damaged or of a newer format: history is worth having, not worth failing for. */
  async #read<T extends RunReport | RunUnderWay>({ repo, name }: HistoryFile): Promise<T | undefined> {
    try {
      const text = await readTextIfAny(this.#path(repo, name))
      const { format, ...run } = JSON.parse(text ?? '{}') as Partial<T> & { readonly format?: unknown }
      const whole = format === FORMAT && typeof run.id === 'string' && Array.isArray(run.steps)
      return whole ? ({ ...run, repo } as unknown as T) : undefined
    } catch {
      return undefined
    }
  }

  #path(repo: string, name: string): string {
    return join(this.#directory, repo, name)
  }
}

function fileName({ startedAt, id }: Pick<RunReport, 'startedAt' | 'id'>, kind: HistoryFile['kind']): string {
  return `${stampOf(startedAt)}-${id}.${kind}`
}

/** A time as names begin with it. */
function stampOf(time: string): string {
  return time.replace(/[-:.]/g, '')
}
