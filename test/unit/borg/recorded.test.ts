// What the client makes of everything that real Borgs of both lines were recorded to say.

import { describe, expect, it } from 'vitest'
import type { BorgClient, RepositoryAccess } from '../../../src/borg/client.ts'
import { AppError } from '../../../src/errors.ts'
import { parseCompression } from '../../../src/model/compression.ts'
import type { Progress, StepHandlers } from '../../../src/model/events.ts'
import type { Warning } from '../../../src/model/run.ts'
import {
  openScriptedBorg,
  recorded,
  recordedCases,
  recordedVersions,
  replayedBorg,
} from '../../support/scripted-borg.ts'
import { tempDir } from '../../support/temp-dir.ts'

const access: RepositoryAccess = { path: '/tmp/root/repository', lockWaitSeconds: 1 }
const CREATE = { exclusions: [], compression: parseCompression('lz4'), checkpointSeconds: 1800 }

type Call = (borg: BorgClient, handlers: StepHandlers) => Promise<unknown>

const list: Call = (borg) => borg.list(access)
const info: Call = (borg) => borg.info(access)
const compact: Call = (borg, handlers) => borg.compact(access, handlers)
const create: Call = (borg, handlers) => borg.create(access, { ...CREATE, archive: 'a', sources: ['/x'] }, handlers)
const init: Call = (borg) => borg.init(access, { encryption: 'repokey-blake2' })
const check: Call = (borg, handlers) => borg.check(access, { verifyData: true, scope: 'all' }, handlers)
const prune: Call = (borg, handlers) => borg.prune(access, { policy: { last: 1 }, glob: '*', dryRun: false }, handlers)
const remove: Call = (borg) => borg.deleteArchives(access, { archives: ['docs-x'], dryRun: false })
const extract: Call = (borg, handlers) =>
  borg.extract(access, { archive: 'a', paths: [], destination: '/tmp', stripComponents: 0, dryRun: true }, handlers)
const contents: Call = async (borg) => {
  const entries = []
  for await (const entry of borg.contents(access, 'a', [])) entries.push(entry)
  return entries
}

interface Outcome {
  readonly result?: unknown
  readonly failure?: AppError
  readonly warnings: Warning[]
  readonly progress: Progress[]
}

async function replay(version: string, name: string, call: Call): Promise<Outcome> {
  const directory = await tempDir()
  const borg = openScriptedBorg(directory, await replayedBorg(directory, recorded(version, name)))
  const warnings: Warning[] = []
  const progress: Progress[] = []
  const handlers = {
    onWarning: (warning: Warning) => warnings.push(warning),
    onProgress: (step: Progress) => progress.push(step),
  }
  try {
    return { result: await call(borg, handlers), warnings, progress }
  } catch (error) {
    if (error instanceof AppError) return { failure: error, warnings, progress }
    throw error
  }
}

const FAILURES: Readonly<Record<string, readonly [Call, code: string]>> = {
  'contents-archive-missing': [contents, 'archive-unknown'],
  'create-exists': [create, 'archive-exists'],
  'extract-damaged': [extract, 'repository-damaged'],
  'init-exists': [init, 'repository-exists'],
  'key-missing': [info, 'key-missing'],
  'passphrase-missing': [list, 'passphrase-missing'],
  'passphrase-wrong': [list, 'passphrase-wrong'],
  'repository-full': [create, 'repository-full'],
  'repository-invalid': [list, 'repository-invalid'],
  'repository-missing': [list, 'repository-missing'],
  'repository-moved': [info, 'repository-moved'],
  'repository-older': [extract, 'repository-moved'],
  locked: [compact, 'locked'],
  usage: [compact, 'borg-failed'],
}

const RESULTS: Readonly<Record<string, readonly [Call, result: unknown]>> = {
  check: [check, { damaged: false, problems: [] }],
  'check-damaged': [
    check,
    { damaged: true, problems: expect.arrayContaining(['Finished full repository check, errors found.']) },
  ],
  compact: [compact, { freedBytes: expect.any(Number) }],
  create: [
    create,
    {
      archive: 'docs (1 of 2) with spaces',
      archiveId: expect.stringMatching(/^[0-9a-f]{64}$/),
      repositoryId: expect.stringMatching(/^[0-9a-f]{64}$/),
      files: 5,
      originalBytes: expect.any(Number),
      compressedBytes: expect.any(Number),
      deduplicatedBytes: expect.any(Number),
    },
  ],
  delete: [remove, { reclaimableBytes: expect.any(Number) }],
  'delete-repository': [(borg) => borg.deleteRepository(access), undefined],
  info: [info, expect.objectContaining({ encryption: 'repokey-blake2', id: expect.stringMatching(/^[0-9a-f]{64}$/) })],
  init: [init, undefined],
  list: [
    list,
    ['docs (1 of 2) with spaces', 'docs-unreadable', 'docs-changed'].map((name) => expect.objectContaining({ name })),
  ],
  prune: [
    prune,
    {
      kept: ['docs-changed', 'docs (1 of 2) with spaces'],
      removed: ['docs-unreadable'],
      reclaimableBytes: expect.any(Number),
    },
  ],
  'prune-dry': [
    prune,
    { kept: ['docs-changed', 'docs (1 of 2) with spaces'], removed: ['docs-unreadable'], reclaimableBytes: 0 },
  ],
  extract: [extract, { entries: expect.any(Number), bytes: expect.any(Number), unmatched: [] }],
  'extract-unmatched': [extract, { entries: 1, bytes: expect.any(Number), unmatched: ['no/such'] }],
}

