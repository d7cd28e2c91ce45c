// `s3 pull`: a read-only replica follows the vault. Each new generation is verified before it is flipped into place;
// watched, the vault is asked for its head again and again, and only what is new makes a run.

import type { PassphraseInput } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseRepoName, type RepoName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { type OpenVault, type VaultChoice, withVault } from '../shared/open-vault.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type RegisterDeps, recordCopy, requireUnrecorded } from './register.ts'
import { type OffsiteDeps, pickRepository } from './target.ts'

export type PullDeps = OffsiteDeps & RunDeps & RegisterDeps

export interface PullReplicaInput extends VaultChoice {
  /** Absolute: `current` in it becomes the repository. */
  readonly directory: string
  /** In the vault: a name or the beginning of an id; not needed when there is one repository only. */
  readonly name?: string | undefined
  readonly recordAs?: string | undefined
  readonly keep: number
  /** Absent: once. */
  readonly everyMs?: number | undefined
  readonly register: boolean
  readonly passphrase: PassphraseInput
}

/** Resolves to the last run; watching ends with a failed one, or when the person asks to stop. */
export async function pullReplica(deps: PullDeps, input: PullReplicaInput): Promise<RunReport> {
  return await withVault(deps, input, async (opened) => {
    const { borgId, name: nameThere } = await pickRepository(deps, opened, input.name)
    const name = parseRepoName(input.recordAs ?? nameThere)
    const path = `${input.directory}/current`
    const isRecorded = (await deps.repos.getByPath(path))?.borgId === borgId
    const register = input.register && !isRecorded
    if (register) await requireUnrecorded(deps, { name, path, borgId })
    const replica = { ...input, opened, borgId, name, path }
    let report = await pullOnce(deps, replica, register)
    while (input.everyMs !== undefined && report.failure === undefined) {
      await untilNews(deps, opened, borgId, input.everyMs)
      report = await pullOnce(deps, replica, false)
    }
    return report
  })
}

interface Replica extends PullReplicaInput {
  readonly opened: OpenVault
  readonly borgId: string
  readonly name: RepoName
  /** The repository in the replica. */
  readonly path: string
}

function pullOnce(deps: PullDeps, replica: Replica, register: boolean): Promise<RunReport> {
  const { opened, borgId, name, path, directory, keep } = replica
  const subject = { name, path: directory, sources: [opened.vault.url] }
  return performRun(deps, { record: subject, workflow: 's3 pull', exclusive: true }, async (run) => {
    await run.step('pull', async (handlers) => {
      const result = await deps.replication.pull(opened.vault, { borgId, directory, keep }, handlers)
      const { outcome, seq, files, fetchedBytes } = result
      if (outcome === 'unchanged') return { value: undefined, figures: { generation: seq }, detail: 'nothing new' }
      return { value: undefined, figures: { generation: seq, files, fetchedBytes }, detail: result.current }
    })
    if (register) await recordCopy(deps, run, { ...replica, path, vault: opened.label, readOnly: true })
  })
}

/** Errors of the network pass by: the next look may succeed. @throws AppError `interrupted` */
async function untilNews(
  { clock, stop, replication, events }: PullDeps,
  { vault }: OpenVault,
  borgId: string,
  everyMs: number,
): Promise<void> {
  const head = async () => (await replication.repositories(vault)).find((one) => one.borgId === borgId)?.head?.seq
  const before = await head()
  let isTold = false
  for (;;) {
    await clock.sleep(everyMs, stop).catch(() => {
      throw new AppError('interrupted', 'stopped watching', {
        reason: `borgboi got ${String(stop.reason)}`,
        hint: 'the replica is complete; start it again with the same command',
      })
    })
    try {
      if ((await head()) !== before) return
      isTold = false
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'vault-unreachable') throw error
      if (!isTold) events({ type: 'notice', level: 'warning', message: `${error.message}: ${error.reason}` })
      isTold = true
    }
  }
}
