// `borg check`: exit code 1 means damage here, not "fine with warnings" as everywhere else.

import type { StepHandlers } from '../../model/events.ts'
import type { CheckOptions, CheckResult, RepositoryAccess } from '../client.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function check(
  runner: BorgRunner,
  access: RepositoryAccess,
  options: CheckOptions,
  handlers: StepHandlers,
): Promise<CheckResult> {
  const { family, messages } = await runner.run({
    subcommand: 'check',
    args: [
      '--progress',
      ...(options.scope === 'all' ? [] : [`--${options.scope}-only`]),
      ...(options.verifyData ? ['--verify-data'] : []),
      access.path,
    ],
    access,
    onMessage: (message) => {
      if (message.type === 'percent' && message.total > 0)
        handlers.onProgress?.({ fraction: message.current / message.total })
    },
  })
  if (family === 'success') return { damaged: false, problems: [] }
  return { damaged: true, problems: messages.map((message) => message.text) }
}
