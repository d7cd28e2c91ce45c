// What was begun and not finished: a takeover from BorgBoi 1.x; a move of a repository; runs that were cut off or failed.

import type { EarlierContents } from '../../model/earlier-repo.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport, RunUnderWay } from '../../model/run.ts'
import { numberOf } from '../../model/words.ts'
import type { Check, RepoSubject, Verdict } from './check.ts'

export interface EarlierFacts {
  readonly earlier: EarlierContents
  readonly recorded: readonly Pick<RepoRecord, 'path' | 'borgId'>[]
}

export const earlier: Check<EarlierFacts> = {
  name: 'BorgBoi 1.x',
  gather: async (deps) => ({ earlier: await deps.earlierHome.read(), recorded: await deps.repos.list() }),
  judge: ({ earlier: { repos }, recorded }) => {
    const isRecorded = ({ path, borgId }: (typeof repos)[number]) =>
      recorded.some((record) => record.path === path || record.borgId === borgId)
    const left = [...new Set(repos.filter((repo) => !isRecorded(repo)).map(({ name }) => name))]
    const secrets = repos.some(({ places }) => places.some(({ passphrase }) => passphrase !== undefined))
    const verdicts: Verdict[] = []
    if (left.length > 0) {
      const message = `${numberOf(left.length, 'repo')} of it ${left.length === 1 ? 'is' : 'are'} not taken over: ${left.join(', ')}`
      verdicts.push({ level: 'warning', message, hint: 'see what would be done: borgboi migrate --dry-run' })
    }
    if (secrets) {
      const message = 'its records still hold passphrases'
      verdicts.push({ level: 'warning', message, hint: 'move them into files of their own: borgboi migrate' })
    }
    return verdicts
  },
}

export interface MoveFacts {
  readonly name: string
  /** Where to, if one is not over. */
  readonly to?: string
}

export const moving: Check<MoveFacts, RepoSubject> = {
  name: 'move',
  gather: async (deps, { record: { name, borgId } }) => {
    const move = await deps.relocation.begun(borgId)
    return { name, ...(move && { to: move.to }) }
  },
  judge: ({ name, to }) => {
    if (to === undefined) return []
    const hint = `finish it: borgboi repo move ${name} --to ${to}`
    return [{ level: 'warning', message: `the repository is on its way to ${to}`, hint }]
  },
}

export interface RunsFacts {
  readonly name: string
  /** Noted as under way while nobody holds the repo. */
  readonly cutOff: readonly RunUnderWay[]
  /** The newest backup, whatever became of it. */
  readonly newest?: RunReport
}

const RUNS_READ = 30
const BACKUPS = ['backup daily', 'backup run']

export const runs: Check<RunsFacts, RepoSubject> = {
  name: 'last backup',
  gather: async (deps, { record: { name } }) => {
    const isBusy = await deps.jobs.isHeld(name)
    const [reports, underWay] = await Promise.all([deps.runs.list(name, RUNS_READ), deps.runs.underWay(name)])
    const newest = reports.find(({ workflow }) => BACKUPS.includes(workflow))
    return { name, cutOff: isBusy ? [] : underWay, ...(newest && { newest }) }
  },
  judge: ({ name, cutOff, newest }) => {
    const [first] = cutOff
    if (first) {
      const message = `${first.workflow} was cut off at the step ${first.step.name}`
      return [{ level: 'warning', message, hint: `run it again: borgboi ${first.workflow} --name ${name}` }]
    }
    if (newest === undefined) return [{ level: 'skipped', message: 'none yet' }]
    const { workflow, outcome, failure, id } = newest
    if (outcome !== 'failed' && outcome !== 'interrupted') return [{ level: 'ok', message: `${workflow}: ${outcome}` }]
    const message = `${workflow} ${outcome === 'failed' ? 'failed' : 'was stopped'}: ${failure?.message ?? 'nobody knows why'}`
    return [{ level: 'error', message, hint: `see all of it: borgboi history show ${id}` }]
  },
}
