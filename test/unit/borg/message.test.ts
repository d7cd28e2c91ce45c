import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBorgMessage } from '../../../src/borg/output/message.ts'

const log = (fields: object) =>
  JSON.stringify({ type: 'log_message', levelname: 'ERROR', name: 'borg.archiver', message: 'it broke', ...fields })

describe('a line of Borg’s stderr', () => {
  it('is a log message with its id, where it has one', () => {
    expect(parseBorgMessage(log({ msgid: 'LockTimeout' }))).toEqual({
      type: 'log',
      level: 'ERROR',
      logger: 'borg.archiver',
      text: 'it broke',
      messageId: 'LockTimeout',
    })
    expect(parseBorgMessage(log({}))).not.toHaveProperty('messageId')
  })

  it('is raw text when it is no JSON', () => {
    expect(parseBorgMessage('usage: borg create [-h]')).toEqual({ type: 'raw', text: 'usage: borg create [-h]' })
  })

  it.each([
    '{"type": "log_message", "message": "cut o',
    '[1, 2]',
    '"text"',
    '{}',
    '{ "',
    '{"type": 7}',
    '\u0000\u0001\ufffd',
  ])('never throws on %j', (line) => {
    expect(['raw', undefined]).toContain(parseBorgMessage(line)?.type)
  })

  it('is nothing when it is blank', () => {
    expect(parseBorgMessage('')).toBeUndefined()
    expect(parseBorgMessage('  \r')).toBeUndefined()
  })

  it('is the message that follows a prompt on the same line', () => {
    const line = `Enter passphrase for key /mnt/{docs}: ${log({ msgid: 'NoPassphraseFailure' })}`

    expect(parseBorgMessage(line)).toMatchObject({ type: 'log', messageId: 'NoPassphraseFailure' })
  })

  it('is progress with numbers, and nothing when the progress is over', () => {
    const progress = { type: 'archive_progress', nfiles: 3, original_size: 4000, path: 'a/b', finished: false }

    expect(parseBorgMessage(JSON.stringify(progress))).toEqual({
      type: 'archive-progress',
      files: 3,
      originalBytes: 4000,
      path: 'a/b',
    })
    expect(parseBorgMessage(JSON.stringify({ type: 'archive_progress', finished: true }))).toBeUndefined()
  })

  it('is a percentage with the path it is at', () => {
    const percent = {
      type: 'progress_percent',
      msgid: 'extract',
      current: 5,
      total: 10,
      info: ['a/b'],
      finished: false,
    }

    expect(parseBorgMessage(JSON.stringify(percent))).toEqual({
      type: 'percent',
      operation: 'extract',
      current: 5,
      total: 10,
      info: 'a/b',
    })
    expect(parseBorgMessage(JSON.stringify({ ...percent, info: null }))).toMatchObject({ info: '' })
    expect(parseBorgMessage(JSON.stringify({ ...percent, finished: true }))).toBeUndefined()
  })

  it('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.json().map((json) => json.slice(0, -1)),
        ),
        (line) => {
          parseBorgMessage(line)
        },
      ),
    )
  })
})
