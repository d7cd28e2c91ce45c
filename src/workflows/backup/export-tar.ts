// `backup export-tar`: an archive as a tar file, for whoever has no Borg. A file that was not finished does not stay.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RunReport, Warning } from '../../model/run.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { findArchive, type ReadDeps, type ReadInput } from '../shared/read-repository.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { archivePaths, requireMatched } from './paths.ts'

interface TarInput extends ReadInput {
  /** A name, or `latest`. */
  readonly archive: string
  readonly paths: readonly string[]
}

export async function exportTar(
  deps: ReadDeps & RunDeps & Pick<Deps, 'files'>,
  input: TarInput & { readonly file: string },
): Promise<RunReport> {
  const record = await findRecord(deps, input)
  return await performRun(deps, { record, workflow: 'backup export-tar', exclusive: false }, async (run) => {
    const { file } = input
    if ((await deps.files.kind(file)) !== undefined) {
      throw new AppError('destination-not-empty', `did not write ${file}`, {
        reason: 'there is something of that name already',
        hint: 'name another file',
      })
    }
    const access = await openRepository(deps, record, input.passphrase)
    const archive = await findArchive(deps, record, access, input.archive)
    const paths = archivePaths(input.paths, record.sources)
    await run.step('export', async (handlers) => {
      const unmatched = unmatchedPaths()
      try {
        const onWarning = (warning: Warning) => unmatched.take(warning) || handlers.onWarning(warning)
        await deps.borg.exportTar(access, { archive, paths, file }, { ...handlers, onWarning })
        requireMatched(unmatched.paths, archive)
      } catch (error) {
        await deps.files.removeTree(file)
        throw error
      }
      return { value: undefined, detail: `${archive} → ${file}` }
    })
  })
}

/** To where this process prints: nothing else is told there. */
export async function streamTar(deps: ReadDeps, input: TarInput): Promise<void> {
  const record = await findRecord(deps, input)
  const access = await openRepository(deps, record, input.passphrase)
  const archive = await findArchive(deps, record, access, input.archive)
  const unmatched = unmatchedPaths()
  const paths = archivePaths(input.paths, record.sources)
  await deps.borg.exportTar(access, { archive, paths }, { onWarning: (warning) => void unmatched.take(warning) })
  requireMatched(unmatched.paths, archive)
}

function unmatchedPaths() {
  const paths: string[] = []
  const take = ({ kind, path, message }: Warning) => {
    if (kind !== 'pattern-unmatched') return false
    paths.push(path ?? message)
    return true
  }
  return { paths, take }
}
