// What becomes of one repo of BorgBoi 1.x: a new record, nothing because it has one, or nothing because a person has to
// decide. Changes nothing.

import { dirname, join } from 'node:path'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { EARLIER_ARCHIVES, type EarlierRepo } from '../../model/earlier-repo.ts'
import type { Finding } from '../../model/finding.ts'
import { isRemote } from '../../model/location.ts'
import { nearestRepoName, type RepoName } from '../../model/names.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'

export type Plan =
  | { readonly kind: 'new'; readonly record: RepoRecord }
  /** With the record it has, whatever became of it since. */
  | { readonly kind: 'known'; readonly record: RepoRecord }
  | { readonly kind: 'refused' }

/** BorgBoi 1.x made repositories of no other kind; Borg's own word is in the record where it was kept. */
const USUAL_ENCRYPTION = 'repokey'

type PlanDeps = Pick<Deps, 'borg' | 'files' | 'passphrases' | 'clock' | 'host'>

/** `records`: those there are, and those that are planned already. */
export async function planRecord(
  deps: PlanDeps,
  earlier: EarlierRepo,
  records: readonly RepoRecord[],
  findings: Finding[],
): Promise<Plan> {
  const tell = (message: string, hint: string) =>
    void findings.push({ level: 'warning', subject: earlier.name, message, hint })
  const { path } = earlier
  const idThere = await repositoryId(deps, path, tell)
  const borgId = idThere ?? earlier.borgId

  const atPath = records.find((record) => record.path === path)
  if (atPath !== undefined && borgId !== undefined && atPath.borgId !== borgId) {
    tell(`${path} is recorded as ${atPath.name}, with another repository id`, `borgboi repo info --name ${atPath.name}`)
    return { kind: 'refused' }
  }
  const known = atPath ?? records.find((record) => record.borgId === borgId && !record.readOnly)
  if (known !== undefined) return { kind: 'known', record: known }
  const byHand = `record it with: borgboi repo import --path ${path} --name NAME`
  if (borgId === undefined) {
    tell(
      'nothing tells the id of its repository, which is not there',
      `mount it and run borgboi migrate again, or ${byHand}`,
    )
    return { kind: 'refused' }
  }
  const name = nearestRepoName(earlier.name)
  const namesake = records.find((record) => record.name === name)
  if (namesake !== undefined) {
    tell(`another repo, at ${namesake.path}, is called ${name} already`, byHand)
    return { kind: 'refused' }
  }
  tellDifferences(deps, earlier, { name, idThere }, tell)
  if (!isRemote(path) && (await deps.files.kind(path)) !== 'directory') {
    tell(`there is no repository at ${path} now; it is recorded all the same`, 'mount its disk before the next backup')
  }
  return { kind: 'new', record: await newRecord(deps, earlier, name, borgId) }
}

type Tell = (message: string, hint: string) => void

/** A repository that may not be read is not there for this. */
async function repositoryId({ borg }: PlanDeps, path: string, tell: Tell): Promise<string | undefined> {
  try {
    return await borg.repositoryId({ path, lockWaitSeconds: 0 })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    tell(`${error.message}: ${error.reason ?? error.code}`, error.hint ?? `look at it with: ls -ld ${path}`)
    return undefined
  }
}

function tellDifferences(
  { host }: PlanDeps,
  { name: former, borgId, hostname = host.hostname, path, sources }: EarlierRepo,
  { name, idThere }: { readonly name: RepoName; readonly idThere: string | undefined },
  tell: Tell,
): void {
  if (name !== former)
    tell(`it is called ${name} here: names are parts of file and archive names`, `use --name ${name}`)
  if (idThere !== undefined && borgId !== undefined && idThere !== borgId) {
    tell(`the repository at ${path} is not the one it was: it has another id`, `borgboi backup list --name ${name}`)
  }
  if (hostname !== host.hostname) {
    tell(`its record is of the host ${hostname}, this is ${host.hostname}`, 'let one machine only back up into it')
  }
  if (sources.length === 0) tell('nothing is known that goes into it', `borgboi repo info --name ${name}`)
}

async function newRecord(deps: PlanDeps, earlier: EarlierRepo, name: RepoName, borgId: string): Promise<RepoRecord> {
  const { path, sources, hostname = deps.host.hostname, retention, encryption = USUAL_ENCRYPTION } = earlier
  return {
    name,
    path,
    borgId,
    encryption,
    sources,
    hostname,
    createdAt: earlier.createdAt ?? deps.clock.now().toISOString(),
    archiveGlob: EARLIER_ARCHIVES,
    ...optional('retention', retention),
    ...optional('passphraseFile', await unusualFile(deps, earlier, name)),
  }
}

/** A passphrase file of another name, when it is there and the usual one is not. */
async function unusualFile({ passphrases, files }: PlanDeps, earlier: EarlierRepo, name: RepoName) {
  const usual = passphrases.path(name)
  const named = earlier.name.includes('/') ? [] : [join(dirname(usual), `${earlier.name}.key`)]
  for (const file of [usual, ...(earlier.passphraseFile === undefined ? [] : [earlier.passphraseFile]), ...named]) {
    if ((await files.kind(file)) === 'file') return file === usual ? undefined : file
  }
  return undefined
}
