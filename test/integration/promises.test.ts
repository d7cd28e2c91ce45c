// Promises that keep themselves, with the real Borg: scheduled runs drill and verify what is due, and somebody is told
// when one is broken.

import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { setUpDocs, succeed } from '../support/cli-stage.ts'
import { httpReceiver } from '../support/http-receiver.ts'
import { tempDir } from '../support/temp-dir.ts'

test.skipIf(testBorgVersion === undefined)(
  'a scheduled run proves what is due, once, and tells what broke',
  async () => {
    const [server, scratch] = [await httpReceiver(), await tempDir()]
    const env = {
      BORGBOI_NOTIFY__HOOK__TYPE: 'webhook',
      BORGBOI_NOTIFY__HOOK__URL: server.url,
      BORGBOI_SCHEDULE__SCRATCH: scratch,
    }
    const stage = await setUpDocs(await tempDir(), { env })
    await succeed(stage.run('repo', 'objectives', 'set', 'drill_every=90d,verify_within=30d'))
    const done = async () => {
      const lines = (await succeed(stage.run('schedule', 'run', '--all', '--json'))).json()
      const ends = lines.filter((line) => line['message_type'] === 'summary')
      return ends.map(({ workflow, outcome }) => `${workflow} ${outcome}`)
    }

    const [first, second] = [await done(), await done()]
    const fine = [...server.received]
    const { stdout } = await succeed(stage.run('status'))
    await succeed(stage.run('repo', 'objectives', 'set', 'min_free_space=5P'))
    await done()
    await succeed(stage.run('repo', 'objectives', 'set', 'min_free_space=none'))
    await succeed(stage.run('status', '--brief'))

    expect(first).toEqual(['backup daily ok', 'backup drill ok', 'backup check ok'])
    expect(second).toEqual(['backup daily ok'])
    expect(await readdir(scratch)).toEqual([])
    expect(stdout).toMatch(/✓ docs .* check, today .* ok, today /)
    expect(fine).toEqual([])
    const told = server.received.map(({ body }) => JSON.parse(body))
    expect(told.map(({ rule, standing }) => [rule, standing.broke, standing.recovered])).toEqual([
      ['objective', ['min_free_space'], []],
      ['objective', [], ['min_free_space']],
    ])
    expect(told[0].text).toContain(`are left on the disk of ${stage.repository}`)
  },
)
