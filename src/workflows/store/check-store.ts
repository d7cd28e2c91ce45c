// `store check`: what is wrong with the record of repos.

import type { Deps, StoreHealth } from '../../deps.ts'

export async function checkStore({ repos }: Pick<Deps, 'repos'>): Promise<StoreHealth> {
  return await repos.check()
}