const ELSEWHERE = ['contents', 'create-unreadable', 'create-changed']

describe.each(recordedVersions)('Borg %s', (version) => {
  it('has every recorded case looked at', () => {
    const known = [...Object.keys(FAILURES), ...Object.keys(RESULTS), ...ELSEWHERE]

    expect(recordedCases(version).sort()).toEqual(known.sort())
  })

  it.each(Object.entries(FAILURES))('%s fails with its code, a reason and a hint', async (name, [call, code]) => {
    const { failure } = await replay(version, name, call)

    expect(failure).toMatchObject({ code, reason: expect.stringMatching(/./), hint: expect.stringMatching(/./) })
    expect(failure?.reason).not.toMatch(/\n|Traceback|^\s/)
    expect(failure?.context).toMatchObject({ repository: access.path, borgExitCode: recorded(version, name).exitCode })
  })

  it.each(Object.entries(RESULTS))('%s gives its result without a warning', async (name, [call, result]) => {
    const outcome = await replay(version, name, call)

    expect(outcome.failure).toBeUndefined()
    expect(outcome.result).toEqual(result)
    expect(outcome.warnings).toEqual([])
  })

  it('tells unreadable and vanished files apart, and stores the rest', async () => {
    const { result, warnings } = await replay(version, 'create-unreadable', create)

    expect(result).toMatchObject({ archive: 'docs-unreadable', files: 4 })
    expect(warnings.map(({ kind, path }) => [kind, path])).toEqual([
      ['permission-denied', '/tmp/root/source/secret.txt'],
      ['file-vanished', '/tmp/root/gone'],
    ])
  })

  it('tells a file that changed while it was read', async () => {
    const { result, warnings } = await replay(version, 'create-changed', create)

    expect(result).toMatchObject({ archive: 'docs-changed', files: 5 })
    expect(warnings).toEqual([expect.objectContaining({ kind: 'file-changed', path: '/tmp/root/source/large.bin' })])
  })

  it('lists directories, links and odd names', async () => {
    const { result } = await replay(version, 'contents', contents)

    const entries = result as { path: string; type: string; sizeBytes: number; linkTarget?: string }[]
    const byPath = Object.fromEntries(entries.map((entry) => [entry.path.replace('tmp/root/source', ''), entry]))
    expect(byPath['']).toMatchObject({ type: 'directory', mode: 'drwxr-xr-x' })
    expect(byPath['/sub/link']).toMatchObject({ type: 'symlink', linkTarget: '../plain.txt' })
    expect(byPath['/sub/quote" back\\slash new\nline ünï.txt']).toMatchObject({ type: 'file', sizeBytes: 3 })
    expect(byPath['/sub/bytes-??']).toMatchObject({ type: 'file', sizeBytes: 9 })
    expect(byPath['/large.bin']).toMatchObject({ sizeBytes: 1_000_000, modifiedAt: new Date(2026, 0, 2, 3, 4, 5) })
  })

  it('shows progress of create, check, extract and compact', async () => {
    const seen = await Promise.all(
      [
        ['create', create] as const,
        ['check', check] as const,
        ['extract', extract] as const,
        ['compact', compact] as const,
      ].map(async ([name, call]) => (await replay(version, name, call)).progress),
    )

    expect(seen[0]?.[0]).toMatchObject({ files: expect.any(Number), bytes: expect.any(Number) })
    for (const progress of [seen[1], seen[3]]) {
      expect(progress?.length).toBeGreaterThan(0)
      expect(progress?.every(({ fraction = 2 }) => fraction >= 0 && fraction <= 1)).toBe(true)
    }
    expect(seen[2]?.at(-1)).toMatchObject({ totalBytes: expect.any(Number) })
  })
})
