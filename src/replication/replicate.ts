// The real Replication: the operations bound to one context.

import { Chain } from './chain.ts'
import { collect } from './collect.ts'
import type { ReplicationContext } from './context.ts'
import { erase } from './erase.ts'
import { extendLocks } from './extend-locks.ts'
import { planPush } from './plan-push.ts'
import { promote } from './promote.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'
import { movePushes } from './push-records.ts'
import { describeGeneration, readGenerations, readRepositories } from './read-chain.ts'
import { repair } from './repair.ts'
import type { Replication } from './replication.ts'
import { restore } from './restore.ts'
import { stats } from './stats.ts'
import { recordVerification } from './verifications.ts'
import { verify } from './verify.ts'

export function createReplication(context: ReplicationContext): Replication {
  return {
    push: (vault, repository, options, handlers) => push(context, vault, repository, options, handlers),
    planPush: (vault, repository, options) => planPush(context, vault, repository, options),
    repositories: readRepositories,
    generations: readGenerations,
    describe: describeGeneration,
    restore: (vault, input, handlers) => restore(context, vault, input, handlers),
    pull: (vault, input, handlers) => pull(context, vault, input, handlers),
    promote: (vault, input, handlers) => promote(context, vault, input, handlers),
    verify: (vault, input, handlers) => verify(context, vault, input, handlers),
    recordRestoreTest: (vault, borgId, seq) => recordVerification(context, new Chain(vault, borgId), { seq, level: 4 }),
    repair: (vault, repository, damaged, handlers) => repair(context, vault, repository, damaged, handlers),
    collect: (vault, input, handlers) => collect(context, vault, input, handlers),
    extendLocks: (vault, input, handlers) => extendLocks(context, vault, input, handlers),
    erase: (vault, borgId, handlers) => erase(context, vault, borgId, handlers),
    stats: (vault, borgId) => stats(context, vault, borgId),
    follow: (borgId, from, to) => movePushes(context, borgId, from, to),
  }
}
