// One line of Borg's stderr, parsed. Lines that are not JSON (usage texts, tracebacks) stay raw text.
// Source: borg docs internals/frontends, "Logging" and "Progress".

import { parseObject } from './fields.ts'

export type BorgMessage =
  | {
      readonly type: 'log'
      readonly level: string
      readonly logger: string
      readonly text: string
      readonly messageId?: string
    }
  | {
      readonly type: 'archive-progress'
      readonly files: number
      readonly originalBytes: number
      readonly path: string
    }
  | {
      readonly type: 'percent'
      readonly operation: string
      readonly current: number
      readonly total: number
      readonly info: string
    }
  /** `path` may have lost bytes that are not UTF-8. */
  | { readonly type: 'file-status'; readonly status: string; readonly path: string }
  | { readonly type: 'raw'; readonly text: string }

/** Undefined for lines that tell nothing: the end of a progress, cache messages. Never throws. */
export function parseBorgMessage(line: string): BorgMessage | undefined {
  if (line.trim() === '') return undefined
  // A prompt that nobody answered stands in front of the message on the same line.
  const start = line.indexOf('{"')
  const raw = start < 0 ? undefined : parseObject(line.slice(start))
  if (raw === undefined) return { type: 'raw', text: line }
  switch (raw['type']) {
    case 'log_message':
      return {
        type: 'log',
        level: String(raw['levelname'] ?? ''),
        logger: String(raw['name'] ?? ''),
        text: String(raw['message'] ?? ''),
        ...(typeof raw['msgid'] === 'string' ? { messageId: raw['msgid'] } : {}),
      }
    case 'archive_progress':
      if (raw['finished'] === true) return undefined
      return {
        type: 'archive-progress',
        files: Number(raw['nfiles'] ?? 0),
        originalBytes: Number(raw['original_size'] ?? 0),
        path: String(raw['path'] ?? ''),
      }
    case 'file_status':
      return { type: 'file-status', status: String(raw['status'] ?? ''), path: String(raw['path'] ?? '') }
    case 'progress_percent':
      if (raw['finished'] === true || typeof raw['current'] !== 'number') return undefined
      return {
        type: 'percent',
        operation: String(raw['msgid'] ?? ''),
        current: raw['current'],
        total: Number(raw['total'] ?? 0),
        info: Array.isArray(raw['info']) ? String(raw['info'][0] ?? '') : '',
      }
    default:
      return undefined
  }
}
