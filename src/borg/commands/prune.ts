// `borg prune`: removes the archives a policy does not keep, among those a glob matches. Borg can leave out none that the
// glob matches: where held ones may be among them, it only says what it would remove, and the others are deleted by name.

import type { StepHandlers } from '../../model/events.ts'
import { isHeld, mayMatchHeld } from '../../model/held.ts'
import { RETENTION_COUNTS, type RetentionPolicy } from '../../model/retention.ts'
import type { PruneOptions, PruneResult, RepositoryAccess } from '../client.ts'
import { parseDeletedBytes } from '../output/size.ts'
import type { BorgRunner } from '../run-borg.ts'
import { deleteArchives } from './delete.ts'

export async function prune(
  runner: BorgRunner,
  access: RepositoryAccess,
  options: PruneOptions,
  handlers: StepHandlers,
): Promise<PruneResult> {
  if (!mayMatchHeld(options.glob)) return await runPrune(runner, access, options, handlers)
  const plan = await runPrune(runner, access, { ...options, dryRun: true }, handlers)
  const removed = plan.removed.filter((archive) => !isHeld(archive))
  const kept = [...plan.kept, ...plan.removed.filter(isHeld)]
  const isDone = options.dryRun || removed.length === 0
  const { reclaimableBytes } = isDone
    ? { reclaimableBytes: 0 }
    : await deleteArchives(runner, access, { archives: removed, dryRun: false })
  return { kept, removed, reclaimableBytes }
}

async function runPrune(
  runner: BorgRunner,
  access: RepositoryAccess,
  options: PruneOptions,
  handlers: StepHandlers,
): Promise<PruneResult> {
  const kept: string[] = []
  const removed: string[] = []
  let reclaimableBytes = 0
  await runner.run({
    subcommand: 'prune',
    args: [
      '--list',
      // Borg refuses --stats in a dry run.
      options.dryRun ? '--dry-run' : '--stats',
      ...policyArguments(options.policy),
      ...['--glob-archives', options.glob],
      access.path,
    ],
    access,
    handlers,
    onMessage: (message) => {
      if (message.type !== 'log') return
      const line = message.logger === 'borg.output.list' ? parsePruneLine(message.text) : undefined
      if (line) (line.keep ? kept : removed).push(line.archive)
      if (message.logger === 'borg.output.stats') reclaimableBytes = parseDeletedBytes(message.text) ?? reclaimableBytes
    },
  })
  return { kept, removed, reclaimableBytes }
}

function policyArguments(policy: RetentionPolicy): string[] {
  const counts = RETENTION_COUNTS.flatMap((rule) => (policy[rule] ? [`--keep-${rule}=${policy[rule]}`] : []))
  return policy.within === undefined ? counts : [`--keep-within=${policy.within}`, ...counts]
}

const PRUNE_LINE =
  /^(?<verb>Keeping|Pruning|Would prune)(?: archive)?(?: \([^)]*\))?:\s+(?<archive>\S.*?)\s+[A-Z][a-z]{2}, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: [+-]\d{4})? \[[0-9a-f]{64}\]$/s

/** `Pruning archive (1/3):   docs-2026…   Fri, 2026-11-20 09:04:55 [id]`; checkpoints are no archives of anyone's. */
export function parsePruneLine(text: string): { readonly keep: boolean; readonly archive: string } | undefined {
  const groups = PRUNE_LINE.exec(text)?.groups
  if (!groups?.['archive']) return undefined
  return { keep: groups['verb'] === 'Keeping', archive: groups['archive'] }
}
