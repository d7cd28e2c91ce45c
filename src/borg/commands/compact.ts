// `borg compact`: frees what deleted archives used.

import type { StepHandlers } from '../../model/events.ts'
import type { RepositoryAccess } from '../client.ts'
import { parseBorgSize } from '../output/size.ts'
import type { BorgRunner } from '../run-borg.ts'

const FREED = /^compaction freed about (.+?) repository space\.$/

export async function compact(
  runner: BorgRunner,
  access: RepositoryAccess,
  handlers: StepHandlers,
): Promise<{ readonly freedBytes: number }> {
  let freedBytes = 0
  await runner.run({
    subcommand: 'compact',
    // Only the verbose level tells what was freed.
    args: ['--progress', '--verbose', access.path],
    access,
    handlers,
    onMessage: (message) => {
      if (message.type === 'percent' && message.total > 0)
        handlers.onProgress?.({ fraction: message.current / message.total })
      const freed = message.type === 'log' ? FREED.exec(message.text)?.[1] : undefined
      if (freed !== undefined) freedBytes = parseBorgSize(freed) ?? 0
    },
  })
  return { freedBytes }
}
