// `borg extract`: files of an archive into a directory.

import type { StepHandlers } from '../../model/events.ts'
import type { ExtractOptions, ExtractResult, RepositoryAccess } from '../client.ts'
import { archiveArgument } from '../location.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function extract(
  runner: BorgRunner,
  access: RepositoryAccess,
  options: ExtractOptions,
  handlers: StepHandlers,
): Promise<ExtractResult> {
  let entries = 0
  let bytes = 0
  const unmatched: string[] = []
  await runner.run({
    subcommand: 'extract',
    args: [
      '--progress',
      '--list',
      ...(options.dryRun ? ['--dry-run'] : []),
      ...(options.stripComponents > 0 ? ['--strip-components', String(options.stripComponents)] : []),
      '--',
      archiveArgument(access, options.archive),
      ...options.paths,
    ],
    access,
    cwd: options.destination,
    handlers: {
      onWarning: (warning) => {
        // A path that matched nothing is part of the result; the caller decides what it means.
        if (warning.kind === 'pattern-unmatched') unmatched.push(warning.path ?? warning.message)
        else handlers.onWarning?.(warning)
      },
    },
    onMessage: (message) => {
      if (message.type === 'log' && message.logger === 'borg.output.list') entries++
      if (message.type !== 'percent' || message.operation !== 'extract' || message.total === 0) return
      bytes = message.current
      handlers.onProgress?.({
        files: entries,
        bytes,
        totalBytes: message.total,
        path: message.info,
      })
    },
  })
  return { entries, bytes, unmatched }
}
