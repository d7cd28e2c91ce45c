// Everything workflows touch: real files in a temporary home, a Borg in memory, a clock that stands still.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FileConfigSource } from '../../src/config/config-source.ts'
import type { Deps } from '../../src/deps.ts'
import { ShellHooks } from '../../src/hooks/shell-hooks.ts'
import { fileKits } from '../../src/kit/file-kits.ts'
import { borgmaticFiles } from '../../src/migration/borgmatic-file.ts'
import { FileEarlierHome } from '../../src/migration/earlier-home.ts'
import type { AppEvent } from '../../src/model/events.ts'
import { parseRepoName } from '../../src/model/names.ts'
import type { RepoRecord } from '../../src/model/repo.ts'
import { FilePassphraseKeeper } from '../../src/passphrase/keeper.ts'
import { machineFiles } from '../../src/platform/restore-files.ts'
import { machineSourceTrees } from '../../src/platform/source-trees.ts'
import { FileRelocation } from '../../src/relocation/file-relocation.ts'
import { FileEvidenceStore } from '../../src/store/evidence.ts'
import { FileExclusionStore } from '../../src/store/exclusions.ts'
import { FileJobLocks } from '../../src/store/job-locks.ts'
import { FileRunHistory } from '../../src/store/run-history.ts'
import { OpenVaults } from '../../src/vault/open-vaults.ts'
import { createRepo } from '../../src/workflows/repo/create-repo.ts'
import { addVault } from '../../src/workflows/vault/add-vault.ts'
import { FakeBorg } from '../fakes/fake-borg.ts'
import { FakeCircumstances } from '../fakes/fake-circumstances.ts'
import { FakeClock, waiting } from '../fakes/fake-clock.ts'
import { FakeReplication } from '../fakes/fake-replication.ts'
import { FakeRollback } from '../fakes/fake-rollback.ts'
import { FakeScheduler } from '../fakes/fake-scheduler.ts'
import { MemoryRepoStore } from '../fakes/memory-repo-store.ts'
import { tempDir } from './temp-dir.ts'

export interface World {
  readonly root: string
  readonly source: string
  readonly deps: Deps & { readonly clock: FakeClock }
  readonly borg: FakeBorg
  readonly replication: FakeReplication
  readonly rollback: FakeRollback
  readonly scheduler: FakeScheduler
  readonly circumstances: FakeCircumstances
  readonly events: AppEvent[]
  readonly stop: AbortController
  /** Sets up a repo with its repository at `<root>/<name>`, backing up `source`. */
  addRepo(name: string, changes?: Partial<RepoRecord>): Promise<RepoRecord>
  record(name: string): Promise<RepoRecord>
  /** A vault in the directory `<root>/vaults/<name>`, in the configuration. Resolves to its address. */
  addVault(name: string): Promise<string>
  /** The archives in the repository of that name, oldest first. */
  archives(name: string): string[]
}

/** `flags` stand above the configuration, by key. */
export async function buildWorld(flags: Readonly<Record<string, string>> = {}): Promise<World> {
  const root = await tempDir()
  const source = join(root, 'source')
  await mkdir(source)
  await writeFile(join(source, 'a.txt'), 'alpha')
  const home = join(root, '.borgboi')
  const events: AppEvent[] = []
  const stop = new AbortController()
  const clock = new FakeClock()
  const borg = new FakeBorg(home)
  const replication = new FakeReplication(clock)
  const rollback = new FakeRollback(borg)
  const scheduler = new FakeScheduler(clock)
  const circumstances = new FakeCircumstances()
  let ids = 0
  const host = { hostname: 'anna', newId: () => `01TEST${String(++ids).padStart(20, '0')}` }
  const tell = (event: AppEvent) => void events.push(event)
  const config = new FileConfigSource({
    home,
    file: undefined,
    cwd: root,
    env: {},
    flags: Object.fromEntries(Object.entries(flags).map(([key, value]) => [key, ['--flag', value] as const])),
  })
  const deps = {
    config,
    repos: new MemoryRepoStore(),
    sharedRepos: { list: async () => [] },
    exclusions: new FileExclusionStore(home),
    earlierHome: new FileEarlierHome(home),
    borgmatic: borgmaticFiles,
    evidence: new FileEvidenceStore(home),
    runs: new FileRunHistory({ directory: home, clock, config }),
    passphrases: new FilePassphraseKeeper({
      directory: join(home, 'passphrases'),
      trustedUids: [process.geteuid?.() ?? 0],
      env: {},
      events: tell,
      configured: async () => ({}),
    }),
    kits: fileKits,
    borg,
    vaults: new OpenVaults({ directory: home, clock: waiting(clock), host, env: {}, stop: stop.signal }),
    replication,
    relocation: new FileRelocation({ directory: home, host, stop: stop.signal }),
    rollback,
    jobs: new FileJobLocks({ directory: home, clock, host, stop: stop.signal }),
    scheduler,
    circumstances,
    hooks: new ShellHooks({ env: process.env, stop: stop.signal, kill: new AbortController().signal }),
    notifiers: { list: async () => [], test: async () => undefined },
    metrics: { text: async () => '', write: async () => undefined },
    files: machineFiles,
    sourceTrees: machineSourceTrees,
    clock,
    host,
    events: tell,
    outlets: [],
    stop: stop.signal,
  }
  const record = async (name: string) => {
    const found = await deps.repos.get(parseRepoName(name))
    if (found === undefined) throw new Error(`there is no record of ${name}`)
    return found
  }
  return {
    root,
    source,
    deps,
    borg,
    replication,
    rollback,
    scheduler,
    circumstances,
    events,
    stop,
    record,
    archives: (name) => (borg.repositories.get(join(root, name))?.archives ?? []).map((archive) => archive.name),
    addVault: async (name) => {
      const directory = join(root, 'vaults', name)
      await mkdir(directory, { recursive: true })
      return (await addVault(deps, { name, url: directory })).url
    },
    addRepo: async (name, changes) => {
      const input = { name, path: join(root, name), sources: [source], passphrase: {}, workingDirectory: root }
      const { record: made } = await createRepo(deps, input)
      borg.calls.length = 0
      events.length = 0
      return changes === undefined ? made : await deps.repos.update(made.name, (now) => ({ ...now, ...changes }))
    },
  }
}
