// `repo passphrase migrate`: brings passphrases that are kept elsewhere (in the configuration, in another file) into the
// repo's own file. Each is tried on its repository first; the file is written, read back and compared before the record
// stops naming another place. Where it came from is left as it is: the person removes it when all is well.

import type { Deps } from '../../deps.ts'
import type { RunReport } from '../../model/run.ts'
import { type ForEachDeps, type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'

export interface MigratePassphrasesInput extends ForEachInput {
  readonly dryRun: boolean
}

const STEP = 'move passphrase'

export function migratePassphrases(
  deps: ForEachDeps & Pick<Deps, 'borg'>,
  input: MigratePassphrasesInput,
): Promise<readonly RunReport[]> {
  return forEachRepo(
    deps,
    input,
    { workflow: 'repo passphrase migrate', writes: false },
    async (run, { record, access }) => {
      if (record.encryption === 'none') return run.skip(STEP, 'the repository is not encrypted')
      const ownFile = deps.passphrases.path(record.name)
      const {
        secret,
        origin,
        file = `the ${origin}`,
      } = await deps.passphrases.resolveExisting(record, input.passphrase)
      if (file === ownFile || file === record.passphraseFile) return run.skip(STEP, `kept in ${file} already`)

      await run.step(STEP, async () => {
        await deps.borg.info(access)
        if (input.dryRun) return { value: undefined, detail: `would go from ${file} to ${ownFile}` }
        await deps.passphrases.store(record.name, secret)
        await deps.repos.update(record.name, ({ passphraseFile: _, ...rest }) => rest)
        return { value: undefined, detail: `from ${file} to ${ownFile}` }
      })
    },
  )
}
