import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { FIELDS, formatCalendar, nextDue, parseCalendar } from '../../../src/model/calendar.ts'

const zone = process.env['TZ']
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const refusal = (text: string) => {
  try {
    return parseCalendar(text)
  } catch (error) {
    return error
  }
}

describe('calendar expressions', () => {
  test.each([
    ['daily', '*-*-* 02:30:00'],
    ['Daily', '*-*-* 02:30:00'],
    ['hourly', '*-*-* *:00:00'],
    ['weekly', 'Mon *-*-* 02:30:00'],
    ['monthly', '*-*-01 02:30:00'],
    ['4:05', '*-*-* 04:05:00'],
    ['04:05:00', '*-*-* 04:05:00'],
    [' Mon..Fri   18:00 ', 'Mon..Fri *-*-* 18:00:00'],
    ['mon-fri 18:00', 'Mon..Fri *-*-* 18:00:00'],
    ['Sat,Sun 9:00', 'Sat,Sun *-*-* 09:00:00'],
    ['Fri..Mon 9:00', 'Mon,Fri..Sun *-*-* 09:00:00'],
    ['Sun..Sat', '*-*-* 02:30:00'],
    ['Wed', 'Wed *-*-* 02:30:00'],
    ['*-*-1,15', '*-*-01,15 02:30:00'],
    ['*-1/3-1 00:00', '*-01,04,07,10-01 00:00:00'],
    ['12-24 16:00', '*-12-24 16:00:00'],
    ['0/6:15', '*-*-* 00,06,12,18:15:00'],
    ['8..18:00', '*-*-* 08,09,10,11,12,13,14,15,16,17,18:00:00'],
    ['*:0/30', '*-*-* *:00,30:00'],
    ['Mon *-*-1..7 02:30', 'Mon *-*-01,02,03,04,05,06,07 02:30:00'],
  ])('%j is %j', (text, normal) => {
    expect(formatCalendar(parseCalendar(text))).toBe(normal)
  })

  test.each([
    ['', 'it is no calendar expression'],
    ['nightly', 'nightly is no day of the week'],
    ['Mon.Fri 2:00', 'Mon.Fri is no day of the week'],
    ['Xyz..Fri', 'xyz is no day of the week'],
    ['30 2 * * *', 'it is no calendar expression'],
    ['25:00', '25 is not within the hours from 0 to 23'],
    ['02:60', '60 is not within the minutes from 0 to 59'],
    ['02:30:10', 'seconds are not told apart'],
    ['9..8:00', '9..8 is not within the hours'],
    ['0/0:00', '0/0 is not within the hours'],
    ['*/2:00', '*/2 is no number, range or step of hours'],
    ['*-*-0', '0 is not within the days from 1 to 31'],
    ['*-13-1', '13 is not within the months from 1 to 12'],
    ['*-2-30', 'there is no such day'],
    ['2027-1-1 03:00', 'the year has to be *'],
    ['02:30 UTC', 'times are local'],
    ['02:30 Europe/Berlin', 'times are local'],
    ['02:30 03:30', 'it is no calendar expression'],
  ])('%j is refused: %s', (text, reason) => {
    expect(refusal(text)).toBeInstanceOf(AppError)
    expect(refusal(text)).toMatchObject({ code: 'value-invalid', reason: expect.stringContaining(reason) })
  })

  test('what is written is read as the same', () => {
    const field = (name: keyof typeof FIELDS) =>
      fc.subarray([...FIELDS[name]], { minLength: 1 }).map((values) => values.sort((a, b) => a - b))
    const calendar = fc.record({
      weekdays: field('weekdays'),
      months: fc.constant(FIELDS.months),
      days: field('days'),
      hours: field('hours'),
      minutes: field('minutes'),
    })

    fc.assert(fc.property(calendar, (any) => void expect(parseCalendar(formatCalendar(any))).toEqual(any)))
  })
})

describe('the next time due', () => {
  const next = (text: string, after: string) => nextDue(parseCalendar(text), new Date(after)).toISOString()

  test.each([
    ['daily', '2026-11-20T02:29:59Z', '2026-11-20T02:30:00.000Z'],
    ['daily', '2026-11-20T02:30:00Z', '2026-11-21T02:30:00.000Z'],
    ['weekly', '2026-11-20T12:00:00Z', '2026-11-23T02:30:00.000Z'],
    ['monthly', '2026-12-31T23:59:00Z', '2027-01-01T02:30:00.000Z'],
    ['hourly', '2026-11-20T23:10:00Z', '2026-11-21T00:00:00.000Z'],
    ['*-2-29 12:00', '2026-11-20T00:00:00Z', '2028-02-29T12:00:00.000Z'],
    ['*-*-31 12:00', '2026-11-20T00:00:00Z', '2026-12-31T12:00:00.000Z'],
    ['Mon *-*-1..7 02:30', '2026-11-20T00:00:00Z', '2026-12-07T02:30:00.000Z'],
    ['Sun *-2-29', '2032-03-01T00:00:00Z', '2060-02-29T02:30:00.000Z'],
    ['Sun *-2-29', '2088-03-01T00:00:00Z', '2128-02-29T02:30:00.000Z'],
  ])('%s after %s is %s', (text, after, expected) => {
    process.env['TZ'] = 'UTC'

    expect(next(text, after)).toBe(expected)
  })

  test('is local time', () => {
    process.env['TZ'] = 'America/New_York'

    expect(next('daily', '2026-01-10T12:00:00Z')).toBe('2026-01-11T07:30:00.000Z')
  })

  test('comes an hour later on the day that leaves that hour out, and once on the day that repeats it', () => {
    process.env['TZ'] = 'Europe/Berlin'

    expect(next('daily', '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:30:00.000Z')
    expect(next('daily', '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z')
    expect(next('daily', '2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z')
  })
})
