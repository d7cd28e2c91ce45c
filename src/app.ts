// The composition root: the only file that constructs. Home and configuration to adapters, adapters to Deps, Deps to
// the Orchestrator. What a command does not use is not loaded.

import { join } from 'node:path'
import type { BorgClient } from './borg/client.ts'
import { FileConfigSource } from './config/config-source.ts'
import { findHome } from './config/paths.ts'
import type { Deps } from './deps.ts'
import { ShellHooks } from './hooks/shell-hooks.ts'
import { fileKits } from './kit/file-kits.ts'
import type { BorgmaticFiles } from './model/borgmatic.ts'
import type { EarlierHome } from './model/earlier-repo.ts'
import type { AppEvent, EventSink } from './model/events.ts'
import { Orchestrator } from './orchestrator.ts'
import { readOtherSecret } from './passphrase/file.ts'
import { FilePassphraseKeeper } from './passphrase/keeper.ts'
import { machineCircumstances } from './platform/circumstances.ts'
import { systemClock } from './platform/clock.ts'
import { thisHost } from './platform/host.ts'
import { machineFiles } from './platform/restore-files.ts'
import { machineSourceTrees } from './platform/source-trees.ts'
import { thisProgram } from './platform/this-program.ts'
import { effectiveUid, ownHome, ownName } from './platform/user.ts'
import type { Relocation } from './relocation/relocation.ts'
import type { Replication } from './replication/replication.ts'
import type { Rollback } from './rollback/rollback.ts'
import type { Scheduler } from './schedule/scheduler.ts'
import { FileEvidenceStore } from './store/evidence.ts'
import { FileExclusionStore } from './store/exclusions.ts'
import { FileJobLocks } from './store/job-locks.ts'
import { JsonRepoStore } from './store/json/json-repo-store.ts'
import { LazyTables } from './store/lazy-tables.ts'
import { Outbox } from './store/outbox.ts'
import { FileRunHistory } from './store/run-history.ts'
import { SyncedRepoStore } from './store/synced-repo-store.ts'
import { TableSharedRepos } from './store/table-shared-repos.ts'
import { lazyOutlet } from './telemetry/lazy-outlet.ts'
import { openTelemetry } from './telemetry/open-telemetry.ts'
import { OpenVaults } from './vault/open-vaults.ts'
import { PROGRAM_VERSION } from './version.ts'

export interface AppOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Relative paths that a person gives start here. */
  readonly cwd: string
  readonly stop: AbortSignal
  readonly kill: AbortSignal
  readonly events: EventSink
  readonly configFile?: string | undefined
  /** Options that stand above the configuration: key -> [flag, value]. */
  readonly flags?: Readonly<Record<string, readonly [flag: string, value: string | boolean]>>
  /** Tests replace what they hold. */
  readonly overrides?: Partial<Deps>
}

export interface App {
  readonly orchestrator: Orchestrator
  /** What is still to be told of the runs is told: call it last. */
  close(): Promise<void>
}

/** How long `borg --version` may take before Borg counts as stuck. */
const VERSION_TIMEOUT_MS = 10_000
/** What a command waits for DynamoDB at most when there is no answer; the local store has the change by then. */
const DYNAMODB_WAIT_MS = 3000

