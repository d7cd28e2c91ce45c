// Borg as a person runs it by hand, without borgboi.

import { execFileSync } from 'node:child_process'
import { testBorg } from './borg-binary.ts'
import { SENTINEL, type Stage } from './cli-stage.ts'

/** Runs Borg on a stage, with the passphrase of its repositories; its standard output. */
export function plainBorg({ root }: Stage, ...args: string[]): string {
  return execFileSync(testBorg, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: root,
      BORG_BASE_DIR: root,
      BORG_PASSPHRASE: SENTINEL,
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    },
  })
}
