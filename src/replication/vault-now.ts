// The time by the vault's own clock: it alone can be compared with the ages of objects.

import type { Chain } from './chain.ts'
import type { ReplicationContext } from './context.ts'

export async function vaultNow({ clock, host }: ReplicationContext, chain: Chain): Promise<Date> {
  const key = `${chain.keys.collections}clock-${host.newId()}`
  await chain.putJson(key, {}, 'absent')
  const facts = await chain.vault.head(key)
  await chain.vault.delete([key])
  return facts?.lastModified ?? clock.now()
}
