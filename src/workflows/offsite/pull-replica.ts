// `s3 pull`: a read-only replica follows the vault. Each new generation is verified before it is flipped into place;
// watched, the vault is asked for its head again and again, and only what is new makes a run.

import type { PassphraseInput } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseRepoName, type RepoName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { type OpenVault, type VaultChoice, withVault } from '../shared/open-vault.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type RegisterDeps, recordCopy, requireRecordable } from './register.ts'
import { type OffsiteDeps, pickRepository } from './target.ts'

export type PullDeps = OffsiteDeps & RunDeps & RegisterDeps

export interface PullReplicaInput extends VaultChoice {
  /** Absolute: `current` in it becomes the repository. */
  readonly directory: string
  /** In the vault: a name or the beginning of an id; not needed when there is one repository only. */
  readonly name?: string | undefined
  readonly recordAs?: string | undefined
  /** What its record says is backed up into it here: absolute. */
  readonly sources: readonly string[]
  readonly keep: number
  /** Absent: once. */
  readonly everyMs?: number | undefined
  readonly register: boolean
  readonly passphrase: PassphraseInput
}

/** Resolves to the last run; watching ends with a failed one, or when the person asks to stop. */
export async function pullReplica(deps: PullDeps, input: PullReplicaInput): Promise<RunReport> {
  return await withVault(deps, input, async (opened) => {
    const picked = await pickRepository(deps, opened, input.name)
    const { borgId } = picked
    const nameThere = parseRepoName(picked.name)
    const path = `${input.directory}/current`
    const there = await deps.repos.getByPath(path)
    const recorded = there?.borgId === borgId ? there : undefined
    const name = recorded?.name ?? (input.recordAs === undefined ? nameThere : parseRepoName(input.recordAs))
    const register = input.register && recorded === undefined
    if (register) await requireRecordable(deps, { ...input, name, path, borgId, readOnly: true })
    const replica = { ...input, opened, borgId, name, nameThere, path }
    let { report, seq } = await pullOnce(deps, replica, register)
    while (input.everyMs !== undefined && isWorthAnotherTry(report)) {
      await untilNews(deps, replica, seq, input.everyMs)
      const next = await pullOnce(deps, replica, false)
      report = next.report
      seq = next.seq ?? seq
    }
    return report
  })
}

/** What the network did may pass by; anything else is for a person to look at. */
function isWorthAnotherTry({ failure }: RunReport): boolean {
  return failure === undefined || failure.code === 'vault-unreachable'
}

interface Replica extends PullReplicaInput {
  readonly opened: OpenVault
  readonly borgId: string
  readonly name: RepoName
  readonly nameThere: RepoName
  /** The repository in the replica. */
  readonly path: string
}

async function pullOnce(
  deps: PullDeps,
  replica: Replica,
  register: boolean,
): Promise<{ readonly report: RunReport; readonly seq: number | undefined }> {
  const { opened, borgId, name, path, directory, keep } = replica
  const subject = { name, path: directory, sources: [opened.vault.url] }
  let pulled: number | undefined
  const report = await performRun(deps, { record: subject, workflow: 's3 pull', exclusive: true }, async (run) => {
    pulled = await run.step('pull', async (handlers) => {
      const result = await deps.replication.pull(opened.vault, { borgId, directory, keep }, handlers)
      const { outcome, seq, files, fetchedBytes } = result
      // After a takeover at an older generation what Borg here read of the one before is newer.
      if (outcome === 'pulled' && replica.register) await forgetEarlier(deps, replica)
      if (outcome === 'unchanged') return { value: seq, figures: { generation: seq }, detail: 'nothing new' }
      return { value: seq, figures: { generation: seq, files, fetchedBytes } }
    })
    if (register) await recordCopy(deps, run, { ...replica, path, vault: opened.label, readOnly: true })
  })
  return { report, seq: pulled }
}

async function forgetEarlier({ borg }: PullDeps, { name, borgId }: Replica): Promise<void> {
  await borg.forgetNewerState({ baseDirectory: await borg.baseDirectory(name) }, borgId)
}

/** Resolves when the vault has another head than `seq`. What the network does passes by. @throws AppError `interrupted` */
async function untilNews(
  { clock, stop, replication, events }: PullDeps,
  { opened, borgId }: Replica,
  seq: number | undefined,
  everyMs: number,
): Promise<void> {
  let isTold = false
  for (;;) {
    await clock.sleep(everyMs, stop).catch(() => {
      throw new AppError('interrupted', 'stopped watching', {
        reason: `borgboi got ${String(stop.reason)}`,
        hint: 'the replica is complete; start it again with the same command',
      })
    })
    try {
      const there = await replication.repositories(opened.vault)
      if (there.find((one) => one.borgId === borgId)?.head?.seq !== seq) return
      isTold = false
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'vault-unreachable') throw error
      if (!isTold) events({ type: 'notice', level: 'warning', message: `${error.message}: ${error.reason}` })
      isTold = true
    }
  }
}
