// `borgboi borg`: Borg itself on a repo, for what borgboi has no command for.

import { AppError } from '../../errors.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import type { ReadDeps, ReadInput } from '../shared/read-repository.ts'
import { requireWritable } from '../shared/require-writable.ts'

/** What Borg may do with copies that are only read. */
const READING = ['list', 'info', 'diff', 'extract', 'export-tar', 'mount', 'umount']

/** Resolves to Borg's exit code. @throws AppError `repo-read-only` for what could write into a copy */
export async function passThrough(deps: ReadDeps, input: ReadInput & { readonly args: readonly string[] }) {
  const [subcommand] = input.args
  if (subcommand === undefined) {
    throw new AppError('usage-invalid', 'nothing to tell Borg', {
      reason: 'there are no arguments for it',
      hint: 'write them behind two dashes: borgboi borg -- list --short',
    })
  }
  const record = await findRecord(deps, input)
  if (!READING.includes(subcommand)) requireWritable(record)
  const access = await openRepository(deps, record, input.passphrase)
  return await deps.borg.passThrough(access, input.args)
}
