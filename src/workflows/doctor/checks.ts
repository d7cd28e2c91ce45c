// Every check of `doctor`, in the order people see them. Another one is an entry here.

import { borg } from './borg.ts'
import { change } from './change.ts'
import { type RepoSubject, type Runnable, runnable } from './check.ts'
import { clock } from './clock.ts'
import { configuration, passphraseFiles } from './configuration.ts'
import { escrow } from './escrow.ts'
import { earlier, moving, runs } from './leftovers.ts'
import { vault } from './offsite.ts'
import { records } from './records.ts'
import { lock, repository } from './repository.ts'
import { schedule } from './schedule.ts'
import { passphrase } from './secrets.ts'
import { sources } from './sources.ts'
import { space } from './space.ts'

/** Of the machine and the home. */
export const MACHINE_CHECKS: readonly Runnable[] = [
  runnable(borg),
  runnable(configuration),
  runnable(passphraseFiles),
  runnable(records),
  runnable(clock),
  runnable(schedule),
  runnable(earlier),
]

/** Of each repo. */
export const REPO_CHECKS: readonly Runnable<RepoSubject>[] = [
  runnable(repository),
  runnable(sources),
  runnable(change),
  runnable(passphrase),
  runnable(escrow),
  runnable(lock),
  runnable(space),
  runnable(vault),
  runnable(moving),
  runnable(runs),
]
