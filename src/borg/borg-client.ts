// The real BorgClient: the commands bound to one runner.

import { join } from 'node:path'
import type { Clock, Host } from '../deps.ts'
import type { BorgClient } from './client.ts'
import { breakLock } from './commands/break-lock.ts'
import { changePassphrase } from './commands/change-passphrase.ts'
import { check } from './commands/check.ts'
import { compact } from './commands/compact.ts'
import { create } from './commands/create.ts'
import { deleteArchives, deleteRepository } from './commands/delete.ts'
import { diff } from './commands/diff.ts'
import { exportTar } from './commands/export-tar.ts'
import { extract } from './commands/extract.ts'
import { archiveDetails, info } from './commands/info.ts'
import { init } from './commands/init.ts'
import { exportKey, importKey } from './commands/key.ts'
import { contents, list } from './commands/list.ts'
import { mount, umount } from './commands/mount.ts'
import { openWithKey } from './commands/open-with-key.ts'
import { prune } from './commands/prune.ts'
import { recreate } from './commands/recreate.ts'
import { comment, rename, renameByCopy } from './commands/rename.ts'
import { setQuota } from './commands/set-quota.ts'
import { holdRepository } from './hold-repository.ts'
import { stableHostId } from './host-id.ts'
import { lockedBy } from './lock-holder.ts'
import { borgPlaces, forgetStateAndPlace, withBaseDirectory } from './places.ts'
import { readRepositoryId, readRepositoryLimits } from './repository-config.ts'
import { BorgRunner, type RunnerOptions } from './run-borg.ts'
import { SelfTest } from './self-test.ts'
import { findBorg, isSafeRewrite, requireSafeRewrite, type VersionOptions } from './version.ts'

export interface BorgClientOptions extends Pick<RunnerOptions, 'env' | 'stop' | 'kill'> {
  /** Asked for only when Borg is needed: it comes from the configuration. */
  version(): Promise<VersionOptions>
  readonly hostIdFile: string
  /** Below it Borg's base directories of repos that are only read. */
  readonly baseDirectories: string
  readonly selfTestFile: string
  readonly clock: Clock
  readonly host: Host
}

export function createBorgClient({
  version,
  hostIdFile,
  baseDirectories,
  selfTestFile,
  ...options
}: BorgClientOptions): BorgClient {
  const { env } = options
  const borg = once(async () => findBorg(await version()))
  const hostId = once(() => stableHostId(hostIdFile, options.host))
  const runner = new BorgRunner({
    ...options,
    program: borg,
    hostId,
    selfTest: new SelfTest(selfTestFile, options.clock),
  })
  return {
    version: async () => (await borg()).version,
    repositoryId: readRepositoryId,
    limits: readRepositoryLimits,
    baseDirectory: async (repo) => join(baseDirectories, repo),
    cacheDirectory: async () => borgPlaces(env).cache,
    forgetNewerState: ({ baseDirectory }, repositoryId) =>
      forgetStateAndPlace(withBaseDirectory(env, baseDirectory), repositoryId),
    init: (access, settings) => init(runner, access, settings),
    info: (access) => info(runner, access),
    create: (access, settings, handlers) => create(runner, access, settings, handlers),
    archiveDetails: (access, archive) => archiveDetails(runner, access, archive),
    list: (access, filter) => list(runner, access, filter),
    contents: (access, archive, paths) => contents(runner, access, archive, paths),
    diff: (access, settings, handlers) => diff(runner, access, settings, handlers),
    extract: (access, settings, handlers) => extract(runner, access, settings, handlers),
    exportTar: (access, settings, handlers) => exportTar(runner, access, settings, handlers),
    mount: (access, settings) => mount(runner, access, settings),
    umount: (directory) => umount(runner, directory),
    prune: (access, settings, handlers) => prune(runner, access, settings, handlers),
    compact: (access, handlers) => compact(runner, access, handlers),
    check: (access, settings, handlers) => check(runner, access, settings, handlers),
    deleteArchives: (access, settings) => deleteArchives(runner, access, settings),
    rename: async (access, archive, name) => {
      const isSafe = isSafeRewrite((await borg()).version)
      await (isSafe ? rename : renameByCopy)(runner, access, archive, name)
    },
    recreate: async (access, settings) => {
      if (!settings.dryRun) requireSafeRewrite((await borg()).version)
      return await recreate(runner, access, settings)
    },
    comment: async (access, archive, text) => {
      requireSafeRewrite((await borg()).version)
      await comment(runner, access, archive, text)
    },
    passThrough: (access, args) => runner.passThrough(access, args),
    deleteRepository: (access) => deleteRepository(runner, access),
    lockedBy: (access) => lockedBy(access, async () => env['BORG_HOST_ID'] ?? (await hostId())),
    hold: async (access) => holdRepository(access, env['BORG_HOST_ID'] ?? (await hostId())),
    breakLock: (access) => breakLock(runner, access),
    setQuota: (access, bytes) => setQuota(runner, access, bytes),
    changePassphrase: (access, next) => changePassphrase(runner, access, next),
    openWithKey: (access, encryption, key) =>
      openWithKey(runner, access, {
        encryption,
        key,
        directory: join(baseDirectories, `apart-${options.host.newId()}`),
      }),
    exportKey: (access, form) => exportKey(runner, access, form),
    importKey: (access, file) => importKey(runner, access, file),
  }
}

/** The same promise every time. */
function once<T>(act: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= act()
    return result
  }
}
