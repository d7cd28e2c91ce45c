import { describe, expect, it } from 'vitest'
import { levelOf, parseLogLevel, reaches } from '../../../src/model/log-level.ts'

describe('a log level', () => {
  it.each([
    ['info', 'info'],
    ['WARNING', 'warning'],
    ['warn', 'warning'],
    ['CRITICAL', 'error'],
  ])('is read from %s', (written, level) => {
    expect(parseLogLevel(written)).toBe(level)
  })

  it('that does not exist is refused, with those there are', () => {
    expect(() => parseLogLevel('loud')).toThrow(
      expect.objectContaining({ code: 'value-invalid', hint: 'write one of debug, info, warning, error' }),
    )
  })

  it('is reached by itself and by those above it', () => {
    expect(reaches('warning', 'warning')).toBe(true)
    expect(reaches('error', 'warning')).toBe(true)
    expect(reaches('info', 'warning')).toBe(false)
  })

  it.each([
    ['progress', undefined, 'debug'],
    ['step_started', undefined, 'info'],
    ['step_finished', 'ok', 'info'],
    ['step_finished', 'skipped', 'info'],
    ['warning', undefined, 'warning'],
    ['step_finished', 'warnings', 'warning'],
    ['summary', 'failed', 'error'],
    ['summary', 'interrupted', 'error'],
    ['exit_error', undefined, 'error'],
  ])('of %s with the outcome %s is %s', (type, outcome, level) => {
    expect(levelOf({ message_type: type, repo: 'docs', run: 'r', outcome })).toBe(level)
  })
})
