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
      ...(options.maxSeconds === undefined ? [] : ['--max-duration', String(options.maxSeconds)]),
      ...(options.repair ? ['--repair'] : []),
      access.path,
    ],
    access,
    // Borg asks for YES on the terminal; the person has confirmed it to borgboi.
    ...(options.repair ? { answers: { BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: 'YES' } } : {}),
    onMessage: (message) => {
      if (message.type === 'percent' && message.total > 0)
        handlers.onProgress?.({ fraction: message.current / message.total })
    },
  })
  const problems = messages.map((message) => message.text)
  if (family === 'success') return { damaged: false, problems: options.repair ? problems : [] }
  return { damaged: true, problems }
}
