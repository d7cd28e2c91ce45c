// When Borg has to test itself.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SelfTest } from '../../../src/borg/self-test.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { tempDir } from '../../support/temp-dir.ts'

const DAY_MS = 86_400_000
const SKIPPED = { BORG_SELFTEST: 'disabled' }

function clockAt(time: { ms: number }) {
  return { ...systemClock, now: () => new Date(time.ms), monotonicMs: () => time.ms }
}

test('a binary that passed is believed for a week, also by the next process', async () => {
  const file = join(await tempDir(), 'selftest.json')
  const time = { ms: Date.parse('2026-11-20T02:30:00Z') }
  const first = new SelfTest(file, clockAt(time))

  expect(await first.environment('borg@1')).toEqual({})
  await first.hasPassed('borg@1')
  expect(await first.environment('borg@1')).toEqual(SKIPPED)

  time.ms += 6 * DAY_MS
  expect(await new SelfTest(file, clockAt(time)).environment('borg@1')).toEqual(SKIPPED)
  time.ms += 2 * DAY_MS
  expect(await new SelfTest(file, clockAt(time)).environment('borg@1')).toEqual({})
})

test('another binary, or the same one changed, tests itself', async () => {
  const file = join(await tempDir(), 'selftest.json')
  const selfTest = new SelfTest(file, clockAt({ ms: DAY_MS }))
  await selfTest.hasPassed('borg@1')

  expect(await selfTest.environment('borg@2')).toEqual({})
})

test('a week that is not over is not begun anew', async () => {
  const file = join(await tempDir(), 'selftest.json')
  const time = { ms: 100 * DAY_MS }
  await new SelfTest(file, clockAt(time)).hasPassed('borg@1')
  const before = await readFile(file, 'utf8')
  time.ms += DAY_MS

  await new SelfTest(file, clockAt(time)).hasPassed('borg@1')

  expect(await readFile(file, 'utf8')).toBe(before)
})

test('a memory that is damaged or cannot be written lets Borg test itself', async () => {
  const directory = await tempDir()
  const file = join(directory, 'selftest.json')
  await writeFile(file, '{"borg@1":')

  expect(await new SelfTest(file, clockAt({ ms: DAY_MS })).environment('borg@1')).toEqual({})
  await expect(new SelfTest(directory, clockAt({ ms: DAY_MS })).hasPassed('borg@1')).resolves.toBeUndefined()
})
