// What is measured: one function per row of the table, each on a stage of its own.

import { mkdirSync } from 'node:fs'
import { generateTree } from '../gen-tree.ts'
import { medians, type Program, peakMemory, run } from './measure.ts'
import { OFFSITE_ROWS } from './offsite-rows.ts'
import { count, type Measure, memoryRow, type Row, ratioRow } from './row.ts'
import { Stage } from './stage.ts'

const TREE = { files: 20_000, bytes: 256_000_000 }
const MANY_REPOS = 10_000
const MANY_ENTRIES = 1_000_000
const BORG_PROCESSES_MAX = 3

export const ROWS: Readonly<Record<string, Measure>> = { startup, list, daily, all, memory, ...OFFSITE_ROWS }

/** What a person waits for before anything happens. */
function startup(directory: string, rounds: number): Row[] {
  const stage = new Stage(directory)
  const { node, version, help } = medians(rounds * 3, {
    node: [stage.node('-e', '0')],
    version: [stage.borgboi('--version')],
    help: [stage.borgboi('--help')],
  })
  return [
    ratioRow('`borgboi --version`', version, '`node -e 0`', node, 1.5),
    ratioRow('`borgboi --help`', help, '`node -e 0`', node, 1.5),
  ]
}

function list(directory: string, rounds: number): Row[] {
  const stage = new Stage(directory)
  stage.writeStore(Array.from({ length: MANY_REPOS }, (_, index) => `repo-${index}`))
  const { node, repos } = medians(rounds * 3, {
    node: [stage.node('-e', '0')],
    repos: [stage.borgboi('repo', 'list')],
  })
  return [ratioRow(`\`repo list\`, ${count(MANY_REPOS)} repos`, repos, '`node -e 0`', node, 3)]
}

/**
 * The same options, both caches warm, two repositories that begin in the same state. Bare Borg prunes and compacts in every
 * round; borgboi prunes once and then waits with both, as on most days.
 */
function daily(directory: string, rounds: number): Row[] {
  const stage = new Stage(directory)
  const tree = stage.path('tree')
  generateTree(tree, TREE)
  run(stage.borgboi('repo', 'create', '--name', 'ours', '--path', stage.path('ours'), '--source', tree))
  const bareRepository = stage.path('bare')
  run(
    stage.borg('init', '--encryption', 'repokey-blake2', bareRepository),
    stage.borg('config', bareRepository, 'max_segment_size', String(100 * 1024 ** 2)),
  )
  const ours = [stage.borgboi('backup', 'daily', '--name', 'ours')]
  const bare = [
    stage.borg('create', '--compression', 'zstd,6', `${bareRepository}::{now:%Y-%m-%dT%H:%M:%S.%f}`, tree),
    stage.borg(
      'prune',
      ...['daily=7', 'weekly=4', 'monthly=6', 'yearly=2'].map((rule) => `--keep-${rule}`),
      bareRepository,
    ),
    stage.borg('compact', bareRepository),
  ]
  const times = medians(rounds, { ours, bare })
  const [oursStarts, bareStarts] = [stage.countBorgs(ours, run), stage.countBorgs(bare, run)]
  return [
    ratioRow('`backup daily`, 20,000 files unchanged', times.ours, '`borg create; prune; compact`', times.bare, 0.9),
    {
      what: 'Borg processes of that `backup daily`',
      ours: String(oursStarts),
      against: `${bareStarts}`,
      budget: `≤ ${BORG_PROCESSES_MAX}`,
      met: oursStarts <= BORG_PROCESSES_MAX,
    },
  ]
}

function all(directory: string, rounds: number): Row[] {
  const stage = new Stage(directory)
  const tree = stage.path('tree')
  generateTree(tree, TREE)
  const names = ['one', 'two', 'three']
  for (const name of names) {
    run(stage.borgboi('repo', 'create', '--name', name, '--path', stage.path('repositories', name), '--source', tree))
  }
  const inTurn: Program[] = names.map((name) => stage.borgboi('backup', 'daily', '--name', name))
  const { together, apart } = medians(rounds, {
    together: [stage.borgboi('backup', 'daily', '--all', '--jobs', String(names.length))],
    apart: inTurn,
  })
  return [ratioRow('`backup daily --all --jobs 3`, three repos', together, 'one after another', apart, 0.6)]
}

/** A stand-in feeds the listing: no repository with so many entries has to be made for it. */
async function memory(directory: string): Promise<Row[]> {
  const stage = new Stage(directory)
  stage.writeStore(['big'])
  mkdirSync(stage.path('repositories', 'big'), { recursive: true })
  const entry = `{"type": "-", "mode": "-rw-r--r--", "user": "me", "group": "me", "uid": 1, "gid": 1, "path": "home/me/documents/%07d/a file with a name of usual length.txt", "healthy": true, "source": "", "linktarget": "", "flags": 0, "mtime": "2026-11-20T02:30:04.123456", "size": 12345}`
  const feeder = stage.script(
    'feeding-borg',
    `#!/bin/sh
case $* in
  *--version*) echo 'borg 1.4.0' ;;
  *) exec awk 'BEGIN { for (i = 0; i < ${MANY_ENTRIES}; i++) printf "${entry.replaceAll('"', '\\"')}\\n", i }' ;;
esac
`,
  )
  const listing = stage.borgboi('backup', 'contents', '--name', 'big', '--archive', 'big-2026-11-20T02:30:04', '--json')
  const { peakBytes, lines } = await peakMemory(stage.withBorg(listing, feeder))
  if (lines !== MANY_ENTRIES) throw new Error(`the listing had ${lines} lines, not ${MANY_ENTRIES}`)
  return [memoryRow(`\`backup contents --json\` of ${count(MANY_ENTRIES)} entries`, peakBytes)]
}
