// What there is of BorgBoi 1.x: in this home, and of this host in the DynamoDB table where one is configured.

import type { Config } from '../../config/schema.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { type EarlierContents, type EarlierRepo, mergeEarlierRepos } from '../../model/earlier-repo.ts'
import type { Finding } from '../../model/finding.ts'
import { isRemote } from '../../model/location.ts'
import { optional } from '../../model/repo.ts'

type GatherDeps = Pick<Deps, 'earlierHome' | 'sharedRepos' | 'repos' | 'host'>

export async function gather(deps: GatherDeps, config: Config): Promise<EarlierContents> {
  const { repos, exclusions, problems } = await deps.earlierHome.read()
  const findings: Finding[] = [...problems]
  const shared = await reposOfTable(deps, config, findings)
  return { repos: mergeEarlierRepos([...repos, ...shared]), exclusions, problems: findings }
}

/** Those that are recorded here already are borgboi's own doing. Passphrases in the table are never read. */
async function reposOfTable(deps: GatherDeps, { aws, offline }: Config, findings: Finding[]): Promise<EarlierRepo[]> {
  if (offline || aws.dynamodb_repos_table === undefined) return []
  const subject = `table ${aws.dynamodb_repos_table}`
  try {
    const recorded = new Set((await deps.repos.list()).map(({ path }) => path))
    const own = (await deps.sharedRepos.list()).filter(
      ({ hostname, path }) => hostname === deps.host.hostname && !recorded.has(path),
    )
    return own
      .filter(({ path }) => path.startsWith('/') || isRemote(path))
      .map(({ name, path, hostname, sources, lastBackupAt }) => ({
        name,
        path,
        hostname,
        sources: sources.filter((source) => source.startsWith('/')),
        ...optional('lastBackupAt', lastBackupAt),
        places: [{ file: subject, name }],
      }))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const message = `its repos are not taken over: ${error.reason ?? error.message}`
    findings.push({ level: 'warning', subject, message, ...optional('hint', error.hint) })
    return []
  }
}
