// `backup drill`: tries a restore from each repository, and keeps what that proved.

import type { Deps } from '../../deps.ts'
import type { RunReport } from '../../model/run.ts'
import { type DrillDeps, type DrillOptions, drillArchive } from '../shared/drill-archive.ts'
import { type ForEachDeps, type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { keepEvidence } from '../shared/keep-evidence.ts'
import { findArchive } from '../shared/read-repository.ts'

export interface DrillReposInput extends ForEachInput, DrillOptions {
  /** A name, or `latest`. */
  readonly archive: string
}

export function drillRepos(
  deps: ForEachDeps & DrillDeps & Pick<Deps, 'evidence'>,
  input: DrillReposInput,
): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup drill', writes: false }, async (run, { record, access }) => {
    const archive = await findArchive(deps, record, access, input.archive)
    const { canary } = await deps.evidence.read(record.name)
    const drilled = { access, archive, record, canary: canary?.repoId === record.borgId ? canary : undefined }
    await drillArchive(deps, run, drilled, input, async (found, handlers) => {
      await keepEvidence(deps, record, found, handlers)
      return 'shown by borgboi status'
    })
  })
}
