// What opens the repository when this machine is gone: a recovery kit that still holds. Whether its key is the one of
// today only Borg could tell: repo kit verify.

import { type KitRecord, staleReasons } from '../../model/kit.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { formatMinute } from '../../model/words.ts'
import type { Check, RepoSubject } from './check.ts'

export interface EscrowFacts {
  readonly record: Pick<RepoRecord, 'name' | 'path' | 'encryption'>
  /** The address that it is copied to. */
  readonly vault?: string
  readonly newest?: KitRecord
}

export const escrow: Check<EscrowFacts, RepoSubject> = {
  name: 'recovery kit',
  gather: async (_, { record, config }) => ({
    record,
    ...optional('vault', record.vault === undefined ? undefined : (config.vaults[record.vault]?.url ?? record.vault)),
    ...optional('newest', record.kits?.at(-1)),
  }),
  judge: ({ record: { name, path, encryption }, vault, newest }) => {
    if (encryption === 'none') return []
    const hint = `make one and keep it elsewhere: borgboi repo kit create --name ${name}`
    if (newest === undefined) {
      const message = 'none was made: if this machine is lost, so are the key and the passphrase'
      return [{ level: 'warning', message, hint }]
    }
    const stale = staleReasons(newest, { path, ...optional('vault', vault) })
    if (stale.length > 0) return [{ level: 'warning', message: `it no longer holds: ${stale.join(', ')}`, hint }]
    return [{ level: 'ok', message: `of ${formatMinute(new Date(newest.madeAt))}` }]
  },
}
