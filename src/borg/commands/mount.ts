// `borg mount` and `borg umount`: archives as files below a directory, for as long as they are looked at. Borg stays in
// the background with the repository's lock, shared with those who read.

import { AppError } from '../../errors.ts'
import type { MountOptions, RepositoryAccess } from '../client.ts'
import { archiveArgument } from '../location.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function mount(runner: BorgRunner, access: RepositoryAccess, options: MountOptions): Promise<void> {
  const { archive, directory, foreground } = options
  const what = archive === undefined ? access.path : archiveArgument(access, archive)
  try {
    const args = [...(foreground ? ['--foreground'] : []), '--', what, directory]
    await runner.run({ subcommand: 'mount', args, access })
  } catch (error) {
    throw toMountError(error, directory)
  }
}

/** Source: do_mount in Borg's archiver, and what libfuse says; neither has a message id. */
const NO_FUSE =
  /no FUSE support|fuse: device not found|fusermount3?: (?:not found|.*\/dev\/fuse)|FUSE.*(?:not available|not loaded)/i

function toMountError(error: unknown, directory: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'borg-failed') return error
  const said = [error.reason, ...[error.context['log'] ?? []].flat()].join('\n')
  if (!NO_FUSE.test(said)) return error
  return new AppError('fuse-missing', `cannot mount archives at ${directory}`, {
    reason: /no FUSE support/i.test(said)
      ? 'this Borg has no FUSE library for Python'
      : 'the system has no /dev/fuse for this user, or no fusermount',
    hint: 'Debian, Ubuntu: apt install python3-pyfuse3 fuse3; Fedora: dnf install python3-llfuse fuse; macOS: macFUSE and borgbackup-fuse; or get files with borgboi backup restore',
    context: error.context,
    cause: error,
  })
}

export async function umount(runner: BorgRunner, directory: string): Promise<void> {
  const call = { subcommand: 'umount', args: [directory], access: { path: directory, lockWaitSeconds: 0 } }
  const { family } = await runner.run(call).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'borg-failed') return { family: 'error' as const }
    throw error
  })
  if (family === 'success') return
  throw new AppError('file-unusable', `cannot unmount ${directory}`, {
    reason: 'nothing is mounted there, or a program still has something open below it',
    hint: `see what has: fuser -vm ${directory}; then run the same command again`,
  })
}
