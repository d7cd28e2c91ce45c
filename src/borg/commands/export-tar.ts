// `borg export-tar`: an archive as a tar file, or as a tar stream where this process prints.

import type { StepHandlers } from '../../model/events.ts'
import type { ExportTarOptions, RepositoryAccess } from '../client.ts'
import { archiveArgument } from '../location.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function exportTar(
  runner: BorgRunner,
  access: RepositoryAccess,
  { archive, paths, file }: ExportTarOptions,
  handlers: StepHandlers,
): Promise<void> {
  await runner.run({
    subcommand: 'export-tar',
    args: ['--progress', '--', archiveArgument(access, archive), file ?? '-', ...paths],
    access,
    sharesStdout: file === undefined,
    handlers,
    onMessage: (message) => {
      if (message.type !== 'percent' || message.total === 0) return
      handlers.onProgress?.({ bytes: message.current, totalBytes: message.total, path: message.info })
    },
  })
}
