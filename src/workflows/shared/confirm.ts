// Asking before something is lost: the workflow knows what, the caller knows how to ask.

import { AppError } from '../../errors.ts'

/** What a destructive workflow is about to do, for a person to agree to. */
export interface Loss {
  /** `delete the repo docs`. */
  readonly action: string
  /** What will be gone or changed, a line each. */
  readonly consequences: readonly string[]
}

/** True: go on. False: the person said no. @throws AppError `confirmation-needed` where nobody can be asked */
export type Confirm = (loss: Loss) => Promise<boolean>

/** @throws AppError `confirmation-needed` also when the answer is no */
export async function requireConfirmation(confirm: Confirm, loss: Loss): Promise<void> {
  if (await confirm(loss)) return
  throw new AppError('confirmation-needed', `did not ${loss.action}`, {
    reason: 'it was not confirmed',
    hint: 'nothing was changed',
  })
}