export async function openApp(options: AppOptions): Promise<App> {
  const { env, cwd, stop, overrides } = options
  const { directory: home, trustedUids } = await findHome(env, cwd)
  const data = join(home, 'data')
  const host = overrides?.host ?? thisHost
  const clock = overrides?.clock ?? systemClock
  const config =
    overrides?.config ?? new FileConfigSource({ home, file: options.configFile, cwd, env, flags: options.flags ?? {} })
  const notifications = once(async () => {
    const loaded = await config.load()
    if (Object.keys(loaded.notify).length === 0) return undefined
    const { openNotifications } = await import('./notify/open-notifications.ts')
    return openNotifications(loaded, {
      directory: data,
      env,
      clock,
      hostname: host.hostname,
      kill: options.kill,
      repos: { list: () => deps.repos.list() },
      runs: { list: (...args) => deps.runs.list(...args) },
      events: (event) => events(event),
      readSecret: (path) => readOtherSecret(path, { trustedUids, events, what: 'secret of a notifier' }),
    })
  })
  const telemetry = openTelemetry({
    config,
    clock,
    home,
    version: PROGRAM_VERSION,
    hostname: host.hostname,
    repos: { list: () => deps.repos.list() },
    runs: { list: (...args) => deps.runs.list(...args) },
    events: (event) => events(event),
  })
  const outlets = overrides?.outlets ?? [lazyOutlet(notifications, { everyLook: true }), ...telemetry.outlets]
  const events = (event: AppEvent) => {
    options.events(event)
    for (const { take } of outlets) take(event)
  }
  const tables = new LazyTables({ config, clock, host })
  const deps: Deps = {
    config,
    repos: new SyncedRepoStore({
      local: new JsonRepoStore({ directory: data, clock, host, events }),
      tables,
      outbox: new Outbox({ directory: data, clock, host, events }),
      clock,
      events,
      deadlineMs: DYNAMODB_WAIT_MS,
    }),
    sharedRepos: new TableSharedRepos(tables, config),
    exclusions: new FileExclusionStore(data),
    earlierHome: lazily<EarlierHome>(async () => {
      const { FileEarlierHome } = await import('./migration/earlier-home.ts')
      return new FileEarlierHome(home)
    }),
    borgmatic: lazily<BorgmaticFiles>(async () => (await import('./migration/borgmatic-file.ts')).borgmaticFiles),
    evidence: new FileEvidenceStore(data),
    runs: new FileRunHistory({ directory: data, clock, config }),
    passphrases: new FilePassphraseKeeper({
      directory: join(home, 'passphrases'),
      trustedUids,
      env,
      events,
      configured: async () => {
        const { borg } = await config.load()
        return { existing: borg.borg_passphrase, forNew: borg.borg_new_passphrase }
      },
    }),
    kits: fileKits,
    borg: lazyBorg(async () => {
      const { createBorgClient } = await import('./borg/borg-client.ts')
      return createBorgClient({
        env,
        stop,
        kill: options.kill,
        clock,
        host,
        hostIdFile: join(home, 'host-id'),
        baseDirectories: join(data, 'borg'),
        selfTestFile: join(data, 'borg_selftest.json'),
        version: async () => ({
          executable: (await config.load()).borg.executable_path,
          cacheFile: join(data, 'borg_version.json'),
          env,
          events,
          timeoutMs: VERSION_TIMEOUT_MS,
        }),
      })
    }),
    vaults: new OpenVaults({ directory: data, clock, host, env, stop }),
    replication: lazily<Replication>(async () => {
      const [{ createReplication }, { stableHostId }] = await Promise.all([
        import('./replication/replicate.ts'),
        import('./borg/host-id.ts'),
      ])
      return createReplication({
        clock,
        host,
        stop,
        stateDirectory: data,
        // What tells this home's locks from those of others tells its generations too.
        installId: () => stableHostId(join(home, 'host-id'), host),
        tool: `borgboi/${PROGRAM_VERSION}`,
      })
    }),
    relocation: lazily<Relocation>(async () => {
      const { FileRelocation } = await import('./relocation/file-relocation.ts')
      return new FileRelocation({ directory: data, host, stop })
    }),
    rollback: lazily<Rollback>(async () => (await import('./rollback/local-rollback.ts')).localRollback),
    jobs: new FileJobLocks({ directory: data, clock, host, stop }),
    hooks: new ShellHooks({ env, stop, kill: options.kill }),
    notifiers: {
      list: async () => (await (await notifications())?.list()) ?? [],
      test: async (name) => await (await notifications())?.test(name),
    },
    metrics: telemetry.metrics,
    scheduler: lazily<Scheduler>(async () => {
      const { MachineScheduler } = await import('./schedule/machine-scheduler.ts')
      const isOther = options.configFile !== undefined || env['BORGBOI_CONFIG'] !== undefined
      return new MachineScheduler({
        home,
        env,
        user: { uid: effectiveUid(), name: ownName(), home: ownHome() },
        root: '',
        program: thisProgram(),
        clock,
        settings: async () => ({
          borg: (await config.load()).borg.executable_path,
          configFile: isOther ? config.path : undefined,
        }),
      })
    }),
    circumstances: machineCircumstances(),
    files: machineFiles,
    sourceTrees: machineSourceTrees,
    clock,
    host,
    events,
    outlets,
    stop,
    ...overrides,
  }
  const close = async () => {
    for (const outlet of outlets) await outlet.close()
  }
  return { orchestrator: new Orchestrator(deps), close }
}

