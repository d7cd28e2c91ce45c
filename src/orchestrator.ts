// The one engine behind the command line, the library and later the API. Every method is one delegating line: what it
// does, what is durable when, and which errors it throws stands with the workflow.

import type { Deps } from './deps.ts'
import { checkRepos } from './workflows/backup/check-repos.ts'
import { compactRepos } from './workflows/backup/compact-repos.ts'
import { dailyBackup } from './workflows/backup/daily-backup.ts'
import { deleteArchives } from './workflows/backup/delete-archives.ts'
import { listArchives, listContents } from './workflows/backup/list-archives.ts'
import { pruneRepos } from './workflows/backup/prune-repos.ts'
import { restoreArchive } from './workflows/backup/restore-archive.ts'
import { runBackup } from './workflows/backup/run-backup.ts'
import { generateConfig } from './workflows/config/generate-config.ts'
import { showConfig } from './workflows/config/show-config.ts'
import { validateConfig } from './workflows/config/validate-config.ts'
import { addExclusion } from './workflows/exclusions/add-exclusion.ts'
import { createExclusions } from './workflows/exclusions/create-exclusions.ts'
import { removeExclusion } from './workflows/exclusions/remove-exclusion.ts'
import { showExclusions } from './workflows/exclusions/show-exclusions.ts'
import { createRepo } from './workflows/repo/create-repo.ts'
import { deleteRepo } from './workflows/repo/delete-repo.ts'
import { importRepo } from './workflows/repo/import-repo.ts'
import { inspectRepo } from './workflows/repo/inspect-repo.ts'
import { listAllHosts } from './workflows/repo/list-all-hosts.ts'
import { listRepos } from './workflows/repo/list-repos.ts'
import { migratePassphrases } from './workflows/repo/migrate-passphrases.ts'
import { checkStore } from './workflows/store/check-store.ts'
import { rebuildStore } from './workflows/store/rebuild-store.ts'

/** The input a workflow takes behind its dependencies. */
type Input<Workflow> = Workflow extends (deps: never, input: infer I) => unknown ? I : never

export class Orchestrator {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  readonly repo = {
    create: (input: Input<typeof createRepo>) => createRepo(this.#deps, input),
    import: (input: Input<typeof importRepo>) => importRepo(this.#deps, input),
    list: () => listRepos(this.#deps),
    listAllHosts: () => listAllHosts(this.#deps),
    info: (input: Input<typeof inspectRepo>) => inspectRepo(this.#deps, input),
    delete: (input: Input<typeof deleteRepo>) => deleteRepo(this.#deps, input),
    migratePassphrases: (input: Input<typeof migratePassphrases>) => migratePassphrases(this.#deps, input),
  }

  readonly backup = {
    run: (input: Input<typeof runBackup>) => runBackup(this.#deps, input),
    daily: (input: Input<typeof dailyBackup>) => dailyBackup(this.#deps, input),
    list: (input: Input<typeof listArchives>) => listArchives(this.#deps, input),
    contents: (input: Input<typeof listContents>) => listContents(this.#deps, input),
    restore: (input: Input<typeof restoreArchive>) => restoreArchive(this.#deps, input),
    prune: (input: Input<typeof pruneRepos>) => pruneRepos(this.#deps, input),
    compact: (input: Input<typeof compactRepos>) => compactRepos(this.#deps, input),
    check: (input: Input<typeof checkRepos>) => checkRepos(this.#deps, input),
    delete: (input: Input<typeof deleteArchives>) => deleteArchives(this.#deps, input),
  }

  readonly exclusions = {
    create: (input: Input<typeof createExclusions>) => createExclusions(this.#deps, input),
    show: (input: Input<typeof showExclusions>) => showExclusions(this.#deps, input),
    add: (input: Input<typeof addExclusion>) => addExclusion(this.#deps, input),
    remove: (input: Input<typeof removeExclusion>) => removeExclusion(this.#deps, input),
  }

  readonly config = {
    path: () => this.#deps.config.path,
    show: () => showConfig(this.#deps),
    validate: () => validateConfig(this.#deps),
    generate: (input: Input<typeof generateConfig>) => generateConfig(this.#deps, input),
  }

  readonly store = {
    check: () => checkStore(this.#deps),
    rebuild: (input: Input<typeof rebuildStore>) => rebuildStore(this.#deps, input),
  }

  readonly borg = {
    version: () => this.#deps.borg.version(),
  }
}
