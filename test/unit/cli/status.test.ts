// `status`, on a Borg in memory and a clock that tests hold.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { SharedRepo } from '../../../src/model/shared-repo.ts'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeScheduler } from '../../fakes/fake-scheduler.ts'
import { expectFailure } from '../../support/failure.ts'
import { inUtc } from '../../support/in-utc.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

inUtc()

const berta: SharedRepo = {
  hostname: 'berta',
  name: 'laptop',
  path: '/srv/laptop',
  sources: [],
  lastBackupAt: '2026-11-15T02:30:00.000Z',
  lastRun: { at: '2026-11-15T02:30:00.000Z', outcome: 'ok', dueAt: '2026-11-16T04:30:00.000Z' },
}
const carl: SharedRepo = { hostname: 'carl\u001b[31m', name: 'old', path: '/old', sources: [] }

/** Two repos: `docs` was backed up, `pics` never was, for longer than it may. */
async function setUp() {
  const root = await tempDir()
  const [borg, clock] = [new FakeBorg(), new FakeClock()]
  const scheduler = new FakeScheduler(clock)
  await mkdir(join(root, 'source'))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  const sharedRepos = { list: async () => [berta, carl] }
  const run = (...args: string[]) => borgboi({ root, overrides: { borg, clock, scheduler, sharedRepos } }, ...args)
  for (const name of ['docs', 'pics']) await run('repo', 'create', '-n', name, '-p', name, '--source', 'source')
  clock.advance(27 * 3_600_000)
  await run('backup', 'daily', '--name', 'docs')
  return { root, run, clock }
}

it('is one screen with the reasons, and exit 14 where a promise is broken', async () => {
  const { run } = await setUp()

  const { stdout, exitCode } = await run('status')

  expect(exitCode).toBe(14)
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^ +last backup +off-site +verified +restore drill +promise$/),
    expect.stringMatching(/^✓ docs +today \d\d:\d\d +– +never +never +26 h$/),
    expect.stringMatching(/^✗ pics +never +– +never +never +26 h$/),
    '    no backup yet, 27 hours after it was set up     borgboi backup daily --name pics',
    '1 of 2 broke its promise (exit 14)',
    '',
  ])
  expect((await run('status', '--quiet')).stdout).toMatch(/^✗ pics .*\n {4}no backup yet.*\n$/)
})

it('is one line for monitoring', async () => {
  const { run } = await setUp()

  expect(await run('status', '--brief')).toMatchObject({
    exitCode: 14,
    stdout:
      'BORGBOI CRITICAL - 1 of 2 broken: pics (no backup yet, 27 hours after it was set up) | met=1 at_risk=0 broken=1\n',
  })
  expect(await run('status', '--brief', '--name', 'docs')).toMatchObject({
    exitCode: 0,
    stdout: 'BORGBOI OK - 1 repo as promised | met=1 at_risk=0 broken=0\n',
  })
})

it('is a document for programs', async () => {
  const { run } = await setUp()

  const [document] = (await run('status', '--json', '--name', 'docs')).json()

  expect(document).toEqual({
    verdict: 'met',
    repos: [
      {
        name: 'docs',
        path: expect.stringMatching(/\/docs$/),
        readOnly: false,
        verdict: 'met',
        backedUp: true,
        objectives: [{ objective: 'rpo', verdict: 'met', dueAt: expect.any(String) }],
        promised: { rpo: 93_600_000, verify_within: 0, drill_every: 0, min_free_space: 0 },
        lastBackup: expect.objectContaining({ files: 1 }),
        lastRun: { at: expect.any(String), outcome: 'ok', dueAt: expect.any(String) },
        nextRunAt: null,
        proofs: [],
        evidence: {},
        vault: null,
      },
    ],
  })
})

it('of all hosts names those that have fallen silent', async () => {
  const { run } = await setUp()

  const { stdout, exitCode } = await run('status', '--all-hosts')

  expect(exitCode).toBe(14)
  expect(stdout).toMatch(/✗ berta +laptop +.* silent: its last run was 6 days ago\n/)
  expect(stdout).toMatch(/· carl.*old +– +– +– +it has told nothing\n/)
  expect(stdout).not.toContain('\u001b')
  expect(stdout).toMatch(/1 of 4 broke its promise \(exit 14\)\n$/)
  expect((await run('status', '--all-hosts', '--brief')).stdout).toMatch(
    /^BORGBOI CRITICAL - 1 of 4 broken: laptop on berta \(silent: .*; 1 of 4 at risk: pics on .* \(no run yet\) \| met=1 at_risk=1 broken=1\n$/,
  )
  expect((await run('status', '--all-hosts', '--json')).json()).toMatchObject([
    {
      verdict: 'broken',
      repos: expect.arrayContaining([
        { ...berta, verdict: 'broken', reason: expect.any(String), lastBackupBytes: null },
      ]),
    },
  ])
  expectFailure(await run('status', '--all-hosts', '--name', 'docs'), 'usage-invalid')
})

it('needs a repo, and one that is recorded', async () => {
  const { run } = await setUp()

  expectFailure(await borgboi({ root: await tempDir() }, 'status'), 'repo-unknown')
  expectFailure(await run('status', '--name', 'none'), 'repo-unknown')
  expectFailure(await run('status', '-n', 'docs', '-p', 'docs'), 'usage-invalid')
})

it('says when what is promised is proved next, by itself or by somebody', async () => {
  const { run, clock } = await setUp()
  await run('repo', 'objectives', 'set', 'drill_every=90d,verify_within=30d', '--name', 'docs')
  await run('backup', 'drill', '--name', 'docs')

  const alone = await run('status', '--name', 'docs')
  await run('schedule', 'install')
  const scheduled = await run('status', '--name', 'docs')
  clock.advance(63 * 24 * 3_600_000)
  const later = await run('status', '--name', 'docs')

  expect(alone.stdout).toMatch(
    /\n {4}next: backup drill by 19 February 2027 \d\d:\d\d, backup check by 20 December 2026 /,
  )
  expect(scheduled.stdout).toMatch(
    /\n {4}by itself: backup drill from 27 January 2027 \d\d:\d\d, backup check with the next run\n/,
  )
  expect(later.stdout).toContain('by itself: backup drill from Wednesday')
  expect((await run('status', '--name', 'docs', '--json')).json()).toMatchObject([
    { repos: [{ proofs: [{ objective: 'drill_every', workflow: 'backup drill' }, { workflow: 'backup check' }] }] },
  ])
})
