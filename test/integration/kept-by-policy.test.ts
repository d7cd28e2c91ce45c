// Our rule of what a policy keeps against Borg's own prune.

import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { keptByPolicy } from '../../src/model/kept.ts'
import { parseRetentionText } from '../../src/model/retention.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { suiteDir } from '../support/temp-dir.ts'

const HOUR_MS = 3_600_000
/** Hours before now, over two years: twice within one hour, several a day, with gaps. */
const AGES = [0.2, 0.4, 3, 5, 26, 27, 50, 80, 200, 400, 700, 1000, 2200, 4400, 9000, 17_000]
const POLICIES = [
  'last=3',
  'daily=2',
  'hourly=3,daily=3,weekly=2',
  'daily=7,weekly=4,monthly=6,yearly=2',
  'within=2d,monthly=-1',
  'weekly=20',
  'yearly=1',
  'last=1,yearly=5',
]

describe.skipIf(testBorgVersion === undefined)('what a policy keeps', () => {
  let root: string
  const now = new Date()
  const states = AGES.map((hours, place) => {
    const at = new Date(Math.floor((now.getTime() - hours * HOUR_MS) / 1000) * 1000)
    return { name: `a${place}`, at }
  })

  function borg(...args: string[]): string {
    const env = { PATH: process.env['PATH'], HOME: root, BORG_BASE_DIR: root, TZ: 'UTC', LC_ALL: 'C.UTF-8' }
    const unencrypted = { BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes' }
    // What prune lists goes to the standard error, which a shell can put where it is read.
    return execFileSync('sh', ['-c', '"$@" 2>&1', 'sh', testBorg, ...args], {
      encoding: 'utf8',
      env: { ...env, ...unencrypted },
    })
  }

  beforeAll(async () => {
    root = await suiteDir()
    await mkdir(join(root, 'source'))
    await writeFile(join(root, 'source', 'a'), 'a')
    borg('init', '--encryption', 'none', join(root, 'repo'))
    for (const { name, at } of states) {
      const timestamp = at.toISOString().slice(0, 19)
      borg('create', '--timestamp', timestamp, `${join(root, 'repo')}::${name}`, join(root, 'source'))
    }
  }, 60_000)

  test.each(POLICIES)('%s keeps what Borg keeps', (text) => {
    const policy = parseRetentionText(text)

    const kept = keptByPolicy(states, policy, now).map(({ name }) => name)

    const options = Object.entries(policy).map(([rule, amount]) => `--keep-${rule}=${amount}`)
    const listed = borg('prune', '--dry-run', '--list', ...options, join(root, 'repo'))
    const keptByBorg = [...listed.matchAll(/^Keeping archive.*?: +(a\d+) /gm)].map(([, name]) => name)
    expect(kept).toEqual(keptByBorg)
  })
})
