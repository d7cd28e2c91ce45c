// Where borgboi's home is and whose files in it are trusted.

import { resolve } from 'node:path'
import { type Account, effectiveUid, findAccount, ownHome } from '../platform/user.ts'

export interface HomePlace {
  /** The `.borgboi` directory; it need not exist. */
  readonly directory: string
  /** Users whose files in it are as good as our own: this one, root and, under sudo, the one who called it. */
  readonly trustedUids: readonly number[]
}

/** What the place depends on; tests give their own. */
export interface Surroundings {
  uid(): number
  home(): string
  account(name: string): Promise<Account | undefined>
}

const MACHINE: Surroundings = { uid: effectiveUid, home: ownHome, account: findAccount }

/** `$BORGBOI_HOME/.borgboi`, else `.borgboi` in the home of the user, or of the one who invoked sudo. */
export async function findHome(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  machine: Surroundings = MACHINE,
): Promise<HomePlace> {
  const uid = machine.uid()
  const sudoUser = uid === 0 ? env['SUDO_USER'] : undefined
  const invoker = sudoUser && sudoUser !== 'root' ? await machine.account(sudoUser) : undefined
  const parent = env['BORGBOI_HOME'] || invoker?.home || machine.home()
  return {
    directory: resolve(cwd, parent, '.borgboi'),
    trustedUids: [...new Set([uid, 0, ...(invoker ? [invoker.uid] : [])])],
  }
}
