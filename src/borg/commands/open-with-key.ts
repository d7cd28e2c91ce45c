// A repository opened with a key from elsewhere, to see that it can be: `borg key import` and `borg list` in a home of
// their own. A repository on this machine is looked at through links, so that Borg can put the key where the repository
// keeps its own, and nothing of it changes.

import { join } from 'node:path'
import { AppError } from '../../errors.ts'
import { makePrivateDirectory, readTextIfAny, writeFileAtomic } from '../../platform/files.ts'
import { removeEntry, viewTree } from '../../platform/trees.ts'
import type { OpenedWithKey, RepositoryAccess } from '../client.ts'
import { isLocal } from '../location.ts'
import { at, items, text } from '../output/fields.ts'
import type { BorgRunner } from '../run-borg.ts'
import { toArchive } from './list.ts'

interface Options {
  readonly encryption: string
  readonly key: string | undefined
  /** Made for it, and removed afterwards. */
  readonly directory: string
}

export async function openWithKey(
  runner: BorgRunner,
  access: RepositoryAccess,
  { encryption, key, directory }: Options,
): Promise<OpenedWithKey> {
  await makePrivateDirectory(directory)
  try {
    const [baseDirectory, keysDirectory] = [join(directory, 'borg'), join(directory, 'keys')]
    const apart = { ...access, trustLocation: true, baseDirectory, keysDirectory }
    // On another machine Borg would put a key that is not a file of its own into the repository itself.
    const usedKey = key !== undefined && (isLocal(access) || encryption.startsWith('keyfile'))
    if (!usedKey) return { ...(await look(runner, apart)), usedKey }
    const opened = isLocal(access) ? { ...apart, path: await viewOf(access.path, directory) } : apart
    const file = join(directory, 'key')
    await writeFileAtomic(file, key)
    try {
      await runner.run({ subcommand: 'key import', args: [opened.path, file], access: opened })
      return { ...(await look(runner, opened)), usedKey }
    } catch (error) {
      throw naming(access.path, opened.path, error)
    }
  } finally {
    await removeEntry(directory)
  }
}

/** What Borg reads; its locks stand in the view. */
const LOOKED_AT = /^(README|(index|hints|integrity)\.\d+|data\/\d+\/\d+)$/
/** What Borg might write in place. */
const COPIED = ['config', 'nonce']

/** A repository without a configuration is none: Borg itself is to say so. */
async function viewOf(repository: string, directory: string): Promise<string> {
  const copied = await Promise.all(COPIED.map((name) => readTextIfAny(join(repository, name))))
  if (copied[0] === undefined) return repository
  const view = join(directory, 'repository')
  await viewTree(repository, view, (path) => LOOKED_AT.test(path))
  for (const [index, content] of copied.entries()) {
    if (content !== undefined) await writeFileAtomic(join(view, COPIED[index] ?? ''), content)
  }
  return view
}

async function look(runner: BorgRunner, access: RepositoryAccess): Promise<Omit<OpenedWithKey, 'usedKey'>> {
  const answer = await runner.json({ subcommand: 'list', args: ['--json', access.path], access })
  return { id: text(at(answer, 'repository'), 'id'), archives: items(answer, 'archives').map(toArchive) }
}

/** The error as one of the repository itself: nobody knows of the view. */
function naming(path: string, view: string, error: unknown): unknown {
  if (!(error instanceof AppError)) return error
  const { code, message, reason, hint, context } = error
  const own = (words: string) => words.replaceAll(view, path)
  return new AppError(code, own(message), {
    reason: reason && own(reason),
    hint: hint && own(hint),
    context: { ...context, repository: path },
    cause: error,
  })
}
