// The text of a crontab: what others wrote stays as it is, byte for byte; ours stands between two marks.

import type { Note } from './note.ts'
import { NOTE_MARK, readNote } from './note.ts'

const END_MARK = '# borgboi-schedule-end:'

export interface CrontabBlock {
  readonly id: string
  readonly note: Note
}

/** The blocks in a crontab that have a note of ours. */
export function readBlocks(crontab: string): CrontabBlock[] {
  const blocks: CrontabBlock[] = []
  let note: Note | undefined
  for (const line of crontab.split('\n')) {
    if (line.startsWith(`# ${NOTE_MARK}`)) note = readNote(line)
    if (note === undefined || !line.startsWith(END_MARK)) continue
    blocks.push({ id: line.slice(END_MARK.length).trim(), note })
    note = undefined
  }
  return blocks
}
