import { describe, expect, test } from 'vitest'
import { parseCalendar } from '../../../src/model/calendar.ts'
import { parseRepoName } from '../../../src/model/names.ts'
import { formatNote, type Note, readNote } from '../../../src/schedule/note.ts'

const note: Note = {
  home: '/home/anna -- "quoted"/.borgboi',
  schedule: {
    repo: parseRepoName('grüne_akten'),
    at: parseCalendar('Mon..Fri 18:00'),
    jitterMs: 600_000,
    conditions: { network: true, volume: false, mains: true, waitMs: 600_000 },
  },
  since: '2026-11-20T02:30:04.000Z',
  program: ['/usr/bin/node', '/opt/a\nb/borgboi'],
}

describe('the note', () => {
  test('is one line, without what ends a comment of XML, and is read again from wherever it stands', () => {
    const line = formatNote(note)

    expect(line).not.toMatch(/--|\n/)
    expect(readNote(`# before\n# ${line}\n[Unit]\n`)).toEqual(note)
    expect(readNote(`<!-- ${line} -->\n<plist>`)).toEqual(note)
  })

  test('that means every repo has no name', () => {
    const { repo: _none, ...schedule } = note.schedule

    expect(readNote(formatNote({ ...note, schedule }))?.schedule).toEqual(schedule)
  })

  test.each([
    ['nothing', ''],
    ['half of it', formatNote(note).slice(0, 60)],
    ['a newer format', formatNote(note).replace('"format":1', '"format":2')],
    ['a time that is none', formatNote(note).replace('18:00', '28:00')],
    ['a field that is missing', formatNote(note).replace('"home"', '"house"')],
  ])('is not read from %s', (_, text) => {
    expect(readNote(text)).toBeUndefined()
  })
})
