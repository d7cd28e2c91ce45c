// The text of a property list for launchd. Source: launchd.plist(5).

import { type Calendar, formatCalendar, isFull } from '../model/calendar.ts'
import { refuse } from '../model/validate.ts'
import { scheduledWords } from './command-line.ts'
import type { Job } from './job.ts'
import { formatNote } from './note.ts'

/** launchd starts one job per entry; more than this would be a mistake. */
const ENTRIES_MAX = 1500

/**
 * One entry for each combination of what is not every value. launchd catches up once after sleep, not after the machine
 * was off: so the job is also started when it is loaded, and starts nothing unless something was missed.
 */
export function renderPropertyList({ id, note, environment }: Job, logFile: string): string {
  const words = [...note.program, ...scheduledWords(note, { jitter: true, catchUp: true, log: true })]
  const entries = launchdEntries(note.schedule.at).map((entry) => dict(entry, '    ', integer))
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by borgboi schedule install, and again by the next one. -->
<!-- ${formatNote(note)} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(id)}
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    ${string(word)}`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
${dict(environment, '  ', string)}
  <key>StartCalendarInterval</key>
  <array>
${entries.join('\n')}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>ProcessType</key>
  <string>Background</string>
  <key>LowPriorityIO</key>
  <true/>
  <key>Nice</key>
  <integer>10</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>ExitTimeOut</key>
  <integer>180</integer>
  <key>StandardOutPath</key>
  ${string(logFile)}
  <key>StandardErrorPath</key>
  ${string(logFile)}
</dict>
</plist>
`
}

const FIELD_KEYS = { months: 'Month', days: 'Day', weekdays: 'Weekday', hours: 'Hour', minutes: 'Minute' } as const

/** @throws AppError `value-invalid` for what launchd would take for something else */
export function launchdEntries(at: Calendar): readonly Readonly<Record<string, number>>[] {
  const text = formatCalendar(at)
  if (!isFull(at.weekdays, 'weekdays') && !isFull(at.days, 'days')) {
    refuse('time', text, 'launchd would start it on these weekdays and on these days of the month', 'give one of them')
  }
  let entries: readonly Readonly<Record<string, number>>[] = [{}]
  for (const [field, key] of Object.entries(FIELD_KEYS) as [keyof typeof FIELD_KEYS, string][]) {
    if (isFull(at[field], field)) continue
    entries = entries.flatMap((entry) => at[field].map((value) => ({ ...entry, [key]: value })))
  }
  if (entries.length <= ENTRIES_MAX) return entries
  return refuse(
    'time',
    text,
    `launchd would need ${entries.length} entries for it`,
    'name fewer times, or use --scheduler cron',
  )
}

function dict<T>(values: Readonly<Record<string, T>>, indent: string, render: (value: T) => string): string {
  const lines = Object.entries(values).map(
    ([key, value]) => `${indent}  <key>${escapeXml(key)}</key>\n${indent}  ${render(value)}`,
  )
  return `${indent}<dict>\n${lines.join('\n')}\n${indent}</dict>`
}

function string(value: string): string {
  return `<string>${escapeXml(value)}</string>`
}

function integer(value: number): string {
  return `<integer>${value}</integer>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
