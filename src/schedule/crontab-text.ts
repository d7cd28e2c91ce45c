// The text of a crontab: what others wrote stays as it is, byte for byte; ours stands between two marks. Source:
// crontab(5) of Vixie cron, cronie and busybox, as far as they agree.

import { type Calendar, formatCalendar, isFull } from '../model/calendar.ts'
import { refuse } from '../model/validate.ts'
import { scheduledWords } from './command-line.ts'
import type { Job } from './job.ts'
import { formatNote, NOTE_MARK, type Note, readNote } from './note.ts'

const END_MARK = '# borgboi-schedule-end:'
/** cron knows nothing of what was missed: once an hour, at this minute, borgboi looks whether anything was. */
const CATCH_UP = '17 * * * *'

export interface CrontabBlock {
  readonly id: string
  readonly note: Note
  /** Its lines with the marks around them. */
  readonly text: string
}

/**
 * A line for the time itself and one that catches up; both start nothing that was done already.
 * @throws AppError `value-invalid` for what cron cannot say
 */
export function renderBlock({ id, note, environment }: Job): string {
  const { program, schedule } = note
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${shellQuote(value)}`)
  const words = [...program, ...scheduledWords(note, { jitter: true, catchUp: true, log: true })].map(shellQuote)
  // A % would end the command.
  const command = [...variables, ...words].join(' ').replaceAll('%', '\\%')
  if (/[\r\n\0]/.test(command)) {
    refuse(
      'path',
      command.slice(0, 60),
      'a line of a crontab has no line breaks',
      'rename the directory, or use systemd',
    )
  }
  return [
    `# ${formatNote(note)}`,
    `${cronExpression(schedule.at)} ${command}`,
    `${CATCH_UP} ${command}`,
    `${END_MARK} ${id}`,
  ].join('\n')
}

/** @throws AppError `value-invalid` for what cron would take for something else */
export function cronExpression(at: Calendar): string {
  if (!isFull(at.weekdays, 'weekdays') && !isFull(at.days, 'days')) {
    const reason = 'cron would start it on these weekdays and on these days of the month'
    refuse('time', formatCalendar(at), reason, 'give one of them')
  }
  const fields = ['minutes', 'hours', 'days', 'months', 'weekdays'] as const
  return fields.map((field) => (isFull(at[field], field) ? '*' : at[field].join(','))).join(' ')
}

/** The blocks in a crontab that have a note of ours. */
export function readBlocks(crontab: string): CrontabBlock[] {
  const blocks: CrontabBlock[] = []
  let begun: { readonly note: Note; readonly lines: string[] } | undefined
  for (const line of crontab.split('\n')) {
    const note = line.startsWith(`# ${NOTE_MARK}`) ? readNote(line) : undefined
    if (note !== undefined) begun = { note, lines: [] }
    begun?.lines.push(line)
    if (begun === undefined || !line.startsWith(END_MARK)) continue
    blocks.push({ id: line.slice(END_MARK.length).trim(), note: begun.note, text: begun.lines.join('\n') })
    begun = undefined
  }
  return blocks
}

/** The crontab with `text` in place of `block`, or at its end; without it where `text` is undefined. */
export function withBlock(crontab: string, block: CrontabBlock | undefined, text: string | undefined): string {
  if (block !== undefined && text !== undefined) return crontab.replace(block.text, () => text)
  if (block !== undefined) return crontab.replace(`${block.text}\n`, () => '')
  const before = crontab === '' || crontab.endsWith('\n') ? crontab : `${crontab}\n`
  return text === undefined ? crontab : `${before}${text}\n`
}

function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
