// `borg list`: the archives of a repository as one document, the entries of an archive as a stream.

import type { Archive, ArchiveEntry } from '../../model/archive.ts'
import type { RepositoryAccess } from '../client.ts'
import { archiveArgument } from '../location.ts'
import { text, time } from '../output/fields.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function list(
  runner: BorgRunner,
  access: RepositoryAccess,
  { glob, last }: { readonly glob?: string; readonly last?: number } = {},
): Promise<readonly Archive[]> {
  const answer = await runner.json({
    subcommand: 'list',
    args: [
      '--json',
      ...(glob === undefined ? [] : ['--glob-archives', glob]),
      ...(last === undefined ? [] : ['--last', String(last)]),
      access.path,
    ],
    access,
  })
  const archives = answer['archives'] as Record<string, unknown>[]
  return archives.map((archive) => ({
    name: text(archive, 'name'),
    id: text(archive, 'id'),
    startedAt: time(archive, 'start'),
  }))
}

export async function* contents(
  runner: BorgRunner,
  access: RepositoryAccess,
  archive: string,
  paths: readonly string[],
): AsyncGenerator<ArchiveEntry, void, void> {
  const running = await runner.start({
    subcommand: 'list',
    args: ['--json-lines', '--', archiveArgument(access, archive), ...paths],
    access,
  })
  let complete = false
  try {
    for await (const line of running.stdout) yield toEntry(JSON.parse(line) as Record<string, unknown>)
    complete = true
  } finally {
    if (!complete) running.cancel()
  }
  await running.done
}

const TYPES: Readonly<Record<string, ArchiveEntry['type']>> = {
  '-': 'file',
  d: 'directory',
  l: 'symlink',
}

function toEntry(line: Record<string, unknown>): ArchiveEntry {
  const type = TYPES[String(line['type'])] ?? 'other'
  return {
    path: text(line, 'path'),
    type,
    sizeBytes: Number(line['size'] ?? 0),
    mode: String(line['mode'] ?? ''),
    modifiedAt: time(line, 'mtime'),
    ...(type === 'symlink' ? { linkTarget: String(line['linktarget'] ?? '') } : {}),
  }
}