/** What `load` gives, asked for once. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => (loading ??= load())
}

/** A client that is loaded when it is first used. */
function lazyBorg(load: () => Promise<BorgClient>): BorgClient {
  let loaded: Promise<BorgClient> | undefined
  const borg = () => (loaded ??= load())
  return {
    version: async () => (await borg()).version(),
    repositoryId: async (...args) => (await borg()).repositoryId(...args),
    limits: async (...args) => (await borg()).limits(...args),
    baseDirectory: async (...args) => (await borg()).baseDirectory(...args),
    cacheDirectory: async () => (await borg()).cacheDirectory(),
    forgetNewerState: async (...args) => (await borg()).forgetNewerState(...args),
    init: async (...args) => (await borg()).init(...args),
    info: async (...args) => (await borg()).info(...args),
    create: async (...args) => (await borg()).create(...args),
    archiveDetails: async (...args) => (await borg()).archiveDetails(...args),
    list: async (...args) => (await borg()).list(...args),
    contents: async function* (...args) {
      yield* (await borg()).contents(...args)
    },
    diff: async function* (...args) {
      yield* (await borg()).diff(...args)
    },
    extract: async (...args) => (await borg()).extract(...args),
    exportTar: async (...args) => (await borg()).exportTar(...args),
    mount: async (...args) => (await borg()).mount(...args),
    umount: async (...args) => (await borg()).umount(...args),
    prune: async (...args) => (await borg()).prune(...args),
    compact: async (...args) => (await borg()).compact(...args),
    check: async (...args) => (await borg()).check(...args),
    deleteArchives: async (...args) => (await borg()).deleteArchives(...args),
    rename: async (...args) => (await borg()).rename(...args),
    recreate: async (...args) => (await borg()).recreate(...args),
    comment: async (...args) => (await borg()).comment(...args),
    passThrough: async (...args) => (await borg()).passThrough(...args),
    deleteRepository: async (...args) => (await borg()).deleteRepository(...args),
    lockedBy: async (...args) => (await borg()).lockedBy(...args),
    hold: async (...args) => (await borg()).hold(...args),
    breakLock: async (...args) => (await borg()).breakLock(...args),
    setQuota: async (...args) => (await borg()).setQuota(...args),
    changePassphrase: async (...args) => (await borg()).changePassphrase(...args),
    openWithKey: async (...args) => (await borg()).openWithKey(...args),
    exportKey: async (...args) => (await borg()).exportKey(...args),
    importKey: async (...args) => (await borg()).importKey(...args),
  }
}

/** Interfaces whose methods all answer later. */
type Answering<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> }

/** What `load` gives, loaded when one of its methods is first called. */
function lazily<T extends Answering<T>>(load: () => Promise<T>): T {
  const loaded = once(load)
  const call =
    (name: keyof T) =>
    async (...args: never[]) =>
      await (await loaded())[name](...args)
  return new Proxy({} as T, { get: (_, name) => call(name as keyof T) })
}
