// `notify test`: a message by each notifier, or by one, as a run would send it. Nothing is remembered of it.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { NotifierType } from '../../model/notifier.ts'

export interface TestInput {
  /** One notifier; all of them when absent. */
  readonly name?: string | undefined
}

export interface TestedNotifier {
  readonly name: string
  readonly type: NotifierType
  /** Why it did not arrive; absent when it did. */
  readonly problem?: string
}

/** @throws AppError `notifier-unknown` where there is none, or none of that name */
export async function testNotifiers(
  deps: Pick<Deps, 'notifiers'>,
  { name }: TestInput,
): Promise<readonly TestedNotifier[]> {
  const all = await deps.notifiers.list()
  const chosen = all.filter((notifier) => name === undefined || notifier.name === name)
  if (chosen.length === 0) {
    throw new AppError('notifier-unknown', name === undefined ? 'nobody can be told' : `there is no notifier ${name}`, {
      reason:
        all.length === 0 ? 'the configuration has no notifier' : `there are: ${all.map((one) => one.name).join(', ')}`,
      hint: 'add one below notify in the configuration, as in borgboi help notifications',
    })
  }
  const tested = chosen.map(async (notifier): Promise<TestedNotifier> => {
    const problem = await deps.notifiers.test(notifier.name)
    return { name: notifier.name, type: notifier.type, ...(problem === undefined ? {} : { problem }) }
  })
  return await Promise.all(tested)
}
