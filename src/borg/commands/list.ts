// `borg list`: the archives of a repository as one document, the entries of an archive as a stream.

import type { Archive, ArchiveEntry } from '../../model/archive.ts'
import type { ListOptions, RepositoryAccess } from '../client.ts'
import { archiveArgument } from '../location.ts'
import { items, text, time } from '../output/fields.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function list(
  runner: BorgRunner,
  access: RepositoryAccess,
  { glob, last, comments }: ListOptions = {},
): Promise<readonly Archive[]> {
  const answer = await runner.json({
    subcommand: 'list',
    args: [
      '--json',
      ...(glob === undefined ? [] : ['--glob-archives', glob]),
      ...(last === undefined ? [] : ['--last', String(last)]),
      ...(comments ? ['--format', '{comment}'] : []),
      access.path,
    ],
    access,
  })
  return items(answer, 'archives').map((archive) => ({
    ...toArchive(archive),
    ...(comments ? { comment: text(archive, 'comment') } : {}),
  }))
}

export function toArchive(archive: Record<string, unknown>): Archive {
  return { name: text(archive, 'name'), id: text(archive, 'id'), startedAt: time(archive, 'start') }
}

export async function* contents(
  runner: BorgRunner,
  access: RepositoryAccess,
  archive: string,
  paths: readonly string[],
): AsyncGenerator<ArchiveEntry, void, void> {
  const lines = runner.jsonLines({
    subcommand: 'list',
    args: ['--json-lines', '--', archiveArgument(access, archive), ...paths],
    access,
  })
  for await (const line of lines) yield toEntry(line)
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
