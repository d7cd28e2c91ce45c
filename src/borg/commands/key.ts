// `borg key export` and `borg key import`: the key as text, locked by the passphrase. Neither opens the repository.

import { AppError } from '../../errors.ts'
import { statIfAny } from '../../platform/files.ts'
import type { KeyForm, RepositoryAccess } from '../client.ts'
import type { BorgRunner } from '../run-borg.ts'

const OPTIONS: Readonly<Record<KeyForm, readonly string[]>> = {
  file: [],
  paper: ['--paper'],
  'qr-html': ['--qr-html'],
}

export async function exportKey(runner: BorgRunner, access: RepositoryAccess, form: KeyForm): Promise<string> {
  const { stdout } = await runner.run({ subcommand: 'key export', args: [...OPTIONS[form], access.path], access })
  return `${stdout.trim()}\n`
}

export async function importKey(runner: BorgRunner, access: RepositoryAccess, file: string): Promise<void> {
  // Borg 1.2 has no message id for it.
  if (!(await statIfAny(file))?.isFile()) {
    throw new AppError('file-unusable', `cannot use that key for ${access.path}`, {
      reason: `there is no file ${file}`,
      hint: 'name the file that borgboi repo key export wrote',
    })
  }
  await runner.run({ subcommand: 'key import', args: [access.path, file], access })
}
