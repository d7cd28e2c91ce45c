// `borg diff`: what differs between two archives of one repository, path by path.

import type { ArchiveChange, AttributeChange } from '../../model/archive.ts'
import type { StepHandlers } from '../../model/events.ts'
import { optional } from '../../model/repo.ts'
import type { DiffOptions, RepositoryAccess } from '../client.ts'
import { archiveArgument, literal } from '../location.ts'
import { items, number, text, time } from '../output/fields.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function* diff(
  runner: BorgRunner,
  access: RepositoryAccess,
  { before, after, paths, contentOnly }: DiffOptions,
  handlers: StepHandlers,
): AsyncGenerator<ArchiveChange, void, void> {
  const lines = runner.jsonLines({
    subcommand: 'diff',
    args: [
      '--json-lines',
      ...(contentOnly ? ['--content-only'] : []),
      ...['--', archiveArgument(access, before), literal(after), ...paths],
    ],
    access,
    handlers,
  })
  for await (const line of lines) yield toArchiveChange(line)
}

/** Source: borg docs usage/diff and `ItemDiff` in Borg's item module, the same in 1.2 and 1.4. */
export function toArchiveChange(line: Record<string, unknown>): ArchiveChange {
  const changes = items(line, 'changes')
  const attributes = changes.flatMap(toAttribute)
  const content = changes.find((change) => KIND[text(change, 'type').split(' ')[0] ?? ''] !== undefined)
  const kind = content === undefined ? undefined : KIND[text(content, 'type').split(' ')[0] ?? '']
  const bytes = (key: string) => (typeof content?.[key] === 'number' ? number(content, key) : undefined)
  return {
    path: text(line, 'path'),
    kind: kind ?? (attributes.some(isOtherType) ? 'modified' : 'attributes'),
    ...optional('addedBytes', kind === 'added' ? bytes('size') : bytes('added')),
    ...optional('removedBytes', kind === 'removed' ? bytes('size') : bytes('removed')),
    attributes,
  }
}

/** By the first word: `added`, `added directory`, `changed link`. */
const KIND: Readonly<Record<string, ArchiveChange['kind']>> = {
  added: 'added',
  removed: 'removed',
  modified: 'modified',
  changed: 'modified',
}

function toAttribute(change: Record<string, unknown>): AttributeChange[] {
  switch (change['type']) {
    case 'mode':
      return [{ name: 'mode', before: text(change, 'old_mode'), after: text(change, 'new_mode') }]
    case 'owner':
      return [{ name: 'owner', before: owner(change, 'old'), after: owner(change, 'new') }]
    case 'mtime':
    case 'ctime': {
      const name = change['type']
      const at = (age: string) => time(change, `${age}_${name}`).toISOString()
      return [{ name, before: at('old'), after: at('new') }]
    }
    default:
      return []
  }
}

function owner(change: Record<string, unknown>, age: 'old' | 'new'): string {
  return `${change[`${age}_user`]}:${change[`${age}_group`]}`
}

/** A file that became a directory differs in the first letter of its mode. */
function isOtherType({ name, before, after }: AttributeChange): boolean {
  return name === 'mode' && before[0] !== after[0]
}
