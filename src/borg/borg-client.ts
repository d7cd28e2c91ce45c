// The real BorgClient: the commands bound to one runner.

import type { BorgClient } from './client.ts'
import { check } from './commands/check.ts'
import { compact } from './commands/compact.ts'
import { create } from './commands/create.ts'
import { deleteArchives, deleteRepository } from './commands/delete.ts'
import { extract } from './commands/extract.ts'
import { info } from './commands/info.ts'
import { init } from './commands/init.ts'
import { contents, list } from './commands/list.ts'
import { prune } from './commands/prune.ts'
import { BorgRunner, type RunnerOptions } from './run-borg.ts'
import { type FoundBorg, findBorg, type VersionOptions } from './version.ts'

export interface BorgClientOptions extends Omit<RunnerOptions, 'program'> {
  /** Asked for only when Borg is needed: it comes from the configuration. */
  version(): Promise<VersionOptions>
}

export function createBorgClient(options: BorgClientOptions): BorgClient {
  let found: Promise<FoundBorg> | undefined
  const borg = () => (found ??= options.version().then(findBorg))
  const runner = new BorgRunner({
    ...options,
    program: async () => (await borg()).path,
  })
  return {
    version: async () => (await borg()).version,
    init: (access, settings) => init(runner, access, settings),
    info: (access) => info(runner, access),
    create: (access, settings, handlers) => create(runner, access, settings, handlers),
    list: (access, filter) => list(runner, access, filter),
    contents: (access, archive, paths) => contents(runner, access, archive, paths),
    extract: (access, settings, handlers) => extract(runner, access, settings, handlers),
    prune: (access, settings, handlers) => prune(runner, access, settings, handlers),
    compact: (access, handlers) => compact(runner, access, handlers),
    check: (access, settings, handlers) => check(runner, access, settings, handlers),
    deleteArchives: (access, settings) => deleteArchives(runner, access, settings),
    deleteRepository: (access) => deleteRepository(runner, access),
  }
}
