// What scheduled runs do, as the orchestrator hands it to them.

import type { Deps } from '../../src/deps.ts'
import { checkRepos } from '../../src/workflows/backup/check-repos.ts'
import { dailyBackup } from '../../src/workflows/backup/daily-backup.ts'
import { drillRepos } from '../../src/workflows/backup/drill-repos.ts'
import { drillCopy } from '../../src/workflows/offsite/drill-copy.ts'
import { verifyCopy } from '../../src/workflows/offsite/verify-copy.ts'
import type { ScheduledWork } from '../../src/workflows/schedule/run-schedule.ts'

export function scheduledWork(deps: Deps): ScheduledWork {
  return {
    daily: (each) => dailyBackup(deps, each),
    drill: (each) => drillRepos(deps, each),
    check: (each) => checkRepos(deps, each),
    verifyCopy: (one) => verifyCopy(deps, one),
    drillCopy: (one) => drillCopy(deps, one),
  }
}
