// What every failure of the command line has to be: an exit code, a stable code, and three lines a person can act on.

import { expect } from 'vitest'
import { ERROR_CODES, type ErrorCode } from '../../src/errors.ts'

/** How a command ended, in this process or in one of its own. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface SeenFailure {
  /** What was attempted on which thing. */
  readonly message: string
  /** Why it failed. */
  readonly reason: string
  /** What to do next. */
  readonly hint: string
}

/** The failure a command ended with, from its text or its JSON. Fails where a part of it is missing. */
export function expectFailure(result: CommandEnd, code: ErrorCode): SeenFailure {
  const seen = inJson(result.stdout) ?? inText(result.stderr)
  const [exitCode] = ERROR_CODES[code]
  expect({ ...seen, processExitCode: result.exitCode }, result.stderr).toMatchObject({
    code,
    exitCode,
    processExitCode: exitCode,
    message: expect.stringMatching(/\S/),
    reason: expect.stringMatching(/\S/),
    hint: expect.stringMatching(/\S/),
  })
  expect(result.stderr).not.toMatch(/\n\s+at .*\.ts:\d+/)
  return seen as unknown as SeenFailure
}

function inJson(stdout: string): Record<string, unknown> | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith('{') && text.includes('"message_type":"exit_error"'))
  return line === undefined ? undefined : JSON.parse(line)
}

/** The last of the failures in the text: `✗ what`, two blanks and why, two blanks, what next and `[code, exit N]`. */
function inText(stderr: string): Record<string, unknown> | undefined {
  const found = [
    ...stderr.matchAll(
      /^(?:Go on\? \[y\/N\] )?(?:✗|FAIL) (?<message>.+)\n {2}(?<reason>\S.*)\n {2}(?<hint>\S.*?) +\[(?<code>[\w-]+), exit (?<exit>\d+)\]$/gm,
    ),
  ].at(-1)
  return found && { ...found.groups, exitCode: Number(found.groups?.['exit']) }
}
