// Everything that can be checked before a backup needs it: the file, Borg, the policies, permissions, AWS. What is
// found is a result, never an error; nothing is changed.

import type { BorgClient } from '../../borg/client.ts'
import type { Config } from '../../config/schema.ts'
import type { Deps, RepoStore } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { Finding } from '../../model/finding.ts'
import { retentionText } from '../../model/retention.ts'
import { isOnNetwork } from '../../model/vault-url.ts'

interface Needs extends Pick<Deps, 'config' | 'passphrases'> {
  readonly repos: Pick<RepoStore, 'list'>
  readonly borg: Pick<BorgClient, 'version'>
}

export async function validateConfig(deps: Needs): Promise<readonly Finding[]> {
  const [sources, passphrases] = await Promise.all([deps.config.audit(), deps.passphrases.audit()])
  // Which Borg to use is not known while the configuration is broken.
  if (sources.some(({ level }) => level === 'error')) return [...sources, ...passphrases]
  const config = await deps.config.load()
  return [
    ...sources,
    await checkBorg(deps),
    ...policies(config),
    ...checkAws(config),
    ...vaults(config),
    ...(await strayNames(deps, config)),
    ...passphrases,
  ]
}

async function checkBorg({ borg }: Pick<Needs, 'borg'>): Promise<Finding> {
  try {
    const { text } = await borg.version()
    return { level: 'ok', subject: 'Borg', message: `version ${text}` }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const message = error.reason === undefined ? error.message : `${error.message}: ${error.reason}`
    return { level: 'error', subject: 'Borg', message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  }
}

/** Bad ones do not load; the good ones are said, so that a person sees what holds. */
function policies({ borg }: Config): Finding[] {
  return [
    { level: 'ok', subject: 'borg.compression', message: borg.compression },
    { level: 'ok', subject: 'borg.retention', message: retentionText(borg.retention) },
  ]
}

/** Only a bucket asks for the rest: who sets nothing of aws wants nothing of it. */
function checkAws({ aws, offline }: Config): Finding[] {
  if (offline || aws.s3_bucket === undefined || aws.region !== undefined) return []
  return [
    {
      level: 'error',
      subject: 'aws.region',
      message: 'is missing, and aws.s3_bucket is set',
      hint: 'set aws.region, or offline: true to use no network',
    },
  ]
}

/** Whether they answer is for `vault probe`: validating needs no network. */
function vaults({ vaults, offline }: Config): Finding[] {
  return Object.entries(vaults).map(([name, { url, retention }]) =>
    offline && isOnNetwork(url)
      ? {
          level: 'warning',
          subject: `vaults.${name}`,
          message: `nothing is copied to ${url}: the configuration says offline`,
          hint: 'set offline to false to copy repositories there',
        }
      : { level: 'ok', subject: `vaults.${name}`, message: `${url}, keeps ${retentionText(retention)}` },
  )
}

/** A name with a slip of the pen would keep hooks from running, and notifiers from telling, without a word. */
async function strayNames({ repos }: Pick<Needs, 'repos'>, config: Config): Promise<Finding[]> {
  const named = [
    ...Object.keys(config.repos).map((name) => ({ name, subject: `repos.${name}` })),
    ...Object.entries(config.notify).flatMap(([notifier, { repos: of = [] }]) =>
      of.map((name) => ({ name, subject: `notify.${notifier}.repos` })),
    ),
  ]
  if (named.length === 0) return []
  const recorded = (await repos.list()).map(({ name }): string => name)
  return named
    .filter(({ name }) => !recorded.includes(name))
    .map(({ name, subject }) => ({
      level: 'warning',
      subject,
      message: `there is no repo named ${name} here`,
      hint: recorded.length === 0 ? 'set it up with: borgboi repo create' : `recorded are ${recorded.join(', ')}`,
    }))
}
